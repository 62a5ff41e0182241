"""Balance: no KPI tells the truth alone, and a number is only as good as what it leaves out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from ..compile.dataset.table import Table
from ..compile.definition import time_column
from ..compile.ends import open_ends
from ..compile.graph import closure
from ..compile.plan.axis import CompiledMetric
from ..model.catalog import Entry
from ..model.diagnostic import Diagnostic
from ..model.kpi import Kpi, Metric
from ..model.rule import RULES
from .context import LintContext

MOST_KPIS = 7
BENCHMARK_YEARS = 3


def survivorship(context: LintContext) -> Iterator[Diagnostic]:
    """survivorship: a live formula measures a duration to a column that is empty while a row is open, the rows are
    dated by another column than that end, and neither `settle`, `min_measured` nor a coalesce says what becomes of
    the open ones."""
    for definition, _ in _compiled_metrics(context):
        metric = definition.noun
        if metric.settle is not None or "min_measured" in metric.model_fields_set or metric.is_stock:
            continue
        table = context.tables[metric.dataset or ""]
        for end in sorted(open_ends(metric.formula or "") - {time_column(metric, table)}):
            meaning = table.contract.columns.get(end) if table.contract else None
            if meaning is not None and not meaning.nullable:
                continue
            message = f"{metric.id}: rows without `{end}` are left out, and these are often the slowest"
            yield RULES["survivorship"].finding(definition.at.key("formula"), message, kpi=metric.id)
            break


def vanity_alone(context: LintContext) -> Iterator[Diagnostic]:
    """vanity-alone: an active definition of the family productivity (or a KPI without family) counts rows, no
    derived definition uses it, and its `read_with` names nothing but other counts of this kind.
    """
    used = {metric_id for inputs in context.inputs.values() for metric_id in inputs}
    efforts = {e.noun.id for e, m in _compiled_metrics(context) if _is_effort(e.noun, m)}
    for definition, _ in _compiled_metrics(context):
        metric = definition.noun
        if not metric.is_active or metric.id not in efforts - used:
            continue
        if not any(g in context.catalog.definitions and g not in efforts for g in metric.read_with):
            message = f"{metric.id} counts effort, but `read_with` names no outcome"
            yield RULES["vanity-alone"].finding(definition.at.key("formula"), message, kpi=metric.id)


def _is_effort(metric: Metric, compiled: CompiledMetric) -> bool:
    families = ("productivity", None) if isinstance(metric, Kpi) else ("productivity",)
    return compiled.formula.shape.kind == "count" and metric.family in families


def too_many_kpis(context: LintContext) -> Iterator[Diagnostic]:
    """too-many-kpis: more than seven KPIs are active, and no view of kpi.yaml shows at most seven."""
    active = sum(1 for _ in context.active)
    views = context.catalog.project.noun.views.values()
    sizes = [min(v.limit or active, active if v.kpis == "all" else len(v.kpis)) for v in views]
    if active > MOST_KPIS and not any(size <= MOST_KPIS for size in sizes):
        at = context.catalog.project.at
        span = at.key("views" if ("views",) in at.spans else "name")
        message = f"{active} KPIs are active, but a scorecard for ten minutes of reading has at most {MOST_KPIS}"
        yield RULES["too-many-kpis"].finding(span, message)


def unguarded(context: LintContext) -> Iterator[Diagnostic]:
    """unguarded: the `read_with` of an active KPI names no other definition that is in use, though there is one
    that is not an input of its own.
    """
    in_use = {e.noun.id for e in context.live} | set(context.catalog.broken)
    for definition, kpi in context.active:
        own = set(closure(kpi.id, context.inputs))
        has_others = len(in_use) > len(own & in_use)
        if has_others and not any(guard in in_use and guard not in own for guard in kpi.read_with):
            at = definition.at.key("read_with" if ("read_with",) in definition.at.spans else "id")
            message = (
                f"{kpi.id} can be met at the cost of something else, but `read_with` names nothing that would show it"
            )
            yield RULES["unguarded"].finding(at, message, kpi=kpi.id)


def unsegmented_average(context: LintContext) -> Iterator[Diagnostic]:
    """unsegmented-average: the formula of an active KPI is one average or median without `segments`, though its
    dataset has a text column that could be one.
    """
    for definition, compiled in _compiled_metrics(context):
        kpi, shape = definition.noun, compiled.formula.shape
        is_average = shape.kind == "mean" or (shape.kind == "quantile" and shape.level == Fraction(1, 2))
        if not (isinstance(kpi, Kpi) and kpi.is_active and is_average and not kpi.segments):
            continue
        if _parts(context.tables[kpi.dataset or ""]):
            message = f"{kpi.id} is one average over all rows: a good overall value can hide a poor segment"
            yield RULES["unsegmented-average"].finding(definition.at.key("formula"), message, kpi=kpi.id)


def _parts(table: Table) -> list[str]:
    """The columns that could be segments: texts that name neither a row nor a person."""
    return [
        column
        for column, base in table.bases.items()
        if base.type == "text" and not base.personal and column not in table.keys
    ]


def advanced_before_stable(context: LintContext) -> Iterator[Diagnostic]:
    """advanced-before-stable: a KPI of level advanced is active while no foundational KPI is, or while one of these
    has not been reviewed yet (its `review` has no `last`).
    """
    foundational = [kpi for _, kpi in context.active if kpi.level == "foundational"]
    fresh = [kpi.id for kpi in foundational if kpi.review is None or kpi.review.last is None]
    if foundational and not fresh:
        return
    why = f"{', '.join(fresh[:3])} had no review yet" if fresh else "no foundational KPI is active"
    for definition, kpi in context.active:
        if kpi.level == "advanced":
            message = f"the level of {kpi.id} is advanced, but {why}"
            yield RULES["advanced-before-stable"].finding(definition.at.key("level"), message, kpi=kpi.id)


def old_benchmarks(context: LintContext, today: dt.date) -> Iterator[Diagnostic]:
    """benchmark-old: an active KPI's benchmark was published more than three years before as_of's year."""
    for definition, kpi in context.active:
        year = kpi.benchmark.year if kpi.benchmark else None
        if year is not None and today.year - year > BENCHMARK_YEARS:
            at = definition.at.key("benchmark", "year")
            yield RULES["benchmark-old"].finding(
                at, f"the benchmark of {kpi.id} is from {year}, more than {BENCHMARK_YEARS} years ago", kpi=kpi.id
            )


def _compiled_metrics(context: LintContext) -> Iterator[tuple[Entry[Metric], CompiledMetric]]:
    """The live definitions over rows that compile."""
    for definition in context.live:
        compiled = context.compiled.get(definition.noun.id)
        if isinstance(compiled, CompiledMetric):
            yield definition, compiled
