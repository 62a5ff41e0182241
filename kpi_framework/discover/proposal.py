"""A dataset of kpi.yaml for an export that was looked at: every decision stands in it, with its reason beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..model.catalog import Path
from ..model.header import snake_case
from ..model.project import Column
from ..model.record import Record, field
from .export import Export

_LISTED = 12


class CommentedValues(Record):
    """Values of a file, and the comments above their keys."""

    values: dict[str, Any] = field(default_factory=dict)
    comments: dict[Path, list[str]] = field(default_factory=dict)


class SourceOption(Record):
    """An option of a source; None is not written, and its reason stands above the path."""

    name: str
    value: Any
    reasons: list[str]


def proposed_dataset(export: Export, path: str, timezone: str) -> CommentedValues:
    """The dataset of an export whose source is at this path, in a project of this time zone."""
    dataset = CommentedValues({"source": {"path": path}})
    for option in _source_options(export, timezone):
        if option.value is not None:
            dataset.values["source"][option.name] = option.value
        place = option.name if option.value is not None else "path"
        dataset.comments.setdefault(("source", place), []).extend(option.reasons)
    preset = export.match.preset
    if preset is not None:
        dataset.values["preset"] = preset.name
        dataset.comments["preset",] = [f"{preset.product}, recognised by its header.", *_mapping_notes(export)]
    else:
        recognised = f"Recognised as {export.match.name} by its header."
        dataset.comments["source",] = [recognised, *_mapping_notes(export)]
    _map_unknown_words(export, dataset)
    key = preset.key if preset else export.match.contract.key
    if key and set([key] if isinstance(key, str) else key) <= export.match.columns.keys():
        dataset.values["key"] = key if isinstance(key, str) else list(key)
    dataset.values.update({"complete_through": "newest_row", "freshness": "2 days"})
    dataset.comments["complete_through",] = ["Assumed: the data are complete up to the time of the newest row."]
    return dataset


def _source_options(export: Export, timezone: str) -> Iterator[SourceOption]:
    """How the file is read, and why so."""
    file = export.files[0]
    yield SourceOption("delimiter", file.delimiter, ["Seen in the header."])
    is_guess = file.encoding == "latin-1"
    reason = "Not UTF-8, so read as Latin-1: check accents and umlauts." if is_guess else "Seen in the file."
    yield SourceOption("encoding", file.encoding, [reason])
    if export.nulls != ("",):
        yield SourceOption("nulls", list(export.nulls), ["These texts mean that there is no value."])
    yield SourceOption("timestamps", _written_formats(export), _format_notes(export))
    yield from _zone(export, timezone)


def _zone(export: Export, timezone: str) -> Iterator[SourceOption]:
    """The zone of the timestamps, if there are any."""
    timestamps, preset = export.timestamp_formats, export.match.preset
    if timestamps.has_offset:
        reason = "Timestamps carry their offset from UTC, so that no zone has to be assumed."
        yield SourceOption("timezone", None, [reason])
    elif timestamps.zone:
        yield SourceOption("timezone", timestamps.zone, ["The time zone in brackets after the timestamps."])
    elif timestamps.newest is not None:
        vendor = f" {preset.product}: {preset.zone}" if preset else ""
        reason = f"Assumed: the file does not name its time zone.{vendor}"
        yield SourceOption("timezone", timezone, [reason])


def _written_formats(export: Export) -> str | list[str] | None:
    """The formats to write; None where ISO 8601 is what is read anyway."""
    formats, preset = export.timestamp_formats.formats, export.match.preset
    if not formats:
        return [] if preset and preset.timestamps else None
    return formats[0] if len(formats) == 1 else list(formats)


def _format_notes(export: Export) -> list[str]:
    timestamps = export.timestamp_formats
    iso, tried = "Timestamps are ISO 8601, such as 2026-01-31 09:30.", "Found by trying formats on every timestamp."
    lines = [tried if timestamps.formats else iso]
    if timestamps.rivals:
        lines.append(f"AMBIGUOUS: {timestamps.rivals[0]} fits every cell, too. Check one ticket that you know.")
    if timestamps.unread:
        lines.append(f"{timestamps.unread} different values fit no known format, and count as missing.")
    return lines


def _mapping_notes(export: Export) -> Iterator[str]:
    """What every column is read from, and what stands in the file beside them."""
    columns, preset = export.match.columns, export.match.preset
    yield "The columns, and where they come from. To change one, map it under `columns:`."
    for name, column in columns.items():
        yield f"  {name}: {column.from_}{_reading_note(export, name, column)}"
    if preset:
        for name, text in preset.derive.items():
            yield f"  {name}: computed, {text}"
        lacking = [name for name in preset.columns if name not in columns]
        if lacking:
            yield f"The file lacks the columns for: {_listed(lacking)}."
    others = [snake_case(header) for header in export.files[0].header if header not in export.match.headers]
    if others:
        yield f"Also available, as text: {_listed(others)}."
    if preset and preset.unverified:
        yield "The preset's authors have not checked these with a real export:"
        yield from (f"  {remark}" for remark in preset.unverified)


def _reading_note(export: Export, name: str, column: Column) -> str:
    if column.duration:
        return f", minutes, from a duration written as {column.duration}"
    canonical = list(export.words(name).canonical.items())
    if canonical:
        return ", " + ", ".join(f"{text} → {word}" for text, word in canonical[:_LISTED])
    column_type = export.type_of(name)
    return "" if column_type == "text" else f", {column_type}"


def _map_unknown_words(export: Export, dataset: CommentedValues) -> None:
    """Write the mapping of columns with words that stand for no canonical one in full, to be completed."""
    for name, column in export.match.columns.items():
        unmapped = export.words(name).unmapped
        if unmapped:
            words = export.match.contract.columns[name].values
            mapping = {"from": column.from_, "values": dict(column.values)}
            dataset.values.setdefault("columns", {})[name] = mapping
            notes = [f"NOT MAPPED: {_listed(unmapped)}.", f"Map each to one of: {', '.join(words)}."]
            dataset.comments["columns", name] = notes


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
