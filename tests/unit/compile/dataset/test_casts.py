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
from kpi_framework.model.months import MONTHS

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


@pytest.mark.parametrize(
    ("cell", "formats", "moment"),
    [
        ("1700000000", ("epoch",), dt.datetime(2023, 11, 14, 22, 13, 20)),
        ("1700000000.5", ("epoch",), dt.datetime(2023, 11, 14, 22, 13, 20, 500_000)),
        ("-1", ("epoch",), dt.datetime(1969, 12, 31, 23, 59, 59)),
        ("9" * 18, ("epoch",), None),
        ("soon", ("epoch",), None),
        ("1700000000123", ("epoch_ms",), dt.datetime(2023, 11, 14, 22, 13, 20, 123_000)),
        ("46000.4166666667", ("excel",), dt.datetime(2025, 12, 9, 10)),
        ("46200.4166666667", ("excel",), dt.datetime(2026, 6, 27, 9)),
        ("60", ("excel",), None),
        ("46000", ("excel", "iso"), dt.datetime(2025, 12, 9)),
        ("2026-06-01 10:00", ("excel", "iso"), dt.datetime(2026, 6, 1, 9)),
        ("2026-06-01T10:00:00Z", ("%d/%m/%Y", "iso"), dt.datetime(2026, 6, 1, 10)),
        ("2026-06-01T10:00:00+0200", ("%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z"), dt.datetime(2026, 6, 1, 8)),
        ("01/06/2026 10:00", ("%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z"), dt.datetime(2026, 6, 1, 9)),
        ("02/oct/25 2:15 PM", ("%d/%b/%y %I:%M %p",), dt.datetime(2025, 10, 2, 13, 15)),
        ("3 déc. 2025", ("%d %b %Y",), dt.datetime(2025, 12, 3)),
        ("15. März 2026 08:00", ("%d. %B %Y %H:%M",), dt.datetime(2026, 3, 15, 8)),
        ("12.Dez.2025", ("%d.%b.%Y",), dt.datetime(2025, 12, 12)),
        ("5 stycznia 2026", ("%d %B %Y",), dt.datetime(2026, 1, 5)),
        ("1 de fevereiro de 2026", ("%d de %B de %Y",), dt.datetime(2026, 2, 1)),
        ("3 gen 2026", ("%d %b %Y",), dt.datetime(2026, 1, 3)),
        ("3 mrt. 2026", ("%d %b %Y",), dt.datetime(2026, 3, 3)),
        ("Jan 5, 2026", ("%b %d, %Y",), dt.datetime(2026, 1, 5)),
        ("3 smarch 2026", ("%d %b %Y",), None),
    ],
)
def test_a_moment_in_any_form_that_a_source_may_say(
    cell: str, formats: tuple[str, ...], moment: dt.datetime | None
) -> None:
    """Numbers since 1970 and of workbooks, offsets beside wall times, months by their names in eight languages."""
    assert read(cell, "timestamp", formats) == moment


def test_no_name_means_two_months() -> None:
    """In whichever of the languages: what is read never depends on the language."""
    names = [name for month in MONTHS for name in month]
    assert len(MONTHS) == 12
    assert len(names) == len(set(names))
