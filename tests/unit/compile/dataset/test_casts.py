"""A cell of text becomes a value of its type, or NULL: nothing is guessed, nothing rounded in silence."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dataset.casts import (
    out_of_contract,
    to_instant,
    translated,
    typed_cell,
    without_nulls,
)
from kpi_framework.compile.dataset.source_type import SourceType
from kpi_framework.compile.dataset.timestamps import wall_time
from kpi_framework.compile.dialect.duckdb.functions import zone_functions
from kpi_framework.compile.dialect.duckdb.spelling import sql_of

CELL = exp.column("cell")


def over(sql: exp.Expr, cell: str | float | None) -> object:
    """What the engine makes of it."""
    engine = duckdb.connect()
    for statement in map(sql_of, zone_functions("Europe/London")):
        engine.execute(statement)
    [(value,)] = engine.execute(f"SELECT {sql_of(sql)} FROM (SELECT ? AS cell)", [cell]).fetchall()  # noqa: S608 - our own words
    return value


def read(cell: str | None, target: str, formats: tuple[str, ...] = ()) -> object:
    """A cell of a CSV file as its column's type; times on the wall are London's."""
    wall = wall_time(CELL, SourceType.TEXT, formats)
    walled = to_instant(wall, "Europe/London") if wall is not None else None
    return over(typed_cell(CELL, SourceType.TEXT, target, formats, walled), cell)


@pytest.mark.parametrize(
    ("cell", "target", "value"),
    [
        ("12", "integer", 12),
        ("-7", "integer", -7),
        ("12.0", "integer", 12),
        ("12.5", "integer", None),
        ("twelve", "integer", None),
        ("1e400", "double", None),
        ("nan", "double", None),
        ("inf", "double", None),
        ("0.1", "double", 0.1),
        (" Yes ", "boolean", True),
        ("N", "boolean", False),
        ("perhaps", "boolean", None),
        ("2026-02-28", "date", dt.date(2026, 2, 28)),
        ("2026-02-30", "date", None),
        ("28/02/2026", "date", None),
        (" as it is ", "text", " as it is "),
        (None, "integer", None),
    ],
)
def test_a_cell_is_its_type_or_nothing(cell: str | None, target: str, value: object) -> None:
    """What does not fit is NULL, so that it can be counted."""
    assert read(cell, target) == value


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2026-01-05 09:00", dt.datetime(2026, 1, 5, 9)),
        ("2026-07-05 09:00", dt.datetime(2026, 7, 5, 8)),
        ("2026-07-05T09:00:30.5", dt.datetime(2026, 7, 5, 8, 0, 30, 500_000)),
        ("2026-07-05", dt.datetime(2026, 7, 4, 23)),
        ("2026-07-05 09:00Z", dt.datetime(2026, 7, 5, 9)),
        ("2026-07-05 09:00+02:00", dt.datetime(2026, 7, 5, 7)),
        ("2026-07-05 25:00", None),
        ("soon", None),
    ],
)
def test_a_time_is_an_instant_in_utc(cell: str, instant: dt.datetime | None) -> None:
    """On London's wall, unless it says its own offset."""
    assert read(cell, "timestamp") == instant


def test_formats_are_tried_in_their_order() -> None:
    """The first that fits; one with an offset gives the instant itself."""
    assert read("05/07/2026 09:00", "timestamp", ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")) == dt.datetime(2026, 7, 5, 8)
    assert read("07/25/2026 09:00", "timestamp", ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")) == dt.datetime(2026, 7, 25, 8)
    assert read("05/07/2026 09:00 +0300", "timestamp", ("%d/%m/%Y %H:%M %z",)) == dt.datetime(2026, 7, 5, 6)


@pytest.mark.parametrize(("cell", "value"), [("-", None), ("n/a", None), ("x", "x"), (None, None)])
def test_words_for_nothing_are_nothing(cell: str | None, value: str | None) -> None:
    """Those that the source names, and no other."""
    assert over(without_nulls(CELL, SourceType.TEXT, ("-", "n/a")), cell) == value


@pytest.mark.parametrize(("cell", "value"), [("1 - High", "high"), ("2 - high", "2 - high"), (None, None)])
def test_words_are_translated(cell: str | None, value: str | None) -> None:
    """What has no translation stays, so that a contract can find it."""
    assert over(translated(CELL, {"1 - High": "high", "it's": "its"}), cell) == value


@pytest.mark.parametrize(("cell", "is_out"), [(-1, True), (0, False), (100, False), (100.5, True), (None, None)])
def test_bounds_of_a_contract(cell: float | None, is_out: bool | None) -> None:
    """Both ends are allowed; an empty cell breaks no bound."""
    condition = out_of_contract(CELL, (), 0, 100)
    assert condition is not None
    assert over(condition, cell) is is_out
    assert out_of_contract(CELL, (), None, None) is None


@pytest.mark.parametrize(("cell", "is_out"), [("high", False), ("urgent", True), (None, False)])
def test_words_of_a_contract(cell: str | None, is_out: bool) -> None:
    """A word that the contract does not list is out of it."""
    condition = out_of_contract(CELL, ("low", "high"), None, None)
    assert condition is not None
    assert over(condition, cell) is is_out
