"""Formulas: they compile, they end, they fit their data, and no two compute the same."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.catalog import Compiled
from ..compile.definition import time_column
from ..compile.finding import finding_of
from ..compile.graph import MAX_BEHIND, MAX_LEVELS, closure, cyclic, overgrown
from ..compile.plan.axis import CompiledMetric
from ..compile.sql.errors import FormulaError
from ..model.diagnostic import Diagnostic
from ..model.kpi import Metric
from ..model.rule import RULES
from .context import LintContext


def formulas(context: LintContext) -> Iterator[Diagnostic]:
    """formula-syntax … personal-column: what a formula's compilation found."""
    for metric_id, compiled in context.compiled.items():
        metric = context.catalog.definitions[metric_id].noun
        if isinstance(compiled, FormulaError) and is_certain(context, metric.dataset, compiled):
            yield finding_of(context.catalog, metric, compiled)


def is_certain(context: LintContext, dataset: str | None, error: FormulaError) -> bool:
    """Whether an error holds though the source may not have been looked at."""
    return not (error.rule in ("unknown-column", "source-unreadable") and context.is_unseen(dataset))


def cycles(context: LintContext) -> Iterator[Diagnostic]:
    """reference-cycle: a derived definition needs itself, directly or through others."""
    for metric_id, cycle in cyclic(context.inputs).items():
        at = context.catalog.definitions[metric_id].at.key("formula")
        yield RULES["reference-cycle"].finding(
            at, f"`{metric_id}` depends on itself: {' → '.join(cycle)}", kpi=metric_id
        )


def overgrowth(context: LintContext) -> Iterator[Diagnostic]:
    """Report as formula-syntax a derived definition that stands on more others than anybody can follow."""
    for definition_id in sorted(overgrown(context.inputs)):
        at = context.catalog.definitions[definition_id].at.key("formula")
        most = f"{MAX_BEHIND:,} definitions, or more than {MAX_LEVELS} levels of them"
        message = f"`{definition_id}` is computed from more than {most}"
        yield RULES["formula-syntax"].finding(at, message, "Let it name metrics and KPIs over rows.", definition_id)


def grains(context: LintContext) -> Iterator[Diagnostic]:
    """period-finer-than-grain: `period` is shorter than the `grain` of a dataset that the formula reads."""
    for definition in context.live:
        for dataset in sorted(_datasets(context, definition.noun.id)):
            grain = context.tables[dataset].grain
            if grain is not None and definition.noun.period.rank < grain.rank:
                at = definition.at.key("period" if ("period",) in definition.at.spans else "formula")
                metric = definition.noun
                message = f"`{metric.id}` has a value per {metric.period}, but the rows of `{dataset}` are per {grain}"
                yield RULES["period-finer-than-grain"].finding(at, message, kpi=metric.id)


def _datasets(context: LintContext, metric_id: str) -> set[str]:
    """The datasets that a definition stands on."""
    definitions = (context.catalog.definitions.get(i) for i in closure(metric_id, context.inputs))
    return {d for e in definitions if e is not None and (d := e.noun.dataset) in context.tables and d}


def doubles(context: LintContext) -> Iterator[Diagnostic]:
    """duplicate-formula: two active definitions have the same formula, when both are written in one form, over the
    same rows.
    """
    first: dict[tuple[object, ...], str] = {}
    for metric_id, compiled in context.compiled.items():
        metric = context.catalog.definitions[metric_id].noun
        if isinstance(compiled, FormulaError) or not metric.is_active:
            continue
        number = _number(context, metric, compiled)
        if number in first:
            at = context.catalog.definitions[metric_id].at.key("formula")
            yield RULES["duplicate-formula"].finding(
                at, f"`{metric_id}` computes the same number as `{first[number]}`", kpi=metric_id
            )
        first.setdefault(number, metric_id)


def _number(context: LintContext, metric: Metric, compiled: Compiled) -> tuple[object, ...]:
    """What makes a definition's number the number it is."""
    if isinstance(compiled, CompiledMetric):
        formula, table = compiled.formula, context.tables[metric.dataset or ""]
        return (
            metric.dataset,
            formula.text,
            formula.where_text,
            time_column(metric, table),
            metric.open_between,
            compiled.window,
            metric.unit,
            metric.period,
        )
    assert not isinstance(compiled, FormulaError)
    return (None, compiled.text, None, None, metric.unit, metric.period)
