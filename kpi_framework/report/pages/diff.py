"""A difference between two revisions: on the terminal, as JSON, and as the report of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby

from ...model.change import Change, ChangeClass, Difference, Impact, Judged
from ...model.diagnostic import Severity
from ...model.measurement import Status
from ...model.record import Record
from ..doc.model import (
    Badge,
    Block,
    Code,
    Document,
    Entry,
    Facts,
    Faint,
    Paragraph,
    Points,
    Section,
    Strong,
    Table,
    joined,
)
from ..formats.json import as_text, finding_object, number, period_object
from ..words.phrases import counted, period_text, segment_text
from ..words.values import NONE, show_value
from .findings import entry

LARGEST = 60_000
"""Bytes: a comment on GitHub holds 64 kB."""
MARK = "<!-- kpi-diff -->"
"""By this line the workflow finds its own comment again."""
_TONES = {
    ChangeClass.RESTATING: Status.MISSED, ChangeClass.LOOSENED: Status.MISSED, ChangeClass.BACKDATED: Status.MISSED,
    ChangeClass.REMOVED: Status.MISSED, ChangeClass.TIGHTENED: Status.MET,
}  # fmt: skip
_SHOWN = 12


class DiffView(Record):
    """A difference, whether it passed, and the screen it is shown on."""

    difference: Difference
    passed: bool
    color: bool = False
    width: int = 100


# wording


def shorten(value: object, length: int = 160) -> str:
    """A plain value on one line, as its author might have written it."""
    text = _flow(value) if value not in (None, {}, []) else NONE
    return text if len(text) <= length else text[: length - 1] + "…"


def parted(before: object, after: object) -> tuple[object, object]:
    """Both values without the parts in which two mappings agree."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return _digest(before), _digest(after)
    differing = [k for k in {**before, **after} if before.get(k) != after.get(k)]
    pairs = {k: parted(before.get(k), after.get(k)) for k in differing}
    return {k: p[0] for k, p in pairs.items() if k in before}, {k: p[1] for k, p in pairs.items() if k in after}


_TELLING = ("kind", "name", "status", "formula", "unit", "target", "timezone")


def _digest(value: object) -> object:
    """Of a whole definition, the fields that say most."""
    is_whole = isinstance(value, Mapping) and {"version", "name"} <= value.keys()
    return {k: value[k] for k in _TELLING if k in value} if is_whole and isinstance(value, Mapping) else value


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_inner(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_inner(v) for v in value)
    return str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())


def _inner(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{{_flow(value)}}}"
    return f"[{_flow(value)}]" if isinstance(value, list | tuple) else _flow(value)


def effects_text(effects: tuple[Impact, ...], names: Mapping[str, str]) -> Iterator[str]:
    """The judged period of each KPI one by one, then how many others there are."""
    for impact in effects:
        if impact.judged:
            yield f"{effect(impact, names.get(impact.kpi, impact.kpi))} ({period_text(impact.period)})"
    past = [impact for impact in effects if not impact.judged and not impact.segment]
    for kpi, count in Counter(impact.kpi for impact in past).items():
        values = sum(i.before.value != i.after.value for i in past if i.kpi == kpi)
        flips = sum(i.before.status != i.after.status for i in past if i.kpi == kpi)
        yield (
            f"{names.get(kpi, kpi)}: {counted(count, 'other period')}, {values:,} with another value, "
            f"{flips:,} with another status"
        )


def verdict(view: DiffView) -> str:
    """One line: what kinds of change there are, and whether anything is missing."""
    difference = view.difference
    if not difference.changes:
        return "No definition changed its meaning."
    counts = Counter(c.cls for c in difference.changes)
    kinds = ", ".join(f"{counts[cls]} {cls}" for cls in ChangeClass if counts[cls])
    missing = "" if view.passed else f"; {counted(len(difference.diagnostics), 'finding')} to resolve"
    return f"{counted(len(difference.changes), 'change')}: {kinds}{missing}"


def effect(impact: Impact, name: str) -> str:
    """`SLA compliance: 84.1 % → 92.3 %, missed → met, because of the definition`."""
    segment = f" ({segment_text(impact.segment)})" if impact.segment else ""
    value = _moved(impact)
    is_same = impact.before.status == impact.after.status
    status = "" if is_same else f", {word(impact.before)} → {word(impact.after)}"
    return f"{name}{segment}: {value}{status}, because of the {' and the '.join(impact.because) or 'definition'}"


def _moved(impact: Impact) -> str:
    before, after = (show_value(side.value, impact.unit) for side in (impact.before, impact.after))
    return f"{before} → {after}" if before != after else f"{after} (unchanged)"


def word(side: Judged) -> str:
    """The status of a side, in words."""
    return side.status.word if side.status else "no status"


def _name(difference: Difference, kpi: str | None) -> str:
    return difference.names.get(kpi or "", kpi or "kpi.yaml")


# formats


def diff_screen(view: DiffView) -> Document:
    """The verdict, the changes class by class, what they do to the values, and the findings."""
    difference = view.difference
    by_class = groupby(difference.changes, key=lambda c: c.cls)
    classes = [
        Section(f"{cls.value}: {cls.meaning}", tuple(_entry(change) for change in changes)) for cls, changes in by_class
    ]
    blocks: tuple[Block, ...] = (
        Paragraph(Faint(f"{difference.base[:12]} → {difference.head[:12]}")),
        Paragraph(Strong(verdict(view))),
        *classes,
        Section("Effects", (Points(tuple(effects_text(difference.impact, difference.names))),)),
        Facts(tuple(("Reason", reason) for reason in difference.reasons)),
        *map(entry, difference.diagnostics),
    )
    return Document("", blocks)


def _entry(change: Change) -> Entry:
    name = Badge(f"{change.kpi or 'kpi.yaml'} {change.field}", _TONES.get(change.cls, Severity.NOTE))
    before, after = map(shorten, parted(change.before, change.after))
    touched = (Paragraph(f"affects {', '.join(change.touches[:_SHOWN])}"),) if change.touches else ()
    head = (name, Faint(f"{change.path}:{change.line}"))
    return Entry(head, (Paragraph((before, " → ", after, _aside(change))), *touched))


def _aside(change: Change) -> str:
    day = f", from {change.effective}" if change.effective else ""
    day += ", of a published value" if change.published else ""
    return day + (f", because of the {change.because}" if change.because else "")


def changes_table(difference: Difference, changes: tuple[Change, ...]) -> Table:
    """A row a change; those that need a reason are marked."""
    rows = [
        (
            Strong(c.cls.value) if c.needs_reason else c.cls.value, _name(difference, c.kpi), Code(c.field),
            Code(shorten(before)), (Code(shorten(after)), _aside(c)), Code(f"{c.path}:{c.line}"),
            joined(", ", map(Code, c.touches[:_SHOWN])),
        )
        for c in changes
        for before, after in [parted(c.before, c.after)]
    ]  # fmt: skip
    columns = ("Class", "KPI", "Field", "Before", "After", "Where", "Affects")
    return Table(columns, tuple(rows))


def diff_json(view: DiffView) -> str:
    """For programs, and for the workflow that comments: schemas/diff.schema.json."""
    difference = view.difference
    return as_text({
        "schema_version": 1, "base": difference.base, "head": difference.head,
        "as_of": difference.as_of.isoformat() if difference.as_of else None, "passed": view.passed,
        "changes": [change_object(c) for c in difference.changes],
        "impact": [impact_object(i) for i in difference.impact],
        "reasons": list(difference.reasons),
        "names": {c.kpi: difference.names[c.kpi] for c in difference.changes if c.kpi in difference.names and c.kpi}
        | {i.kpi: difference.names[i.kpi] for i in difference.impact if i.kpi in difference.names},
        "diagnostics": [finding_object(f) for f in difference.diagnostics],
    })  # fmt: skip


def change_object(change: Change) -> dict[str, object]:
    """One change."""
    further: dict[str, object] = {"because": change.because} if change.because else {}
    further |= {"published": True} if change.published else {}
    return {
        "kpi": change.kpi, "class": change.cls.value, "field": change.field, "before": change.before,
        "after": change.after, "path": change.path, "line": change.line, "touches": list(change.touches),
        "effective": change.effective.isoformat() if change.effective else None, **further,
    }  # fmt: skip


def impact_object(impact: Impact) -> dict[str, object]:
    """One value before and after."""
    return {
        "kpi": impact.kpi, "unit": impact.unit, "period": period_object(impact.period), "segment": dict(impact.segment),
        "judged": impact.judged, "before": _side(impact.before), "after": _side(impact.after),
        "because": list(impact.because),
    }  # fmt: skip


def _side(side: Judged) -> dict[str, object]:
    return {"value": number(side.value), "status": side.status.value if isinstance(side.status, Status) else None}
