"""What a definition says, as labelled facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...model.kpi import Baseline, Kpi, Limits, Metric, Target
from ...model.quantity import Quantity
from ..view.details import Facts, action_text
from ..words.markup import Ink
from ..words.phrases import day_text


def definition_facts(definition: Metric, today: dt.date, ink: Ink) -> Facts:
    """What it measures, over what, and (a KPI) what it promises."""
    scope = {"Measures": definition.description, "Counts": definition.counts, "Excludes": definition.excludes}
    for label, text in scope.items():
        if text:
            yield label, ink.prose(text)
    if definition.asks:
        yield "Question", ink.prose(definition.asks)
    yield "Owner", ink.code(definition.owner) if definition.owner else "no owner"
    yield "Formula", ink.code(definition.formula or "") or "none yet"
    if definition.where:
        yield "Condition", ink.code(definition.where)
    source = f"{ink.code(definition.dataset)}" if definition.dataset else "derived from other definitions"
    yield "Data", source + (f", dated by {ink.code(definition.time)}" if definition.time else "")
    if definition.open_between:
        opened, closed = map(ink.code, definition.open_between)
        yield "Open", f"counted at the end of each period, from {opened} until {closed}"
    if definition.spans:
        start, end = map(ink.code, definition.spans)
        yield "Lasts", f"counted in every period that it touches, from {start} to {end}"
    if definition.evidence:
        yield "Evidence", f"a 0 is trusted only if {ink.code(definition.evidence)} has rows in the period"
    window = f", over the trailing {ink.prose(str(definition.window))}" if definition.window else ""
    yield "Unit, period", f"{ink.prose(definition.unit)}, {definition.period.value}{window}"
    if isinstance(definition, Kpi):
        yield from _promise(definition, today, ink)
    if definition.read_with:
        yield "Read it with", ", ".join(ink.code(guard) for guard in definition.read_with)
    for note in definition.notes:
        explanation = f"{ink.prose(note.period)}: {ink.prose(note.cause)}"
        yield "Note", explanation + (f" Fix: {ink.prose(note.fix)}" if note.fix else "")
    if not definition.is_active:
        yield "Status", definition.status.value


def _promise(kpi: Kpi, today: dt.date, ink: Ink) -> Facts:
    for target in kpi.targets:
        yield "Target", ", ".join(_target(target, ink))
    if kpi.baseline is not None:
        yield "Baseline", _baseline(kpi.baseline, ink)
    if kpi.benchmark is not None:
        year = f", {kpi.benchmark.year}" if kpi.benchmark.year else ""
        yield "Benchmark", f"{_limit(kpi.benchmark, ink)} ({ink.prose(kpi.benchmark.source)}{year})"
    if kpi.review is not None:
        last = f", last on {day_text(kpi.review.last)}" if kpi.review.last else ", no review yet"
        yield "Review", kpi.review.cadence + last
    yield "Action", action_text(kpi.action, today, ink)
    for waiver in kpi.waiver:
        until = f"{day_text(waiver.from_)} to {day_text(waiver.until)}"
        yield "Waiver", f"{until}, by {ink.code(waiver.approved_by)}: {ink.prose(waiver.reason)}"


def _target(target: Target, ink: Ink) -> Iterator[str]:
    yield _limit(target, ink)
    if target.near is not None:
        yield f"at-risk limit {_quantities(target.near, ink)}"
    if target.from_ is not None:
        yield f"from {day_text(target.from_)}"
    for column, values in target.by.items():
        for value, own in values.items():
            yield f"{ink.prose(column)} {ink.prose(value)} {_limit(own, ink)}"


def _limit(limits: Limits, ink: Ink) -> str:
    if limits.between is not None:
        return _quantities(limits.between, ink)
    sign = "≤" if limits.at_most is not None else "≥"
    quantity = limits.at_most if limits.at_most is not None else limits.at_least
    return f"{sign} {ink.prose(str(quantity))}"


def _quantities(quantities: Quantity | tuple[Quantity, ...], ink: Ink) -> str:
    ends = quantities if isinstance(quantities, tuple) else (quantities,)
    return " to ".join(ink.prose(str(end)) for end in ends)


def _baseline(baseline: Baseline, ink: Ink) -> str:
    days = f"{day_text(baseline.from_)} to {day_text(baseline.to)}" if baseline.from_ and baseline.to else ""
    if baseline.value is None:
        return days or "no days are given"
    source = f" ({ink.prose(baseline.source)})" if baseline.source else ""
    return f"{ink.prose(str(baseline.value))}{source}" + (f", {days}" if days else "")
