"""How far each dataset's data reach, and whether they reach a period's end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ..compile.dataset.table import Table
from ..model.kpi import Metric
from ..model.period import Period
from ..model.quantity import Duration
from ..model.record import Record
from .completion import Loaded
from .reporting_periods import ReportingPeriods


class Coverage(Record):
    """The instants between which a dataset is complete (None: nobody can say), and how late it may be."""

    through: dt.datetime | None
    freshness: dt.timedelta
    since: dt.datetime | None = None
    is_stated: bool = False
    """Whether kpi.yaml says since when; else the oldest row does."""

    def covers(self, end: dt.datetime, settle: dt.timedelta) -> bool:
        """Whether complete_through ≥ end + settle − freshness."""
        return self.through is not None and self.through >= end + settle - self.freshness

    def reaches(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Whether the data begin by the start of a stretch of time; an oldest row may be as late as data may be."""
        if self.since is None or self.since <= start:
            return True
        return not self.is_stated and self.since < end and self.since <= start + self.freshness


def coverage_of(table: Table, loaded: Loaded, reporting: ReportingPeriods) -> Coverage:
    """How far a loaded dataset reaches."""
    stated = table.dataset.complete_from
    freshness, through = table.dataset.freshness.delta, _through(table, loaded, reporting)
    if isinstance(stated, dt.date):
        return Coverage(through, freshness, reporting.almanac.instant(stated), is_stated=True)
    return Coverage(through, freshness, _oldest(table, loaded, reporting))


def _oldest(table: Table, loaded: Loaded, reporting: ReportingPeriods) -> dt.datetime | None:
    if loaded.beginning is None or table.grain is None:
        return loaded.beginning.oldest if loaded.beginning else None
    day = reporting.almanac.day_of(loaded.beginning.oldest)
    return reporting.almanac.instant(reporting.almanac.period_of(day, table.grain).start)


def _through(table: Table, loaded: Loaded, reporting: ReportingPeriods) -> dt.datetime | None:
    stated = table.dataset.complete_through
    if isinstance(stated, dt.date):
        return reporting.almanac.instant(stated + dt.timedelta(days=1))
    if stated != "newest_row":
        return loaded.exported
    if loaded.newest is None or table.grain is None:
        return loaded.newest
    # A row of the month's costs speaks for the whole month.
    day = reporting.almanac.day_of(loaded.newest)
    return reporting.almanac.instant(reporting.almanac.period_of(day, table.grain).end)


class Coverages(Record):
    """Whether the data reach a definition's period: those of all datasets it stands on."""

    datasets: Mapping[str, Coverage]
    standing_on: Mapping[str, tuple[str, ...]]
    reporting: ReportingPeriods

    def covers(self, definition: str, period: Period, settle: Duration | None) -> bool:
        """Whether every dataset behind the definition reaches the period's end and settling time."""
        wait = settle.delta if settle else dt.timedelta(0)
        end = self.reporting.almanac.instant(period.end)
        names = self.standing_on.get(definition, ())
        return all(n in self.datasets and self.datasets[n].covers(end, wait) for n in names)

    def reaches(self, metric: Metric, period: Period) -> bool:
        """Whether the data of a definition, and of its evidence, begin by the start of what it looks at.

        A derived one has no rows of its own: its inputs are unknown where theirs have not begun.
        """
        start, end = self.stretch(metric, period)
        coverages = (self.datasets.get(n) for n in (metric.dataset, metric.evidence) if n)
        return all(coverage.reaches(start, end) for coverage in coverages if coverage is not None)

    def stretch(self, metric: Metric, period: Period) -> tuple[dt.datetime, dt.datetime]:
        """The instants between which a definition looks: a window from its own start, a stock at its moment."""
        almanac, as_of = self.reporting.almanac, self.reporting.as_of
        end = min(almanac.instant(period.end), as_of)
        if metric.is_stock:
            return end, end
        if metric.window and period.grain is not None:
            last = min(period.end, almanac.day_until(as_of) + dt.timedelta(days=1))
            return almanac.instant(last - dt.timedelta(days=metric.window.days)), end
        return almanac.instant(period.start), end

    def lasting(self, dataset: str) -> dt.datetime:
        """Until when something lasts that has not ended: as_of, or as far as the dataset is complete, the earlier."""
        coverage = self.datasets.get(dataset)
        through = coverage.through if coverage is not None else None
        return min(through or self.reporting.as_of, self.reporting.as_of)
