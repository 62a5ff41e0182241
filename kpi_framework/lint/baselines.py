"""Baselines: they cover days, enough of them, and a stated figure says where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ..compile.plan.axis import CompiledMetric
from ..model.diagnostic import Diagnostic
from ..model.kpi import Kpi
from ..model.period import Grain
from ..model.rule import RULES
from .context import LintContext

MIN_DAYS, MAX_DAYS = 30, 60


def baselines(context: LintContext) -> Iterator[Diagnostic]:
    """missing-baseline for one without days or value, baseline-length for one that is too short or too long."""
    for definition, kpi in context.active:
        if kpi.baseline is None:
            continue
        at = definition.at.key("baseline")
        lack = _lack(kpi)
        if lack:
            yield RULES["missing-baseline"].finding(at, f"{kpi.id}: {lack}", kpi=kpi.id)
        elif kpi.baseline.value is None and (doubt := _doubt(context, kpi)):
            yield RULES["baseline-length"].finding(at, f"{kpi.id}: {doubt}", kpi=kpi.id)


def _lack(kpi: Kpi) -> str | None:
    baseline = kpi.baseline
    assert baseline is not None, "the caller has looked"
    if baseline.value is not None:
        return (
            None
            if (baseline.source or "").strip()
            else "a baseline with a `value` needs the `source` in which it was published"
        )
    if baseline.from_ is None or baseline.to is None:
        return "the baseline needs `from` and `to`"
    return "the baseline ends before it begins" if baseline.to < baseline.from_ else None


def _doubt(context: LintContext, kpi: Kpi) -> str | None:
    baseline, almanac = kpi.baseline, context.catalog.project.noun.almanac
    assert baseline is not None
    assert baseline.from_ is not None
    assert baseline.to is not None
    end = baseline.to + dt.timedelta(days=1)
    days, whole = (end - baseline.from_).days, len(almanac.whole_periods(baseline.from_, end, kpi.period))
    compiled = context.compiled.get(kpi.id)
    needs_periods = isinstance(compiled, CompiledMetric) and not (kpi.is_stock or compiled.formula.is_range)
    if needs_periods and not whole:
        return f"its value is the mean of complete periods, but these {days} days contain no complete {kpi.period}"
    if kpi.period in (Grain.QUARTER, Grain.YEAR):
        return (
            None if 1 <= whole <= 2 else f"the baseline covers {whole} complete {kpi.period}s; it should cover 1 or 2"
        )
    return (
        None
        if MIN_DAYS <= days <= MAX_DAYS
        else f"the baseline covers {days} days; it should cover {MIN_DAYS} to {MAX_DAYS}"
    )
