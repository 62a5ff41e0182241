"""Laws of time: periods tile it, and a wall time is one instant."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.compile.dialect.duckdb.functions import function_name, zone_functions
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.time.zone import transitions
from kpi_framework.model.period import WEEKDAYS, Almanac, Grain

ZONES = ("UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca")
almanacs = st.builds(
    Almanac, st.sampled_from(ZONES).map(ZoneInfo), st.sampled_from(WEEKDAYS), st.integers(min_value=1, max_value=12)
)
days = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))
grains = st.sampled_from(Grain)


@given(almanacs, days, grains)
def test_a_day_stands_in_its_period(almanac: Almanac, day: dt.date, grain: Grain) -> None:
    """Every day is in exactly one period of a grain."""
    period = almanac.period_of(day, grain)
    assert period.start <= day < period.end
    assert almanac.period_of(period.start, grain) == period == almanac.period_of(period.end - dt.timedelta(1), grain)


@given(almanacs, days, grains, st.integers(min_value=-50, max_value=50))
def test_periods_tile_time(almanac: Almanac, day: dt.date, grain: Grain, steps: int) -> None:
    """A period ends where the next begins, and going forth and back leads home."""
    period = almanac.period_of(day, grain)
    assert almanac.shift(period, 1).start == period.end
    assert almanac.shift(almanac.shift(period, steps), -steps) == period


@given(almanacs, days, st.sampled_from([Grain.MONTH, Grain.QUARTER, Grain.YEAR]))
def test_a_year_before_is_the_same_period(almanac: Almanac, day: dt.date, grain: Grain) -> None:
    """Months, quarters and years go back by exactly one year, whatever month the year begins in."""
    period = almanac.period_of(day, grain)
    before = almanac.year_before(period)
    assert (before.start.month, before.start.year) == (period.start.month, period.start.year - 1)


@given(almanacs, days)
def test_quarters_follow_the_fiscal_year(almanac: Almanac, day: dt.date) -> None:
    """A year is four quarters, each of three months."""
    year = almanac.period_of(day, Grain.YEAR)
    assert year.start.month == almanac.fiscal_year_starts
    assert len(almanac.whole_periods(year.start, year.end, Grain.QUARTER)) == 4
    assert len(almanac.whole_periods(year.start, year.end, Grain.MONTH)) == 12


@given(almanacs, days)
def test_a_day_ends_where_the_next_begins(almanac: Almanac, day: dt.date) -> None:
    """The instant at which a day begins is on that day, and midnight still belongs to the day that ends."""
    begins = almanac.instant(day)
    assert almanac.day_of(begins) == day
    assert almanac.day_until(begins) == day - dt.timedelta(days=1)
    assert almanac.day_of(begins + dt.timedelta(seconds=1)) == day
    assert almanac.day_until(begins + dt.timedelta(seconds=1)) == day


def moments(zone: str) -> list[dt.datetime]:
    """Moments around every change of a zone's clocks, and some between."""
    near = [c.at for c in transitions(zone)[1] if c.at.year < 2099]
    steps = [dt.timedelta(minutes=m) for m in (-181, -61, -60, -31, -30, -1, 0, 1, 29, 30, 59, 60, 61, 121, 10_000)]
    return [dt.datetime(1980, 2, 3, 4, 5, 6, 789), *(at + step for at in near for step in steps)]


@pytest.mark.parametrize("zone", [*ZONES[1:], "Africa/Cairo"])  # Cairo changed twice in one month
def test_the_engine_reads_the_clock_as_python_does(zone: str) -> None:
    """Wall times that occur twice are the first, those that do not exist move forward (PEP 495, fold 0)."""
    key, rows = ZoneInfo(zone), moments(zone)
    with duckdb.connect() as connection:
        for macro in map(sql_of, zone_functions(zone)):
            connection.execute(macro)
        instant, wall, odd = (function_name(kind, zone) for kind in ("instant", "wall", "odd_hour"))
        query = f"select {instant}(t), {wall}(t), {odd}(t) from (select unnest(?::timestamp[]) as t)"  # noqa: S608
        answers = connection.execute(query, [rows]).fetchall()
    for moment, (as_instant, as_wall, is_odd) in zip(rows, answers, strict=True):
        local = moment.replace(tzinfo=key)
        assert as_instant == local.astimezone(dt.UTC).replace(tzinfo=None), moment
        assert as_wall == moment.replace(tzinfo=dt.UTC).astimezone(key).replace(tzinfo=None), moment
        is_one = local.utcoffset() == local.replace(fold=1).utcoffset()
        assert is_odd is not is_one, moment
