"""A zone's functions in the engine give what Python's zoneinfo gives."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dialect.duckdb.functions import function_name, zone_functions
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.time.zone import step, timestamp, transitions

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC")


def engine(zone: str) -> duckdb.DuckDBPyConnection:
    """An engine that knows the zone's functions."""
    connection = duckdb.connect()
    for statement in map(sql_of, zone_functions(zone)):
        connection.execute(statement)
    return connection


def asked(zone: str, kind: str, moments: list[dt.datetime]) -> list[object]:
    """What a function of the zone says of each moment."""
    connection = engine(zone)
    connection.execute("CREATE TABLE moments (n INTEGER, t TIMESTAMP)")
    connection.executemany("INSERT INTO moments VALUES (?, ?)", [*enumerate(moments)])
    query = f"SELECT {function_name(kind, zone)}(t) FROM moments ORDER BY n"  # noqa: S608 - our own names
    return [value for (value,) in connection.execute(query).fetchall()]


def moments(zone: str) -> list[dt.datetime]:
    """Random ones from 1971 to 2099, and the seconds around eight changes of the clocks."""
    dice = random.Random(zone)  # noqa: S311 - a test's dice
    random_ones = [dt.datetime(1971, 1, 1) + dt.timedelta(seconds=dice.randrange(128 * 31_556_952)) for _ in range(200)]
    changes = transitions(zone)[1]
    near = [c.at for c in dice.sample(changes, min(8, len(changes)))]
    return [*random_ones, *(at + dt.timedelta(seconds=s) for at in near for s in (-7200, -3600, -1, 0, 1, 3599, 3600))]


@pytest.mark.parametrize("zone", ZONES)
def test_the_wall_shows_what_python_says(zone: str) -> None:
    """An instant in UTC becomes the time that the clocks there show."""
    instants = moments(zone)
    expected = [t.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for t in instants]
    assert asked(zone, "wall", instants) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_a_wall_time_becomes_the_instant_that_python_says(zone: str) -> None:
    """An hour that occurs twice is the first, one that does not exist moves forward: fold=0."""
    walls = moments(zone)
    expected = [t.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None) for t in walls]
    assert asked(zone, "instant", walls) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_an_odd_hour_is_one_that_folds_differ_in(zone: str) -> None:
    """Skipped or repeated: there, and only there, fold=0 and fold=1 are different instants."""
    walls = moments(zone)
    both = [[t.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)] for t in walls]
    assert asked(zone, "odd_hour", walls) == [first != second for first, second in both]


@pytest.mark.parametrize("zone", ["Europe/London", "UTC"])
@pytest.mark.parametrize("kind", ["wall", "instant", "odd_hour"])
def test_nothing_of_nothing(zone: str, kind: str) -> None:
    """NULL stays NULL, in a zone with changes and in one without."""
    [(value,)] = engine(zone).execute(f"SELECT {function_name(kind, zone)}(NULL::TIMESTAMP)").fetchall()
    assert value is None


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_a_step_function_changes_at_its_bounds(count: int) -> None:
    """From a bound on the next value holds: of n bounds as many as lie at or before the moment are passed."""
    bounds = [dt.datetime(2026, 1, 1) + dt.timedelta(days=3 * n) for n in range(count)]
    tree = step(exp.column("t"), bounds, [exp.Literal.number(n) for n in range(count + 1)])
    for day in range(-1, 3 * count + 2):
        moment = dt.datetime(2026, 1, 1) + dt.timedelta(days=day)
        query = exp.select(tree).from_(exp.select(exp.alias_(timestamp(moment), "t")).subquery())
        [(value,)] = duckdb.connect().execute(sql_of(query)).fetchall()
        assert value == sum(bound <= moment for bound in bounds)
