"""How far each dataset's data reach, and whether they reach a period's end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ..compile.dataset.table import Table
from ..model.period import Period
from ..model.quantity import Duration
from ..model.record import Record
from .completion import Loaded
from .reporting_periods import ReportingPeriods


class Coverage(Record):
    """The instant up to which a dataset is complete (None: nobody can say), and how late it may be."""

    through: dt.datetime | None
    freshness: dt.timedelta

    def covers(self, end: dt.datetime, settle: dt.timedelta) -> bool:
        """Whether complete_through ≥ end + settle − freshness."""
        return self.through is not None and self.through >= end + settle - self.freshness


def coverage_of(table: Table, loaded: Loaded, reporting: ReportingPeriods) -> Coverage:
    """How far a loaded dataset reaches."""
    freshness = table.dataset.freshness.delta
    return Coverage(_through(table, loaded, reporting), freshness)


def _through(table: Table, loaded: Loaded, reporting: ReportingPeriods) -> dt.datetime | None:
    stated = table.dataset.complete_through
    if isinstance(stated, dt.date):
        return reporting.almanac.instant(stated + dt.timedelta(days=1))
    if stated != "newest_row":
        return loaded.exported
    if loaded.newest is None or table.grain is None:
        return loaded.newest
    # A row of the month's costs speaks for the whole month.
    day = reporting.almanac.day(loaded.newest + dt.timedelta(microseconds=1))
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

    def lasting(self, dataset: str) -> dt.datetime:
        """Until when something lasts that has not ended: as_of, or as far as the dataset is complete, the earlier."""
        coverage = self.datasets.get(dataset)
        through = coverage.through if coverage is not None else None
        return min(through or self.reporting.as_of, self.reporting.as_of)
