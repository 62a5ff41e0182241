"""Formulas: they compile, they end, they fit their data, and no two compute the same."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.definition import time_column
from ..compile.finding import finding_of
from ..compile.graph import closure, cyclic
from ..compile.plan.axis import CompiledMetric
from ..compile.sql.errors import FormulaError
from ..model.diagnostic import Diagnostic
from ..model.kpi import Metric
from ..model.rule import RULES
from .context import Compiled, LintContext


def formulas(view: LintContext) -> Iterator[Diagnostic]:
    """formula-syntax … personal-column: what a formula's compilation found."""
    for one, compiled in view.compiled.items():
        metric = view.catalog.definitions[one].noun
        if isinstance(compiled, FormulaError) and is_certain(view, metric.dataset, compiled):
            yield finding_of(view.catalog, metric, compiled)


def is_certain(view: LintContext, dataset: str | None, error: FormulaError) -> bool:
    """Whether an error holds though the source may not have been looked at."""
    return not (error.rule in ("unknown-column", "source-unreadable") and view.is_unseen(dataset))


def cycles(view: LintContext) -> Iterator[Diagnostic]:
    """reference-cycle: a derived definition that needs itself."""
    for one, way in cyclic(view.inputs).items():
        at = view.catalog.definitions[one].at.key("formula")
        yield RULES["reference-cycle"].finding(at, f"`{one}` needs itself: {' → '.join(way)}", kpi=one)


def grains(view: LintContext) -> Iterator[Diagnostic]:
    """period-finer-than-grain: no value by day of what is known by month."""
    for entry in view.live:
        for dataset in sorted(_datasets(view, entry.noun.id)):
            grain = view.tables[dataset].grain
            if grain is not None and entry.noun.period.rank < grain.rank:
                at = entry.at.key("period" if ("period",) in entry.at.spans else "formula")
                message = f"`{entry.noun.id}` is by {entry.noun.period}, and the rows of `{dataset}` are by {grain}"
                yield RULES["period-finer-than-grain"].finding(at, message, kpi=entry.noun.id)


def _datasets(view: LintContext, one: str) -> set[str]:
    """The datasets that a definition stands on."""
    entries = (view.catalog.definitions.get(i) for i in closure(one, view.inputs))
    return {d for e in entries if e is not None and (d := e.noun.dataset) in view.tables and d}


def doubles(view: LintContext) -> Iterator[Diagnostic]:
    """duplicate-formula: two active definitions of one number."""
    first: dict[tuple[object, ...], str] = {}
    for one, compiled in view.compiled.items():
        metric = view.catalog.definitions[one].noun
        if isinstance(compiled, FormulaError) or not metric.is_active:
            continue
        number = _number(view, metric, compiled)
        if number in first:
            at = view.catalog.definitions[one].at.key("formula")
            yield RULES["duplicate-formula"].finding(at, f"`{one}` computes the same as `{first[number]}`", kpi=one)
        first.setdefault(number, one)


def _number(view: LintContext, metric: Metric, compiled: Compiled) -> tuple[object, ...]:
    """What makes a definition's number the number it is."""
    if isinstance(compiled, CompiledMetric):
        formula, table = compiled.formula, view.tables[metric.dataset or ""]
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
