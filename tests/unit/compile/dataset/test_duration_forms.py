"""A column of the type duration reads whatever its cell is written in, if it can mean but one length of time."""

from __future__ import annotations

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dataset.durations import ANY, duration_cell
from kpi_framework.compile.dialect.duckdb.spelling import sql_of

HOUR = 3_600_000_000


def minutes(cell: str, day: int | None = None, unit: str = "minutes") -> object:
    """What a cell comes to."""
    sql = sql_of(duration_cell(exp.column("cell"), ANY, unit, day))
    return duckdb.execute(f"SELECT {sql} FROM (SELECT ? AS cell)", [cell]).fetchall()[0][0]  # noqa: S608


@pytest.mark.parametrize(
    ("cell", "length"),
    [
        ("90", 90), ("1.5", 1.5), ("-30", -30), ("1h 30m", 90), ("2 hours, 5 min", 125), ("1:30", 90),
        ("-1:30", -90), ("100:00:30", 6000.5), ("PT1H30M", 90), ("-PT4H", -240), ("PT1.5S", 0.025), ("1.5h", 90),
        ("P", None), ("PT", None), ("h", None), ("", None), ("1:75", None), ("nan", None), ("P1M", None),
        ("1d 4h", None), ("P1DT2H", None), ("1w", None), ("0 days 02:15:00", None),
    ],
)  # fmt: skip
def test_a_length_of_time_is_read(cell: str, length: float | None) -> None:
    """Words, clocks, ISO 8601 and plain numbers; nothing with a day whose length nobody said."""
    assert minutes(cell) == length


@pytest.mark.parametrize(
    ("cell", "of_work", "of_clock"),
    [
        ("1d 4h", 12, 28), ("P1DT2H", 10, 26), ("1w", 40, 168), ("1w 1d", 48, 192), ("2 days 03:00:00", 19, 51),
        ("1 day, 2:00:00", 10, 26), ("-1d", -8, -24), ("90m", 1.5, 1.5),
    ],
)  # fmt: skip
def test_a_day_is_as_long_as_the_mapping_says(cell: str, of_work: float, of_clock: float) -> None:
    """A week is five days of work, or seven of the clock."""
    assert (minutes(cell, 8 * HOUR, "hours"), minutes(cell, 24 * HOUR, "hours")) == (of_work, of_clock)
