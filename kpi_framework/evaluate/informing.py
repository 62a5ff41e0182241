"""Measurements → the same with what informs beside them: behaviour of the judged one, budget and pace of the running.

Nothing here judges, and nothing gates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from statistics import median_high

from ..model.measurement import Measurement, Reason
from ..model.record import replace
from .behaviour import behaviour_of
from .computable import Computable
from .looking_back import Past
from .pace import Volumes, allowed_share, budget_of, pace_of_count, pace_of_share
from .score import target_on

SETTLED = 6
"""So many of the last settled periods say how many rows are usual."""
YEAR = 12
"""So many say how many there may be at most."""


def informed(measurement: Measurement, past: Past, computable: Computable) -> Measurement:
    """The measurement with its behaviour, or its budget and pace, where it is one that has them."""
    if not measurement.is_whole or measurement.kpi not in past.groups:
        return measurement
    if measurement.judged:
        return _with_behaviour(measurement, past)
    if measurement.reason is Reason.PROVISIONAL and _is_running(measurement, past):
        return _with_pace(measurement, past, computable)
    return measurement


def _with_behaviour(measurement: Measurement, past: Past) -> Measurement:
    points = past.basis(measurement.kpi)
    recent = past.known(measurement.kpi, past.groups[measurement.kpi].recent())
    return replace(measurement, behaviour=behaviour_of(points, recent, measurement.period, measurement.target))


def _is_running(measurement: Measurement, past: Past) -> bool:
    """Whether its period has not ended, and its data reach as_of as far as they should."""
    reporting, coverages = past.coverages.reporting, past.coverages
    datasets = [coverages.datasets.get(name) for name in coverages.standing_on.get(measurement.kpi, ())]
    is_current = all(d is not None and d.covers(reporting.as_of, dt.timedelta(0)) for d in datasets)
    return is_current and measurement.period == reporting.running(past.metrics[measurement.kpi].period)


def _with_pace(measurement: Measurement, past: Past, computable: Computable) -> Measurement:
    """Of a share its budget and pace, of a count its pace; others have none, nor have stocks and trailing windows."""
    metric, compiled = past.metrics[measurement.kpi], computable.metrics.get(measurement.kpi)
    goal, rows, value = measurement.target, measurement.measured, measurement.value
    if compiled is None or goal is None or rows is None or metric.is_stock or metric.window is not None:
        return measurement
    elapsed = _elapsed(measurement, past)
    if compiled.formula.shape.kind == "count" and isinstance(value, int):
        return replace(measurement, pace=pace_of_count(value, elapsed, goal))
    share = allowed_share(goal)
    if compiled.formula.shape.kind != "share" or share is None:
        return measurement
    true = round((value or 0) * rows)
    misses = true if goal.at_most is not None else rows - true
    volumes = _volumes(measurement, past, elapsed)
    target = target_on(metric, measurement.period.start)
    min_sample = (target.min_sample if target else None) or metric.min_sample or 1
    budget = budget_of(share, rows, misses, max(volumes.usual, rows) if volumes else None)
    return replace(measurement, budget=budget, pace=pace_of_share(share, rows, misses, volumes, min_sample))


def _elapsed(measurement: Measurement, past: Past) -> Fraction:
    """How much of the period had passed where the data end, or at as_of."""
    coverages, period = past.coverages, measurement.period
    start, end = (coverages.reporting.almanac.instant(day) for day in (period.start, period.end))
    reached = (coverages.datasets[name].through for name in coverages.standing_on[measurement.kpi])
    until = min([coverages.reporting.as_of, *(through for through in reached if through is not None)])
    microsecond = dt.timedelta(microseconds=1)
    return Fraction(max(until - start, dt.timedelta(0)) // microsecond, (end - start) // microsecond)


def _volumes(measurement: Measurement, past: Past, elapsed: Fraction) -> Volumes | None:
    """How many rows the period may measure: as the last settled ones did, and at the speed it has so far."""
    rows, settled = measurement.measured or 0, _settled_rows(measurement, past)
    if not settled:
        return None
    last = settled[-SETTLED:]
    at_this_speed = int(rows / elapsed) + 1 if elapsed else rows
    largest = max(*settled, rows)
    if rows > max(last):
        largest = max(largest, at_this_speed)
    return Volumes(median_high(last), min(last), max(last), largest)


def _settled_rows(measurement: Measurement, past: Past) -> Sequence[int]:
    """The rows that the settled periods of the last year measured, oldest first; those without any are none."""
    points = past.known(measurement.kpi, past.groups[measurement.kpi].recent()[-YEAR:])
    observed = (past.values[measurement.kpi, point.period, ()].measured for point in points)
    return [rows for rows in observed if rows]
