"""Periods: half-open stretches of local time that tile it without gap or overlap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from zoneinfo import ZoneInfo

from .calendar import Calendar
from .could_not import CouldNot
from .record import Record, field


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def rank(self) -> int:
        """0 for day … 4 for year: coarser is higher."""
        return list(Grain).index(self)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


class Period(Record, order=True):
    """The days [start, end) of one grain, or of a free range (`grain` None)."""

    start: dt.date
    end: dt.date
    grain: Grain | None = None

    @property
    def days(self) -> int:
        """Its length in days."""
        return (self.end - self.start).days


class Almanac(Record):
    """The project's reading of time: its zone, its week's first day, its year's first month, its calendars."""

    zone: ZoneInfo
    week_starts: str = "monday"
    fiscal_year_starts: int = 1
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.zone, self.week_starts, self.fiscal_year_starts))

    @property
    def usual_calendar(self) -> str | None:
        """The calendar that `business_minutes(a, b)` means: the only one, or the one called `business`."""
        if len(self.calendars) == 1:
            return next(iter(self.calendars))
        return "business" if "business" in self.calendars else None

    def period_of(self, day: dt.date, grain: Grain) -> Period:
        """The period of `grain` that holds `day`."""
        if grain is Grain.DAY:
            return Period(day, day + dt.timedelta(days=1), grain)
        if grain is Grain.WEEK:
            back = (day.weekday() - WEEKDAYS.index(self.week_starts)) % 7
            start = day - dt.timedelta(days=back)
            return Period(start, start + dt.timedelta(days=7), grain)
        length = _MONTHS[grain]
        month = day.year * 12 + day.month - 1
        first = month - (month - (self.fiscal_year_starts - 1)) % length
        return Period(_first_of(first), _first_of(first + length), grain)

    def shift(self, period: Period, steps: int) -> Period:
        """The period `steps` later (or earlier, if negative) of the same grain."""
        grain = period.grain
        assert grain is not None, "a free range has no neighbours"
        if grain in _MONTHS:
            month = period.start.year * 12 + period.start.month - 1 + steps * _MONTHS[grain]
            return self.period_of(_first_of(month), grain)
        length = 7 if grain is Grain.WEEK else 1
        return self.period_of(period.start + dt.timedelta(days=steps * length), grain)

    def year_before(self, period: Period) -> Period:
        """The period of the same grain a year earlier: weeks go back 52, days to the same date."""
        grain = period.grain
        assert grain is not None, "a free range has no neighbours"
        if grain in _MONTHS:
            return self.shift(period, -12 // _MONTHS[grain])
        if grain is Grain.WEEK:
            return self.shift(period, -52)
        year = period.start.year - 1
        last = _first_of(year * 12 + period.start.month) - dt.timedelta(days=1)
        return self.period_of(dt.date(year, period.start.month, min(period.start.day, last.day)), grain)

    def whole_periods(self, start: dt.date, end: dt.date, grain: Grain) -> tuple[Period, ...]:
        """The periods of `grain` that lie wholly inside the days [start, end)."""
        period = self.period_of(start, grain)
        if period.start < start:
            period = self.shift(period, 1)
        periods = []
        while period.end <= end:
            periods.append(period)
            period = self.shift(period, 1)
        return tuple(periods)

    def named(self, name: str, grain: Grain) -> Period | CouldNot:
        """The period of `grain` that a name means: its first day, or the month or year in which it alone begins."""
        days = _days_named(name)
        if days is None:
            return CouldNot(f"{name} is not in the calendar")
        periods = [p for p in self._around(*days, grain) if days[0] <= p.start < days[1]]
        if len(periods) == 1:
            return periods[0]
        return CouldNot(f"{'more than one' if periods else 'no'} {grain.value} begins in {name}")

    def _around(self, first: dt.date, after: dt.date, grain: Grain) -> list[Period]:
        """The period that holds a day and those that follow it, until there are three or they begin later."""
        periods = [self.period_of(first, grain)]
        while len(periods) < 3 and periods[-1].end < after:
            periods.append(self.shift(periods[-1], 1))
        return periods

    def instant(self, day: dt.date) -> dt.datetime:
        """The instant at which `day` begins in the project's zone, in UTC."""
        return dt.datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(dt.UTC)

    def day_of(self, instant: dt.datetime) -> dt.date:
        """The day on the project's wall at `instant`; at midnight, the day that begins."""
        return instant.astimezone(self.zone).date()

    def day_until(self, instant: dt.datetime) -> dt.date:
        """The last day on the project's wall before `instant`; at midnight, the day that ends."""
        return (instant.astimezone(self.zone) - dt.timedelta(microseconds=1)).date()


def is_zone(key: str) -> bool:
    """Whether it names an IANA time zone."""
    try:
        ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _days_named(name: str) -> tuple[dt.date, dt.date] | None:
    """The days [first, after) of a year, a month or a day; None for one that is not in the calendar."""
    year, month, day = [*map(int, name.split("-")), None, None][:3]
    try:
        first = dt.date(year or 0, 1 if month is None else month, day or 1)
    except ValueError:
        return None
    if day is not None:
        return (first, first + dt.timedelta(days=1)) if day else None
    months = 12 if month is None else 1
    return first, _first_of(first.year * 12 + first.month - 1 + months)


def _first_of(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)
