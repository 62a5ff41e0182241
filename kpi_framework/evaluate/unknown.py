"""Why a value cannot be judged. Unknown is neither zero nor green."""

from __future__ import annotations

from ..model.kpi import Metric
from ..model.measurement import Observation, Reason
from ..model.unit import read_share
from .coverage import Coverages
from .reporting_periods import ReportingPeriods


def why_unknown(
    metric: Metric, seen: Observation, window: ReportingPeriods, coverages: Coverages, min_sample: int | None = None
) -> Reason | None:
    """The first reason why the value is unknown, or None. A target's own reference is not looked at here."""
    if seen.failure is not None:
        return seen.failure
    if seen.period.grain is not None:
        if window.almanac.instant(seen.period.end) > window.as_of or not window.settled(seen.period, metric.settle):
            return Reason.PROVISIONAL
        if not coverages.covers(metric.id, seen.period, metric.settle):
            return Reason.STALE
    return _why_thin(metric, seen, min_sample)


def _why_thin(metric: Metric, seen: Observation, min_sample: int | None) -> Reason | None:
    """Whether too little was measured for the value to mean anything."""
    if seen.population is None or seen.measured is None:
        return Reason.UNDEFINED if seen.value is None else None
    if seen.value is None and not seen.population:
        return Reason.NO_DATA
    if seen.population and seen.measured < read_share(metric.min_measured) * seen.population:
        return Reason.MOSTLY_MISSING
    if seen.value is None:
        return Reason.UNDEFINED if seen.measured else Reason.NO_DATA
    if seen.unproven and not seen.value:
        return Reason.NO_EVIDENCE
    wanted = min_sample or metric.min_sample
    return Reason.TOO_FEW if wanted and seen.measured < wanted else None
