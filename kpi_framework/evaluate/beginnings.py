"""What is said where shown periods, baselines and windows begin before the data do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ..compile.dataset.reach import longest_query
from ..compile.sql.tree import Query
from ..compile.time.zone import timestamp
from ..model.diagnostic import Diagnostic
from ..model.kpi import Kpi, Metric
from ..model.measurement import Measurement, Reason
from ..model.quoting import listed
from ..model.rule import RULES
from .coverage import Coverage, Coverages
from .engine.interface import EngineError
from .findings import dataset_span
from .run import Run
from .wanted import WantedPeriods


def beginnings(
    run: Run, wanted: WantedPeriods, coverages: Coverages, measurements: tuple[Measurement, ...]
) -> Iterator[Diagnostic]:
    """Where data begin, baselines before them, and what an export cuts off."""
    unproven = list(_unproven(wanted, coverages))
    yield from unproven
    yield from _begins(wanted, coverages, measurements, {f.kpi for f in unproven})
    yield from _left_cut(run, wanted, coverages, measurements)


def _begins(
    wanted: WantedPeriods, coverages: Coverages, measurements: tuple[Measurement, ...], unproven: set[str | None]
) -> Iterator[Diagnostic]:
    """data-begin: where an oldest row alone makes values unknown."""
    catalog = wanted.computable.catalog
    cut = {m.kpi for m in measurements if m.reason is Reason.BEFORE_DATA} | unproven
    for name, coverage in coverages.datasets.items():
        if coverage.since is None or coverage.is_stated:
            continue
        mine = (m for i, m in wanted.metrics.items() if i in cut)
        if any(name in (m.dataset, m.evidence) for m in mine):
            day = coverages.reporting.almanac.day_of(coverage.since)
            first = day.replace(day=1)
            line = f"`complete_from: {first}`" if first < day else f"`complete_from:` with an earlier day than {day}"
            message = f"{name}: the data begin on {day}; values of periods that begin earlier are unknown"
            hint = f"Write {line} if nothing happened from then to {day}."
            yield RULES["data-begin"].finding(dataset_span(catalog, name, "source"), message, hint)


def _unproven(wanted: WantedPeriods, coverages: Coverages) -> Iterator[Diagnostic]:
    """baseline-unproven: days of a baseline that the data do not reach, or no longer."""
    catalog = wanted.computable.catalog
    for kpi_id, metric in wanted.metrics.items():
        span = wanted.span(metric)
        if not isinstance(metric, Kpi) or not metric.is_active or span is None:
            continue
        behind = [wanted.metrics[i] for i in (kpi_id, *wanted.computable.behind(kpi_id)) if i in wanted.metrics]
        if all(coverages.reaches(m, period) for m in behind for period in span.periods):
            continue
        frozen = catalog.baseline_of(kpi_id) is not None
        what = "can no longer be computed again" if frozen else "cannot be computed"
        at = catalog.definitions[kpi_id].at.key("baseline", "from")
        message = f"the data begin after the baseline of {kpi_id} does, so it {what}"
        yield RULES["baseline-unproven"].finding(at, message, kpi=kpi_id)


def _left_cut(
    run: Run, wanted: WantedPeriods, coverages: Coverages, measurements: tuple[Measurement, ...]
) -> Iterator[Diagnostic]:
    """left-cut: periods that count rows which began earlier, where the oldest row alone says when the data begin."""
    catalog = wanted.computable.catalog
    for metric_id, compiled in wanted.computable.metrics.items():
        metric = wanted.metrics[metric_id]
        coverage = coverages.datasets.get(metric.dataset or "")
        table = wanted.computable.tables[metric.dataset or ""]
        if coverage is None or coverage.since is None or coverage.is_stated or not _looks_back(metric, table.time):
            continue
        ends = compiled.closing.time if compiled.closing else compiled.time
        query = longest_query(table, ends, timestamp(run.reporting.as_of))
        longest = _longest(run, query) if query is not None else dt.timedelta(0)
        lacking = _lacking(coverages, coverage, metric, longest, measurements)
        if lacking:
            names = listed(sorted({str(m.period.start) for m in lacking}))
            message = (
                f"{metric_id}: rows that began before the oldest one are not in the data, but would count in {names}"
            )
            yield RULES["left-cut"].finding(dataset_span(catalog, table.name, "source"), message, kpi=metric_id)


def _looks_back(metric: Metric, time: str | None) -> bool:
    """Whether a row counts in a period in which it did not begin."""
    return metric.is_stock or metric.spans is not None or metric.time not in (None, time)


def _longest(run: Run, query: Query) -> dt.timedelta:
    try:
        [[micros]] = run.session.fetch_again(query)
    except EngineError:
        return dt.timedelta(0)  # the definition itself says what is wrong
    return dt.timedelta(microseconds=micros) if isinstance(micros, int) else dt.timedelta(0)


def _lacking(
    coverages: Coverages, coverage: Coverage, metric: Metric, longest: dt.timedelta,
    measurements: tuple[Measurement, ...],
) -> list[Measurement]:  # fmt: skip
    """The shown periods that a row from before the data may touch, if none lasts longer than the longest there is."""
    assert coverage.since is not None
    until = coverage.since + longest
    mine = (m for m in measurements if m.kpi == metric.id and m.is_whole and m.reason is not Reason.BEFORE_DATA)
    return [m for m in mine if coverages.stretch(metric, m.period)[0] < until]
