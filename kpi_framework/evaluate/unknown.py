"""Why a value cannot be judged. Unknown is neither zero nor green."""

from __future__ import annotations

from ..model.kpi import Metric
from ..model.measurement import Observation, Reason
from .coverage import Coverages
from .reporting_periods import ReportingPeriods


def why_unknown(
    metric: Metric,
    observation: Observation,
    reporting: ReportingPeriods,
    coverages: Coverages,
    min_sample: int | None = None,
) -> Reason | None:
    """The first reason why the value is unknown, or None. A target's own reference is not looked at here."""
    if observation.failure is not None:
        return observation.failure
    period = observation.period
    if not coverages.reaches(metric, period):
        return Reason.BEFORE_DATA
    if period.grain is not None:
        if reporting.almanac.instant(period.end) > reporting.as_of or not reporting.settled(period, metric.settle):
            return Reason.PROVISIONAL
        if not coverages.covers(metric.id, period, metric.settle):
            return Reason.STALE
    return _why_thin(metric, observation, min_sample)


def _why_thin(metric: Metric, observation: Observation, min_sample: int | None) -> Reason | None:
    """Whether too little was measured for the value to mean anything."""
    if observation.population is None or observation.measured is None:
        return Reason.UNDEFINED if observation.value is None else None
    if observation.value is None and not observation.population:
        return Reason.NO_DATA
    if observation.population and observation.measured < metric.min_measured.fraction * observation.population:
        return Reason.MOSTLY_MISSING
    if observation.value is None:
        return Reason.UNDEFINED if observation.measured else Reason.NO_DATA
    if observation.unproven and not observation.value:
        return Reason.NO_EVIDENCE
    wanted = min_sample or metric.min_sample
    return Reason.TOO_FEW if wanted and observation.measured < wanted else None
