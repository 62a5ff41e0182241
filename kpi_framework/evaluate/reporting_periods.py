"""Which periods a check shows, and which of them is judged."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from ..model.kpi import Metric
from ..model.period import Almanac, Grain, Period
from ..model.quantity import Duration
from ..model.record import Record


class ReportingPeriods(Record):
    """The view of a check: the instant as_of, and how many complete periods are shown."""

    as_of: dt.datetime
    almanac: Almanac
    periods: int = 12
    chosen: tuple[Period, ...] = ()
    """Single periods that are looked at in place of the last ones."""

    @property
    def today(self) -> dt.date:
        """as_of's day."""
        return self.almanac.day_until(self.as_of)

    @property
    def tells_time(self) -> bool:
        """Whether periods are shown in a row: single ones say nothing of how values behave over time."""
        return self.periods > 1 and not self.chosen

    def running(self, grain: Grain) -> Period | None:
        """The period that is not over yet at as_of, if one has begun."""
        period = self.almanac.period_of(self.today, grain)
        return period if self.almanac.instant(period.end) > self.as_of else None

    def shown(self, grain: Grain) -> tuple[Period, ...]:
        """The complete periods, oldest first, and the running one; or those that were chosen."""
        if self.chosen:
            chosen = tuple(period for period in self.chosen if period.grain is grain)
            return chosen or (self.almanac.period_of(self.chosen[0].start, grain),)
        running = self.running(grain)
        last = self.almanac.period_of(self.today, grain)
        last = self.almanac.shift(last, -1) if running else last
        complete = [self.almanac.shift(last, -n) for n in reversed(range(self.periods))]
        return (*complete, *([running] if running else []))

    def settled(self, period: Period, settle: Duration | None) -> bool:
        """Whether the period and its settling time are over at as_of."""
        wait = settle.delta if settle else dt.timedelta(0)
        return self.almanac.instant(period.end) + wait <= self.as_of

    def judged(self, metric: Metric) -> Period | None:
        """The last complete, settled period; None if not one of those shown is."""
        return _judged(self, metric.period, metric.settle)


@lru_cache
def _judged(reporting: ReportingPeriods, grain: Grain, settle: Duration | None) -> Period | None:
    settled = [p for p in reporting.shown(grain) if reporting.settled(p, settle)]
    return settled[-1] if settled else None
