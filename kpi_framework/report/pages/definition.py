"""What a definition says, as labelled facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...model.kpi import Baseline, Kpi, Limits, Metric, Target
from ...model.quantity import Quantity
from ..doc.model import Code, Text, joined
from ..view.details import Labelled, action_text
from ..words.phrases import day_text


def definition_facts(definition: Metric, today: dt.date) -> Labelled:
    """What it measures, over what, and (a KPI) what it promises."""
    scope = {"Measures": definition.description, "Counts": definition.counts, "Excludes": definition.excludes}
    for label, text in scope.items():
        if text:
            yield label, text
    if definition.asks:
        yield "Question", definition.asks
    yield "Owner", Code(definition.owner) if definition.owner else "no owner"
    yield "Formula", Code(definition.formula) if definition.formula else "none yet"
    if definition.where:
        yield "Condition", Code(definition.where)
    source: Text = Code(definition.dataset) if definition.dataset else "derived from other definitions"
    yield "Data", (source, ", dated by ", Code(definition.time)) if definition.time else source
    if definition.open_between:
        opened, closed = map(Code, definition.open_between)
        yield "Open", ("counted at the end of each period, from ", opened, " until ", closed)
    if definition.spans:
        start, end = map(Code, definition.spans)
        yield "Lasts", ("counted in every period that it touches, from ", start, " to ", end)
    if definition.evidence:
        yield "Evidence", ("a 0 is trusted only if ", Code(definition.evidence), " has rows in the period")
    window = f", over the trailing {definition.window}" if definition.window else ""
    yield "Unit, period", (definition.unit, f", {definition.period.value}{window}")
    if isinstance(definition, Kpi):
        yield from _promise(definition, today)
    if definition.read_with:
        yield "Read it with", joined(", ", map(Code, definition.read_with))
    for note in definition.notes:
        yield "Note", (f"{note.period}: ", note.cause, (" Fix: ", note.fix) if note.fix else "")
    if not definition.is_active:
        yield "Status", definition.status.value


def _promise(kpi: Kpi, today: dt.date) -> Labelled:
    for target in kpi.targets:
        yield "Target", joined(", ", _target(target))
    if kpi.baseline is not None:
        yield "Baseline", _baseline(kpi.baseline)
    if kpi.benchmark is not None:
        year = f", {kpi.benchmark.year}" if kpi.benchmark.year else ""
        yield "Benchmark", (_limit(kpi.benchmark), " (", kpi.benchmark.source, f"{year})")
    if kpi.review is not None:
        last = f", last on {day_text(kpi.review.last)}" if kpi.review.last else ", no review yet"
        yield "Review", kpi.review.cadence + last
    yield "Action", action_text(kpi.action, today)
    for waiver in kpi.waiver:
        until = f"{day_text(waiver.from_)} to {day_text(waiver.until)}"
        yield "Waiver", (until, ", by ", Code(waiver.approved_by), ": ", waiver.reason)


def _target(target: Target) -> Iterator[Text]:
    yield _limit(target)
    if target.near is not None:
        yield f"at-risk limit {_quantities(target.near)}"
    if target.from_ is not None:
        yield f"from {day_text(target.from_)}"
    for column, values in target.by.items():
        for value, own in values.items():
            yield (column, " ", value, " ", _limit(own))


def _limit(limits: Limits) -> str:
    if limits.between is not None:
        return _quantities(limits.between)
    sign = "≤" if limits.at_most is not None else "≥"
    quantity = limits.at_most if limits.at_most is not None else limits.at_least
    return f"{sign} {quantity}"


def _quantities(quantities: Quantity | tuple[Quantity, ...]) -> str:
    ends = quantities if isinstance(quantities, tuple) else (quantities,)
    return " to ".join(map(str, ends))


def _baseline(baseline: Baseline) -> Text:
    days = f"{day_text(baseline.from_)} to {day_text(baseline.to)}" if baseline.from_ and baseline.to else ""
    if baseline.value is None:
        return days or "no days are given"
    source = (" (", baseline.source, ")") if baseline.source else ""
    return (str(baseline.value), source, f", {days}" if days else "")
