"""Stretches of time, however a source writes them, against a plain-Python reading of the same cell."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from kpi_framework.compile.dataset.durations import duration_cell
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.model.unit import MICROSECONDS

UNITS = tuple(MICROSECONDS)
NUMBERS = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": 86_400_000}


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    """An engine of the test's own."""
    return duckdb.connect()


def read(engine: duckdb.DuckDBPyConnection, cell: str | None, form: str, unit: str = "minutes") -> float | None:
    """What the product makes of a cell."""
    query = exp.select(duration_cell(exp.column("cell"), form, unit)).from_("given")
    sql = f"WITH given AS (SELECT ?::VARCHAR AS cell) {sql_of(query)}"
    [(minutes,)] = engine.execute(sql, [cell]).fetchall()
    return None if minutes is None else float(minutes)


def in_unit(seconds: Fraction, unit: str) -> float:
    """Exact seconds in a unit."""
    return float(seconds * 10**6 / MICROSECONDS[unit])


@given(
    hours=st.integers(0, 200_000),
    minutes=st.integers(0, 59),
    seconds=st.integers(0, 59),
    sign=st.sampled_from([("", 1), ("-", -1)]),
    unit=st.sampled_from(UNITS),
)
def test_clock_shapes(
    engine: duckdb.DuckDBPyConnection, hours: int, minutes: int, seconds: int, sign: tuple[str, int], unit: str
) -> None:
    """Hours pass 24, a minus holds for the whole of it, and padding means nothing."""
    for padding in (1, 2, 3):
        head = f"{sign[0]}{hours:0{padding}d}:{minutes:02d}"
        short = Fraction(sign[1] * (hours * 3600 + minutes * 60))
        assert read(engine, head, "H:MM", unit) == pytest.approx(in_unit(short, unit), rel=1e-15)
        long = short + sign[1] * seconds
        assert read(engine, f"{head}:{seconds:02d}", "H:MM:SS", unit) == pytest.approx(in_unit(long, unit), rel=1e-15)


@given(
    parts=st.tuples(*(st.none() | st.integers(0, 9_999) for _ in range(4))).filter(any),
    minus=st.booleans(),
    space=st.sampled_from(["", " "]),
    words=st.sampled_from(["d h m s", "days hours minutes seconds", "D H MIN SEC"]),
)
def test_words(
    engine: duckdb.DuckDBPyConnection, parts: tuple[int | None, ...], minus: bool, space: str, words: str
) -> None:
    """Days of 24 hours, hours, minutes and seconds, each where it is given."""
    spelt = [f"{p}{space}{w}" for p, w in zip(parts, words.split(), strict=True) if p is not None]
    total = sum((p or 0) * s for p, s in zip(parts, (86_400, 3600, 60, 1), strict=True)) * (-1 if minus else 1)
    assert read(engine, ("-" if minus else "") + " ".join(spelt), "words") == pytest.approx(total / 60, rel=1e-15)


@given(seconds=st.integers(-(10**8), 10**9))
def test_the_time_after_the_epoch(engine: duckdb.DuckDBPyConnection, seconds: int) -> None:
    """ServiceNow writes a stretch of time as the moment that long after 1970-01-01; before it is negative."""
    moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)
    assert read(engine, moment.isoformat(" "), "epoch") == pytest.approx(seconds / 60, rel=1e-15)


@given(number=st.decimals(-(10**9), 10**9, places=3), form=st.sampled_from(tuple(NUMBERS)), unit=st.sampled_from(UNITS))
def test_numbers(engine: duckdb.DuckDBPyConnection, number: object, form: str, unit: str) -> None:
    """A number of one unit of time becomes the number of another."""
    wanted = in_unit(Fraction(str(number)) * NUMBERS[form] / 1000, unit)
    assert read(engine, str(number), form, unit) == pytest.approx(wanted, rel=1e-15)


SHAPES = {
    "H:MM": r"\s*[+-]?\d{1,9}:[0-5]\d\s*",
    "H:MM:SS": r"\s*[+-]?\d{1,9}:[0-5]\d:[0-5]\d\s*",
    "epoch": r"\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\s*",
}


@given(cell=st.text("0123456789:-+ dhm.,eT", max_size=12) | st.text(max_size=5), form=st.sampled_from(tuple(SHAPES)))
def test_what_has_another_shape_is_no_duration(engine: duckdb.DuckDBPyConnection, cell: str, form: str) -> None:
    """Nothing is guessed: a cell is read only if all of it is a duration of this form."""
    if "\0" not in cell and not re.fullmatch(SHAPES[form], cell, re.ASCII):
        assert read(engine, cell, form) is None


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("H:MM", "1:60"), ("H:MM", "1:30:00"), ("H:MM", "--1:30"), ("H:MM", "90"), ("H:MM", ""), ("H:MM", "1:3"),
        ("H:MM:SS", "1:30"), ("H:MM:SS", "1:30:60"), ("words", ""), ("words", "-"), ("words", "soon"), ("words", "5"),
        ("words", "5 m 3 h"), ("epoch", "1970-01-32 00:00:00"), ("epoch", "02:30:00"), ("seconds", "nan"),
        ("seconds", "inf"), ("seconds", "1 min"), ("hours", "1,5"), ("minutes", "9" * 400),
    ],
)  # fmt: skip
def test_misfits(engine: duckdb.DuckDBPyConnection, form: str, cell: str) -> None:
    """Cells that look almost right are none."""
    assert read(engine, cell, form) is None


def test_nothing_is_nothing(engine: duckdb.DuckDBPyConnection) -> None:
    """An empty cell has no length."""
    assert {read(engine, None, form) for form in ("H:MM", "H:MM:SS", "words", "epoch", *NUMBERS)} == {None}


def test_the_examples_of_the_documentation(engine: duckdb.DuckDBPyConnection) -> None:
    """What the pages say comes out."""
    assert read(engine, "-1:30", "H:MM") == -90
    assert read(engine, "1970-01-01 02:30:00", "epoch") == 150
    assert read(engine, "5 h 34 m", "words") == 334
    assert read(engine, "-0:00", "H:MM") == 0
