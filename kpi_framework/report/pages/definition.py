"""What a definition says, as labelled facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...model.base import Quantity
from ...model.kpi import Baseline, Kpi, Limits, Metric, Target
from ..view.details import Facts, action_text
from ..words.markup import Ink
from ..words.phrases import day_text


def definition_facts(one: Metric, today: dt.date, ink: Ink) -> Facts:
    """What it measures, over what, and (a KPI) what it promises."""
    for label, text in (("Measures", one.description), ("Counts", one.counts), ("Excludes", one.excludes)):
        if text:
            yield label, ink.prose(text)
    if one.asks:
        yield "Asks", ink.prose(one.asks)
    yield "Owner", ink.code(one.owner) if one.owner else "nobody"
    yield "Formula", ink.code(one.formula or "") or "none yet"
    if one.where:
        yield "Only where", ink.code(one.where)
    source = f"{ink.code(one.dataset)}" if one.dataset else "derived from other definitions"
    yield "Data", source + (f", dated by {ink.code(one.time)}" if one.time else "")
    if one.open_between:
        yield (
            "Open",
            f"from {ink.code(one.open_between[0])} until {ink.code(one.open_between[1])}, at each period's end",
        )
    if one.evidence:
        yield "Evidence", f"a 0 counts only where {ink.code(one.evidence)} has rows"
    window = f", over the trailing {ink.prose(one.window)}" if one.window else ""
    yield "Unit, period", f"{ink.prose(one.unit)}, {one.period.value}{window}"
    if isinstance(one, Kpi):
        yield from _promise(one, today, ink)
    if one.read_with:
        yield "Read it with", ", ".join(ink.code(guard) for guard in one.read_with)
    for note in one.notes:
        found = f"{ink.prose(note.period)}: {ink.prose(note.cause)}"
        yield "Note", found + (f" Fix: {ink.prose(note.fix)}" if note.fix else "")
    if not one.is_active:
        yield "Status", one.status.value


def _promise(one: Kpi, today: dt.date, ink: Ink) -> Facts:
    for target in one.targets:
        yield "Target", ", ".join(_target(target, ink))
    if one.baseline is not None:
        yield "Baseline", _baseline(one.baseline, ink)
    if one.benchmark is not None:
        year = f", {one.benchmark.year}" if one.benchmark.year else ""
        yield "Benchmark", f"{_limit(one.benchmark, ink)} ({ink.prose(one.benchmark.source)}{year})"
    if one.review is not None:
        last = f", last on {day_text(one.review.last)}" if one.review.last else ", not yet held"
        yield "Review", one.review.cadence + last
    yield "Action", action_text(one.action, today, ink)
    for waiver in one.waiver:
        until = f"{day_text(waiver.from_)} to {day_text(waiver.until)}"
        yield "Waiver", f"{until}, by {ink.code(waiver.approved_by)}: {ink.prose(waiver.reason)}"


def _target(target: Target, ink: Ink) -> Iterator[str]:
    yield _limit(target, ink)
    if target.near is not None:
        yield f"at risk to {_quantities(target.near, ink)}"
    if target.from_ is not None:
        yield f"from {day_text(target.from_)}"
    for column, values in target.by.items():
        for value, own in values.items():
            yield f"{ink.prose(column)} {ink.prose(value)} {_limit(own, ink)}"


def _limit(limits: Limits, ink: Ink) -> str:
    if limits.between is not None:
        return _quantities(limits.between, ink)
    sign = "≤" if limits.at_most is not None else "≥"
    given = limits.at_most if limits.at_most is not None else limits.at_least
    return f"{sign} {ink.prose(str(given))}"


def _quantities(given: Quantity | tuple[Quantity, ...], ink: Ink) -> str:
    ends = given if isinstance(given, tuple) else (given,)
    return " to ".join(ink.prose(str(end)) for end in ends)


def _baseline(baseline: Baseline, ink: Ink) -> str:
    days = f"{day_text(baseline.from_)} to {day_text(baseline.to)}" if baseline.from_ and baseline.to else ""
    if baseline.value is None:
        return days or "no days given"
    source = f" ({ink.prose(baseline.source)})" if baseline.source else ""
    return f"{ink.prose(str(baseline.value))}{source}" + (f", {days}" if days else "")
