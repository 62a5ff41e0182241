"""Figures that others reported: of a period that the definition has, in a unit that converts to its own."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.could_not import CouldNot
from ..model.diagnostic import Diagnostic
from ..model.rule import RULES
from .context import LintContext


def reported(context: LintContext) -> Iterator[Diagnostic]:
    """wrong-type and target-unit: each figure under `reported` is of one period and reads in the KPI's unit."""
    almanac = context.catalog.project.noun.almanac
    for definition in context.live:
        metric = definition.noun
        for index, figure in enumerate(metric.reported):
            period, amount = almanac.named(figure.period, metric.period), figure.value.to(metric.unit)
            if isinstance(period, CouldNot):
                at = definition.at.key("reported", index, "period")
                grain = metric.period.value
                hint = f"Write the first day of the {grain}, or the month or year in which no other {grain} begins."
                yield RULES["wrong-type"].finding(at, f"{metric.id}: {period.why}", hint, metric.id)
            if isinstance(amount, CouldNot):
                at = definition.at.key("reported", index, "value")
                yield RULES["target-unit"].finding(at, f"{metric.id}: {amount.why}", kpi=metric.id)
