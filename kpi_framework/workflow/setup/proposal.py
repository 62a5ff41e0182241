"""kpi.yaml for exports that were looked at: every decision stands in it, with its reason beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...load.write import as_commented
from ...model.header import snake_case
from ...model.project import Column
from ...model.record import Record, field
from .exports import Export

_HEAD = "# yaml-language-server: $schema=schemas/project.schema.json"
_OBJECTIVES = {
    "cut_cost": "Cut cost", "faster_service": "Faster service", "higher_satisfaction": "Higher satisfaction",
    "less_user_effort": "Less user effort", "sla_reliability": "SLA reliability",
}  # fmt: skip
_OLD = dt.timedelta(days=2)
_LISTED = 12


class Frame(Record):
    """What holds for the whole project."""

    name: str
    timezone: str | None
    today: dt.date


class Page(Record):
    """Values of a file, and the comments above their keys."""

    values: dict[str, Any] = field(default_factory=dict)
    comments: dict[tuple[str | int, ...], list[str]] = field(default_factory=dict)


def empty_project(frame: Frame) -> str:
    """kpi.yaml of a project whose data are still to come."""
    source = {"source": "data/tickets.csv", "key": "ticket_id", "complete_through": "newest_row", "freshness": "2 days"}
    page = _page(frame, None, {"tickets": source})
    page.comments["datasets", "tickets", "source"] = [
        "Put your export here. Columns with the names of schemas/datasets/tickets.schema.json need no mapping;",
        "`preset: zendesk`, jira_service_management, servicenow … maps that product's; `kpi init --from` chooses it.",
    ]
    return as_commented(page.values, page.comments, _HEAD)


def project_of(frame: Frame, exports: Sequence[Export], paths: Mapping[str, str]) -> str:
    """kpi.yaml for these exports; `paths` are the sources of the datasets."""
    newest = max((e.newest for e in exports if e.newest), default=None)
    page = _page(frame, newest, {e.dataset: {} for e in exports})
    for export in exports:
        part = _dataset(export, paths[export.dataset], page.values["timezone"])
        page.values["datasets"][export.dataset] = part.values
        page.comments.update({("datasets", export.dataset, *key): lines for key, lines in part.comments.items()})
    return as_commented(page.values, page.comments, _HEAD)


def _page(frame: Frame, newest: dt.datetime | None, datasets: dict[str, Any]) -> Page:
    is_old = newest is not None and frame.today - newest.date() > _OLD
    as_of = newest.date().isoformat() if newest is not None and is_old else "now"
    page = Page({
        "version": 1, "name": frame.name, "timezone": frame.timezone or "UTC", "as_of": as_of,
        "objectives": dict(_OBJECTIVES), "datasets": datasets,
    })  # fmt: skip
    if frame.timezone is None:
        page.comments["timezone",] = [
            "Assumed, because --timezone was not given. Days, weeks and months begin in this time zone."
        ]
    if is_old:
        page.comments["as_of",] = ["The newest time in the data. Write `now` when the export is renewed every day."]
    return page


def _dataset(export: Export, path: str, timezone: str) -> Page:
    page = Page({"source": {"path": path}})
    for name, value, lines in _reading(export, timezone):
        if value is not None:
            page.values["source"][name] = value
        page.comments.setdefault(("source", name if value is not None else "path"), []).extend(lines)
    preset = export.known.preset
    if preset is not None:
        page.values["preset"] = preset.name
        page.comments["preset",] = [f"{preset.product}, recognised by its header.", *_mapped(export)]
    else:
        page.comments["source",] = [f"Recognised as {export.known.name} by its header.", *_mapped(export)]
    if columns := dict(_unmapped(export)):
        page.values["columns"] = {n: {"from": c.from_, "values": dict(c.values)} for n, (c, _) in columns.items()}
        page.comments.update({("columns", n): lines for n, (_, lines) in columns.items()})
    key = preset.key if preset else export.known.contract.key
    if key and set([key] if isinstance(key, str) else key) <= export.known.columns.keys():
        page.values["key"] = key if isinstance(key, str) else list(key)
    page.values.update({"complete_through": "newest_row", "freshness": "2 days"})
    page.comments["complete_through",] = ["Assumed: the data are complete up to the time of the newest row."]
    return page


def _reading(export: Export, timezone: str) -> Iterator[tuple[str, Any, list[str]]]:
    """The options of the source: name, value (None: not written), and why."""
    look, stamps = export.looks[0], export.stamps
    yield "delimiter", look.delimiter, ["Seen in the header."]
    if look.encoding == "latin-1":
        yield "encoding", look.encoding, ["Not UTF-8, so read as Latin-1: check accents and umlauts."]
    else:
        yield "encoding", look.encoding, ["Seen in the file."]
    if export.nulls != ("",):
        yield "nulls", list(export.nulls), ["These texts mean that there is no value."]
    yield "timestamps", _formats(export), _format_note(export)
    if stamps.has_offset:
        yield "timezone", None, ["Timestamps carry their offset from UTC, so that no zone has to be assumed."]
    elif stamps.zone:
        yield "timezone", stamps.zone, ["The time zone in brackets after the timestamps."]
    elif stamps.newest is not None:
        preset = export.known.preset
        zone_note = f"{preset.product}: {preset.zone}" if preset else ""
        yield "timezone", timezone, [f"Assumed: the file does not name its time zone. {zone_note}".strip()]


def _formats(export: Export) -> str | list[str] | None:
    """The formats to write; None where ISO 8601 is what is read anyway."""
    formats, preset = export.stamps.formats, export.known.preset
    if not formats:
        return [] if preset and preset.timestamps else None
    return formats[0] if len(formats) == 1 else list(formats)


def _format_note(export: Export) -> list[str]:
    stamps = export.stamps
    lines = [] if stamps.formats else ["Timestamps are ISO 8601, such as 2026-01-31 09:30."]
    if stamps.formats:
        lines.append("Found by trying formats on every timestamp.")
    if stamps.rivals:
        lines.append(f"AMBIGUOUS: {stamps.rivals[0]} fits every cell, too. Check one ticket that you know.")
    if stamps.unread:
        lines.append(f"{stamps.unread} different values fit no known format, and count as missing.")
    return lines


def _mapped(export: Export) -> Iterator[str]:
    """What every column is read from, and what stands in the file beside them."""
    yield "The columns, and where they come from. To change one, map it under `columns:`."
    for name, column in export.known.columns.items():
        yield f"  {name}: {column.from_}{_read_as(export, name, column)}"
    if preset := export.known.preset:
        for name, text in preset.derive.items():
            yield f"  {name}: computed, {text}"
        lacking = [n for n in preset.columns if n not in export.known.columns]
        if lacking:
            yield f"The file lacks the columns for: {_some(lacking)}."
    taken = {c.from_ for c in export.known.columns.values()}
    if others := [snake_case(h) for h in export.looks[0].header if h not in taken]:
        yield f"Also available, as text: {_some(others)}."
    if preset and preset.unverified:
        yield "The preset's authors have not checked these with a real export:"
        yield from (f"  {remark}" for remark in preset.unverified)


def _read_as(export: Export, name: str, column: Column) -> str:
    kind = export.kind(name)
    if column.duration:
        return f", minutes, from a duration written as {column.duration}"
    known, _ = export.words(name)
    if known:
        return ", " + ", ".join(f"{w} → {c}" for w, c in list(known.items())[:_LISTED])
    return "" if kind == "text" else f", {kind}"


def _unmapped(export: Export) -> Iterator[tuple[str, tuple[Column, list[str]]]]:
    """Columns with words that stand for no canonical one: their mapping in full, to be completed."""
    for name, column in export.known.columns.items():
        _, strangers = export.words(name)
        if strangers:
            words = export.known.contract.columns[name].values
            lines = [f"NOT MAPPED: {_some(strangers)}.", f"Map each to one of: {', '.join(words)}."]
            yield name, (column, lines)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
