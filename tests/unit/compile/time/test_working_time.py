"""Working time by a table of UTC days, held against a clock that is asked every minute."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import duckdb
import pytest

from kpi_framework.compile.dialect.duckdb.functions import working_time
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.compile.time.working_time import sound_calendar, width_of
from kpi_framework.model.calendar import Calendar
from kpi_framework.model.period import Almanac

BUSINESS = {"hours": {"mon-fri": ["09:00-12:00", "13:00-17:30"]}, "holidays": ["2026-03-30"]}
NIGHT = {"hours": {"sat": ["22:00-06:00"]}}
LONDON = Almanac(
    ZoneInfo("Europe/London"),
    calendars={
        name: Calendar.model_validate_json(json.dumps(c)) for name, c in (("business", BUSINESS), ("night", NIGHT))
    },
)
START = dt.datetime(2026, 3, 26)
"""A Thursday; the clocks go forward on Sunday the 29th, and Monday is a holiday."""


def is_worked(calendar: str, instant: dt.datetime) -> bool:
    """Whether the wall clock in London shows a working minute."""
    wall = instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo("Europe/London"))
    minute = wall.hour * 60 + wall.minute
    if calendar == "night":
        return (wall.weekday() == 5 and minute >= 1320) or (wall.weekday() == 6 and minute < 360)
    return wall.weekday() < 5 and wall.date() != dt.date(2026, 3, 30) and (540 <= minute < 720 or 780 <= minute < 1050)


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    """An engine with both calendars."""
    connection = duckdb.connect()
    for statement in map(sql_of, working_time(LONDON, ["business", "night"])):
        connection.execute(statement)
    return connection


@pytest.mark.parametrize("calendar", ["business", "night"])
def test_working_time_is_what_a_clock_counts(calendar: str, engine: duckdb.DuckDBPyConnection) -> None:
    """Nine days, hour by hour, over a weekend, a change of the clocks and a holiday: to the minute."""
    hours = [START + dt.timedelta(hours=n) for n in range(9 * 24)]
    query = "SELECT worked(?, ?::TIMESTAMP) - worked(?, ?::TIMESTAMP)"
    counted = 0
    for hour in hours:
        [(micros,)] = engine.execute(query, [calendar, hour, calendar, START]).fetchall()
        assert micros == counted * 60_000_000, hour
        counted += sum(is_worked(calendar, hour + dt.timedelta(minutes=m)) for m in range(60))
    assert counted > 0


def test_time_outside_the_table_is_unknown(engine: duckdb.DuckDBPyConnection) -> None:
    """Before 1990 and from 2061 on nothing is said."""
    for moment in ("1989-12-31 12:00", "2061-01-01 00:00"):
        assert engine.execute("SELECT worked('business', ?::TIMESTAMP)", [moment]).fetchall() == [(None,)]


def test_no_calendar_needs_no_table() -> None:
    """Nothing is made where nothing is asked."""
    assert working_time(LONDON, ()) == ()


def test_the_table_is_as_wide_as_the_fullest_day() -> None:
    """A day of two shifts takes two intervals."""
    assert width_of(LONDON, ["business"]) == 2
    assert width_of(LONDON, ["night"]) == 1


def test_a_calendar_that_is_not_there_is_refused() -> None:
    """Also one whose holiday code there is not."""
    with pytest.raises(FormulaError) as refused:
        sound_calendar(LONDON, "weekend")
    assert (refused.value.rule, refused.value.name) == ("unknown-reference", "weekend")
    odd = Calendar.model_validate_json(json.dumps({**NIGHT, "holidays": ["XX-YY"]}))
    with pytest.raises(FormulaError):
        sound_calendar(Almanac(ZoneInfo("UTC"), calendars={"odd": odd}), "odd")
