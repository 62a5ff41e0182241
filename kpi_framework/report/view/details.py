"""What a report says about one KPI that needs attention."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...model.kpi import Action
from ...model.measurement import Measurement, Status
from ..doc.model import Code, Link, Message, Text, joined
from ..words.behaviour import behaviour_text, pace_text
from ..words.phrases import counted, day_text, period_text, segment_text, status_text, streak_text, why_unknown
from ..words.values import show_distance, show_near, show_range, show_target, show_value
from .rows import SEGMENTS
from .scorecard_view import ScorecardView, Standing

Labelled = Iterator[tuple[str, Text]]
"""Labels and the text beside each."""
BEHAVIOUR = "Behaviour"


def headline(measurement: Measurement) -> Text:
    """The value, its period, its target and the distance between them."""
    value = show_value(measurement.value, measurement.unit, measurement.target)
    text = f"{value} in {period_text(measurement.period)}"
    if measurement.target is None:
        return text
    target = show_target(measurement.target, measurement.unit, measurement.value)
    near = show_near(measurement.target, measurement.unit, measurement.value)
    distance = show_distance(measurement.value, measurement.target, measurement.unit)
    return (f"{text}, target ", target, f": {distance}", f" ({near})" if near else "")


def facts(standing: Standing, scorecard_view: ScorecardView) -> Labelled:
    """Since when it has this status, its question, its worst segment, the action, and the waivers."""
    if standing.status in (Status.MISSED, Status.NEAR) and (row := streak_text(standing.in_a_row)):
        yield "Since", f"{period_text(standing.in_a_row[0].period)}: {standing.status.word} {row}"
    yield from (fact for fact in informing(standing, scorecard_view) if _has_limits(standing) or fact[0] != BEHAVIOUR)
    if standing.definition and standing.definition.asks:
        yield "Question", standing.definition.asks
    if standing.overall is not None and (basis := _basis(standing.overall)):
        yield "Based on", basis
    if standing.worst is not None:
        yield "Worst segment", _worst(standing.worst, standing)
    for segment in standing.segments[:SEGMENTS]:
        if segment.status in (Status.MISSED, Status.NEAR):
            status = status_text(segment.status, waived=segment.waived)
            yield "Segment", (segment_text(segment.segment), f" {status}: ", headline(segment))
    for note in standing.notes:
        yield "Cause", joined(". ", [text.rstrip(".") for text in (note.cause, note.fix) if text])
    yield "Action", action_text(standing.action, scorecard_view.scorecard.today)
    for measured in standing.judged:
        yield from _waiver(measured)
    if beside := list(_beside(standing, scorecard_view)):
        yield "Read it with", joined("; ", beside)


def informing(standing: Standing, scorecard_view: ScorecardView) -> Labelled:
    """How the value behaves over time, and where the running period is going. Neither judges."""
    if behaviour := behaviour_text(standing.overall):
        yield BEHAVIOUR, behaviour
    for measurement in scorecard_view.series(standing.id):
        if pace := pace_text(measurement):
            yield "Running", f"{period_text(measurement.period)}: {pace}"


def _has_limits(standing: Standing) -> bool:
    """Whether there is history enough to say anything of how the value behaves."""
    behaviour = standing.overall.behaviour if standing.overall else None
    return behaviour is not None and behaviour.limits is not None


def action_text(action: Action | None, today: dt.date) -> Text:
    """What is done, by whom, until when, and where that is tracked."""
    if action is None or not action.do.strip():
        return "no action is named. Add to the definition what will be done, by whom and by when."
    facts: list[Text] = [action.do]
    facts.append(("owner ", Code(action.owner)) if action.owner else "no owner yet")
    if action.due is None:
        facts.append("no due date yet")
    else:
        facts.append(f"due {day_text(action.due)}{' (overdue)' if action.due < today else ''}")
    if action.link:
        facts.append(Link("open it", action.link))
    return joined(" · ", facts)


def unknown_text(measurement: Measurement | None) -> tuple[Text, Text]:
    """Why a value is unknown and what to do, with the value if one is shown."""
    why, remedy = why_unknown(measurement)
    if measurement is None or measurement.value is None:
        return Message(why), Message(remedy)
    value = show_value(measurement.value, measurement.unit)
    return (Message(why), f" The value so far is {value}."), Message(remedy)


def _basis(measurement: Measurement) -> str:
    """How many rows it is based on, and how certain that makes it."""
    facts = []
    if measurement.population is not None and measurement.measured is not None:
        facts.append(f"{measurement.measured:,} of {counted(measurement.population, 'row')} measured")
    if measurement.excluded:
        facts.append(f"{measurement.excluded:,} excluded by its condition")
    if measurement.interval is not None:
        facts.append(f"95 % interval {show_range(measurement.interval, measurement.unit)}")
    return ", ".join(facts)


def _worst(worst: Measurement, of: Standing) -> Text:
    value = show_value(worst.value, worst.unit, of.overall.target if of.overall else None)
    goal = of.overall.target if of.overall else None
    rows = f" ({counted(worst.measured, 'row')} measured)" if worst.measured is not None else ""
    return (segment_text(worst.segment), f", {value}, {show_distance(worst.value, goal, worst.unit)}{rows}")


def _waiver(measurement: Measurement) -> Labelled:
    waiver = measurement.waiver
    if waiver is None:
        return
    what = (segment_text(measurement.segment), ", ") if measurement.segment else ""
    until = f"until {day_text(waiver.until)}, no worse than {waiver.limit}, by "
    yield "Waived", (what, until, Code(waiver.approved_by), ": ", waiver.reason)


def _beside(standing: Standing, scorecard_view: ScorecardView) -> Iterator[Text]:
    """The guards, and how they stand."""
    for guard in standing.definition.read_with if standing.definition else ():
        other = scorecard_view.by_id.get(guard)
        if other is not None and other.overall is not None:
            value = show_value(other.overall.value, other.overall.unit, other.overall.target)
            yield (other.name, f" {value} ({status_text(other.status, waived=other.overall.waived)})")
