"""A dataset of kpi.yaml for an export that was looked at: every decision stands in it, with its reason beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..model.catalog import Path
from ..model.header import snake_case
from ..model.project import Column
from ..model.record import Record, field
from ..model.source import Source
from .export import Export
from .timestamp_formats import read, spelled_iso

_LISTED = 12


class CommentedValues(Record):
    """Values of a file, and the comments above their keys."""

    values: dict[str, Any] = field(default_factory=dict)
    comments: dict[Path, list[str]] = field(default_factory=dict)

    def write(self, name: str, value: object, *reasons: str) -> None:
        """Add a key, and the reasons above it."""
        self.values[name] = value
        if reasons:
            self.comments[name,] = list(reasons)


class SourceOption(Record):
    """An option of a source; None is not written, and its reason stands above the path."""

    name: str
    value: Any
    reasons: list[str]


def proposed_dataset(export: Export, path: str, timezone: str) -> CommentedValues:
    """The dataset of an export whose source is at this path, in a project of this time zone."""
    dataset = CommentedValues({"source": {"path": path}})
    for option in _source_options(export, path, timezone):
        if option.value is not None:
            dataset.values["source"][option.name] = option.value
        place = option.name if option.value is not None else "path"
        dataset.comments.setdefault(("source", place), []).extend(option.reasons)
    if export.preset is not None:
        reason = f"{export.preset.product}, recognised by its header."
        dataset.write("preset", export.preset.name, reason, *_mapping_notes(export))
    elif export.guesses is None:
        dataset.comments["source",] = [f"Recognised as {export.match.name} by its header.", *_mapping_notes(export)]
    _write_columns(export, dataset)
    _write_key(export, dataset)
    _write_span(export, dataset)
    return dataset


# the source


def _source_options(export: Export, path: str, timezone: str) -> Iterator[SourceOption]:
    """How the file is read, and why so."""
    file = export.files[0]
    if _kind(path) != file.format:
        yield SourceOption("format", file.format, ["Seen in the file."])
    if file.format == "csv":
        yield SourceOption("delimiter", file.delimiter, ["Seen in the header."])
    if file.format == "csv" or file.encoding != "utf-8":
        yield SourceOption("encoding", file.encoding, [_encoding_note(file.encoding)])
    for name, reason in _OF_FORMATS.items():
        if name in file.options:
            yield SourceOption(name, file.options[name], [reason])
    if export.nulls != ("",):
        yield SourceOption("nulls", list(export.nulls), ["These texts mean that there is no value."])
    yield SourceOption("timestamps", _written_formats(export), _format_notes(export))
    yield from _zone(export, timezone)


def _kind(path: str) -> str | None:
    """The format that a path's ending tells, of text the one with any delimiter."""
    kind = Source(path=path).kind
    return "csv" if kind == "tsv" else kind


_OF_FORMATS = {
    "sheet": "The sheet with the most cells.", "skip": "So many lines stand above the header.",
    "records": "The longest list in the file.", "decimal": "Seen in numbers, such as 1,5.",
    "thousands": "Seen in numbers of four digits or more.",
}  # fmt: skip


def _encoding_note(encoding: str) -> str:
    if encoding == "latin-1":
        return "Not UTF-8, so read as Latin-1: check accents and umlauts."
    return "Not UTF-8, so read as Windows writes it." if encoding == "windows-1252" else "Seen in the file."


def _zone(export: Export, timezone: str) -> Iterator[SourceOption]:
    """The zone of the timestamps, if there are any."""
    if export.has_offset:
        reason = "Timestamps carry their offset from UTC, so that no zone has to be assumed."
        yield SourceOption("timezone", None, [reason])
    elif export.zones:
        yield SourceOption("timezone", export.zones[0], ["The time zone in brackets after the timestamps."])
    elif export.timestamps:
        vendor = f" {export.preset.product}: {export.preset.zone}" if export.preset else ""
        reason = f"Assumed: the file does not name its time zone.{vendor}"
        yield SourceOption("timezone", timezone, [reason])


def _written_formats(export: Export) -> str | list[str] | None:
    """The formats to write; None where ISO 8601 is what is read anyway."""
    formats = export.usual_formats
    if not formats:
        return [] if export.preset and export.preset.timestamps else None
    return formats[0] if len(formats) == 1 else list(formats)


def _format_notes(export: Export) -> list[str]:
    usual = [t for t in export.timestamps.values() if t.formats.formats == export.usual_formats]
    iso, tried = "Timestamps are ISO 8601, such as 2026-01-31 09:30.", "Found by trying formats on every timestamp."
    lines = [tried if export.usual_formats else iso]
    order = export.times.order
    if order is not None and any(t.is_undecided for t in usual):
        lines += [
            f"UNDECIDED `{export.dataset}.day_first`: does the day stand before the month? Nothing in the file tells,",
            "so both orders are listed and nothing is computed. Delete the wrong one: look at a ticket that you know.",
        ]
    elif order is not None:
        which = "The day stands before the month" if order.day_first else "The month stands before the day"
        lines.append(f"{which}: {'; '.join(order.reasons)}.")
    lines += [
        f"{name}: {t.cells - t.reading.cells:,} cells fit no known format, and count as missing."
        for name, t in export.timestamps.items() if t.cells > t.reading.cells
    ]  # fmt: skip
    return lines


# the columns


def _write_columns(export: Export, dataset: CommentedValues) -> None:
    """The columns that the preset does not map, or not as this file needs it."""
    columns: dict[str, Any] = {}
    notes: dict[str, list[str]] = {}
    for name, column in export.match.columns.items():
        reasons, changes = _column(export, name, column)
        if changes or export.guesses is not None or name in export.answered:
            columns[name] = {n: v for n, v in {**_fields(column), **changes}.items() if v is not None}
            notes[name] = reasons
    for header in export.guesses.personal if export.guesses else ():
        name = snake_case(header)
        if name not in columns:
            columns[name] = {"from": header, "personal": True}
            notes[name] = ["It names people, so that it may only be counted."]
    for name, header in export.shadowed.items():
        columns[f"{name}_text"] = {"from": header}
        notes[f"{name}_text"] = [
            f"NOT MAPPED: its cells are none that `{name}` may hold.",
            f"Call it `{name}`, with `values:`, once you know what they mean.",
        ]
    if not columns:
        return
    dataset.write("columns", columns, *(_guess_notes(export) if export.guesses else ()))
    dataset.comments.update({("columns", name): reasons for name, reasons in notes.items() if reasons})
    satisfaction = export.guesses.satisfaction if export.guesses else None
    if satisfaction is not None:
        dataset.write("derive", {satisfaction.computed: satisfaction.expression}, satisfaction.reason)


def _column(export: Export, name: str, column: Column) -> tuple[list[str], dict[str, Any]]:
    """Why a column is what it is, and what its mapping needs beside the source's name."""
    reasons: list[str] = []
    changes: dict[str, Any] = {}
    guess = export.guesses.columns.get(name) if export.guesses else None
    if guess is not None:
        reasons.append(
            f"{guess.reason[:1].upper()}{guess.reason[1:]}." if guess.is_sure else f"GUESSED: {guess.reason}."
        )
    own = _own_formats(export, name, column)
    if own is not None:
        changes["timestamps"] = own
        changes["timezone"] = None
        reasons.append("Its times are written otherwise than the others.")
    words, learnt = export.words(name), export.learnt.get(name, {})
    if learnt or words.unmapped:
        changes["values"] = {**column.values, **learnt}
        reasons += ["Words of other languages, or another spelling."] if learnt and export.guesses is None else []
    if words.unmapped:
        canonical = ", ".join(export.match.contract.columns[name].values)
        reasons += [f"NOT MAPPED: {_listed(words.unmapped)}.", f"Map each to one of: {canonical}."]
    return reasons, changes


def _fields(column: Column) -> dict[str, Any]:
    """A column's mapping as kpi.yaml writes it."""
    fields = column.model_dump(by_alias=True, exclude_unset=True, exclude={"optional"})
    return {"from": fields.pop("from"), **fields}


def _own_formats(export: Export, name: str, column: Column) -> str | list[str] | None:
    """The formats of a column that differ from what the source, or the preset's column, says."""
    times = export.timestamps.get(name)
    if times is None:
        return None
    declared = column.timestamps if column.timestamps is not None else export.usual_formats
    formats = times.formats.formats
    texts = export.values(name)
    if formats == declared or (declared and all(any(read(t, f) for f in declared) for t in texts)):
        return None
    spelled = formats or spelled_iso(texts)
    return spelled[0] if len(spelled) == 1 else list(spelled)


def _guess_notes(export: Export) -> list[str]:
    others = [h for h in export.files[0].header if h not in _used(export)]
    notes = ["No product's export: the columns were told by their names and by what stands in them."]
    return [*notes, *([f"Also available, as text: {_listed([snake_case(h) for h in others])}."] if others else [])]


def _used(export: Export) -> set[str]:
    personal = export.guesses.personal if export.guesses else ()
    return {*export.match.headers, *personal}


def _mapping_notes(export: Export) -> Iterator[str]:
    """What every column is read from, and what stands in the file beside them."""
    columns, preset = export.match.columns, export.preset
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


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


# the key, and from when to when


def _write_key(export: Export, dataset: CommentedValues) -> None:
    key = export.key
    columns = export.match.columns
    names = (key,) if isinstance(key, str) else key or ()
    if not names or not set(names) <= columns.keys():
        return
    dataset.write("key", names[0] if isinstance(key, str) else list(names))
    changed = _change_columns(export)
    if export.repeats and changed:
        dataset.write(
            "latest_by", changed, "Rows repeat their key, as a log of changes does: the last row of each counts."
        )


def _change_columns(export: Export) -> list[str]:
    """The columns that tell which of a key's rows is the last."""
    named = [n for n in ("updated_at", "sys_updated_at", "sys_mod_count") if n in export.match.columns]
    counts = [snake_case(h) for h in export.files[0].header if snake_case(h) == "sys_mod_count"]
    return list(dict.fromkeys([*named[:1], *counts]))


def _write_span(export: Export, dataset: CommentedValues) -> None:
    span = export.span
    if span is not None and span.complete_from is not None:
        dataset.write(
            "complete_from", span.complete_from.isoformat(),
            f"ASSUMED: the oldest row is of {span.first}, and the file holds all rows of that month.",
        )  # fmt: skip
    if span is not None and span.complete_through is not None:
        reason = f"ASSUMED: the newest row is of {span.last}, and no row of the days up to this one is missing."
        dataset.write("complete_through", span.complete_through.isoformat(), reason)
    else:
        reason = "Assumed: the data are complete up to the time of the newest row."
        dataset.write("complete_through", "newest_row", reason)
    dataset.write("freshness", "2 days")
