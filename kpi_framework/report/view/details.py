"""What is said of one KPI that needs attention, in either ink."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...model.kpi import Action
from ...model.measurement import Measurement, Status
from ..words.markup import Ink
from ..words.phrases import counted, day_text, period_text, segment_text, status_text, streak_text, why_unknown
from ..words.values import show_distance, show_near, show_range, show_target, show_value
from .rows import SEGMENTS
from .scorecard_view import Insight, Standing

Facts = Iterator[tuple[str, str]]
"""Labels and what is said under them."""


def headline(one: Measurement, ink: Ink) -> str:
    """The value, its period, its target and the distance between them."""
    value = show_value(one.value, one.unit, one.target)
    told = f"{value} in {period_text(one.period)}"
    if one.target is None:
        return told
    target = ink.prose(show_target(one.target, one.unit, one.value))
    near = show_near(one.target, one.unit, one.value)
    distance = show_distance(one.value, one.target, one.unit)
    return f"{told}, target {target}: {distance}" + (f" ({near})" if near else "")


def facts(one: Standing, insight: Insight, ink: Ink) -> Facts:
    """How long it has been so, the question it asks, its worst segment, what is done about it, and what excuses it."""
    if one.status in (Status.MISSED, Status.NEAR) and (row := streak_text(one.in_a_row)):
        yield "Since", f"{period_text(one.in_a_row[0].period)}: {one.status.word} {row}"
    if one.definition and one.definition.asks:
        yield "Asks", ink.prose(one.definition.asks)
    if one.whole is not None and (basis := _basis(one.whole)):
        yield "Based on", basis
    if one.worst is not None:
        yield "Worst segment", _worst(one.worst, one, ink)
    for part in one.segments[:SEGMENTS]:
        if part.status in (Status.MISSED, Status.NEAR):
            yield (
                "Segment",
                f"{_named(part, ink)} {status_text(part.status, waived=part.waived)}: {headline(part, ink)}",
            )
    if one.whole is not None and one.is_troubled and (streak := insight.streak(one.whole)) > 1:
        yield "In a row", f"{counted(streak, one.whole.period.grain or 'period')} {one.whole.status.word}"
    for note in one.notes:
        yield "Cause", ". ".join(ink.prose(t.rstrip(".")) for t in (note.cause, note.fix) if t)
    yield "Action", action_text(one.action, insight.scorecard.today, ink)
    for measured in one.judged:
        yield from _waiver(measured, insight, ink)
    if beside := list(_beside(one, insight, ink)):
        yield "Read it with", "; ".join(beside)


def action_text(action: Action | None, today: dt.date, ink: Ink) -> str:
    """What is done, by whom, until when, and where that is tracked."""
    if action is None or not action.do.strip():
        return "none is named. Say what is done, by whom and by when."
    told = [ink.prose(action.do)]
    told.append(f"owner {ink.code(action.owner)}" if action.owner else "nobody owns it yet")
    if action.due is None:
        told.append("no due date yet")
    else:
        told.append(f"due {day_text(action.due)}{' (overdue)' if action.due < today else ''}")
    if action.link:
        told.append(ink.link(action.link))
    return " · ".join(told)


def unknown_text(one: Measurement | None, ink: Ink) -> tuple[str, str]:
    """Why a value is unknown and what to do, with the value if one is shown."""
    why, remedy = why_unknown(one)
    seen = "" if one is None or one.value is None else f" The value so far is {show_value(one.value, one.unit)}."
    return ink.message(why) + seen, ink.message(remedy)


def _basis(one: Measurement) -> str:
    """How many rows it stands on, and how sure that makes it."""
    told = []
    if one.population is not None and one.measured is not None:
        told.append(f"{one.measured:,} of {counted(one.population, 'row')} measured")
    if one.excluded:
        told.append(f"{one.excluded:,} left out by its condition")
    if one.interval is not None:
        told.append(f"95 % interval {show_range(one.interval, one.unit)}")
    return ", ".join(told)


def _worst(worst: Measurement, of: Standing, ink: Ink) -> str:
    value = show_value(worst.value, worst.unit, of.whole.target if of.whole else None)
    goal = of.whole.target if of.whole else None
    rows = f" ({counted(worst.measured, 'row')} measured)" if worst.measured is not None else ""
    return f"{_named(worst, ink)}, {value}, {show_distance(worst.value, goal, worst.unit)}{rows}"


def _named(one: Measurement, ink: Ink) -> str:
    return ink.prose(segment_text(one.segment))


def _waiver(one: Measurement, insight: Insight, ink: Ink) -> Facts:
    if not one.waived:
        return
    waiver = insight.waiver(one)
    if waiver is None:
        yield "Waived", ink.prose(one.because or "")
        return
    what = f"{_named(one, ink)}, " if one.segment else ""
    yield (
        "Waived",
        f"{what}until {day_text(waiver.until)}, no worse than {ink.prose(str(waiver.limit))}, "
        f"by {ink.code(waiver.approved_by)}: {ink.prose(waiver.reason)}",
    )


def _beside(one: Standing, insight: Insight, ink: Ink) -> Iterator[str]:
    """The guards, and how they stand."""
    for guard in one.definition.read_with if one.definition else ():
        other = insight.by_id.get(guard)
        if other is not None and other.whole is not None:
            value = show_value(other.whole.value, other.whole.unit, other.whole.target)
            yield f"{ink.prose(other.name)} {value} ({status_text(other.status, waived=other.whole.waived)})"
