"""Values → measurements: each judged, and what stands out in them."""

from __future__ import annotations

from collections.abc import Mapping

from ..model.diagnostic import Diagnostic
from ..model.measurement import Measurement, Reason
from . import findings
from .coverage import Coverages
from .deriving import DerivedValues
from .run import Run
from .score import Judge
from .wanted import WantedPeriods


def judge(
    run: Run, wanted: WantedPeriods, derived: DerivedValues, coverages: Coverages
) -> tuple[tuple[Measurement, ...], tuple[Diagnostic, ...]]:
    """The measurements, and the findings on stale data, baselines and segments."""
    catalog, baselines = wanted.computable.catalog, derived.baselines
    privacy = catalog.project.noun.privacy
    hidden = dict.fromkeys(privacy.segment_by, privacy.min_rows)
    hashes = wanted.computable.hashes
    judge = Judge(wanted.metrics, run.reporting, coverages, baselines.values, baselines.frozen, hashes, hidden)
    measurements = judge.judge(derived.rows.shown(derived.values))
    stale = _staleness(run, wanted, measurements, coverages)
    return measurements, (*stale, *baselines.diagnostics, *findings.of_segments(catalog, _segment_values(measurements)))


def _staleness(
    run: Run, wanted: WantedPeriods, measurements: tuple[Measurement, ...], coverages: Coverages
) -> list[Diagnostic]:
    """A finding for each dataset that does not reach the end of a judged period."""
    stale: dict[str, list[str]] = {}
    for measurement in measurements:
        if measurement.judged and measurement.is_whole and measurement.reason is Reason.STALE:
            for dataset in coverages.standing_on[measurement.kpi]:
                stale.setdefault(dataset, []).append(measurement.kpi)
    diagnostics = []
    for dataset, kpis in stale.items():
        late = [kpi for kpi in kpis if not _is_covered(run, wanted, coverages, dataset, kpi)]
        if late:
            through = coverages.datasets[dataset].through
            diagnostics.append(findings.of_staleness(wanted.computable.catalog, dataset, through, late))
    return diagnostics


def _is_covered(run: Run, wanted: WantedPeriods, coverages: Coverages, dataset: str, metric_id: str) -> bool:
    period, settle = wanted.judged[metric_id], wanted.metrics[metric_id].settle
    alone = Coverages(coverages.datasets, {metric_id: (dataset,)}, run.reporting)
    return period is not None and alone.covers(metric_id, period, settle)


def _segment_values(measurements: tuple[Measurement, ...]) -> Mapping[str, Mapping[str, frozenset[str | None]]]:
    """The segment values that some shown period of a definition has; a definition without rows is not there."""
    values: dict[str, dict[str, frozenset[str | None]]] = {}
    for measurement in measurements:
        if measurement.population:
            columns = values.setdefault(measurement.kpi, {})
            for column, value in measurement.segment if len(measurement.segment) == 1 else ():
                columns[column] = columns.get(column, frozenset()) | {value}
    return values
