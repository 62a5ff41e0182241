"""Where rows begin: sentinels and a few rows long before all others do not move it."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.evaluate.beginning import Beginning, beginning_of

Day = tuple[dt.date, int, dt.datetime]


def day(text: str, rows: int) -> Day:
    """A day with so many rows, the first of them at nine."""
    date = dt.date.fromisoformat(text)
    return date, rows, dt.datetime.combine(date, dt.time(9), dt.UTC)


def test_the_oldest_row_begins() -> None:
    """Where nothing stands apart."""
    assert beginning_of([day("2026-01-05", 1), day("2026-01-20", 300)]) == Beginning(day("2026-01-05", 1)[2])


def test_a_sentinel_is_no_beginning_however_often_it_stands_there() -> None:
    """1900-01-01 for "none" is a word of a program."""
    found = beginning_of([day("1900-01-01", 400), day("2026-01-05", 10)])
    assert found == Beginning(day("2026-01-05", 1)[2], 400, dt.date(1900, 1, 1))
    assert beginning_of([day("1970-01-01", 4)]) is None


def test_strays_are_less_than_a_hundredth_before_a_pause() -> None:
    """One of a hundred is a hundredth; a pause of thirty days is none of more than thirty."""
    later = [day("2026-03-01", 150), day("2026-03-02", 49)]
    assert beginning_of([day("2025-06-01", 1), *later]) == Beginning(later[0][2], 1, dt.date(2025, 6, 1))
    assert beginning_of([day("2025-06-01", 3), *later]) == Beginning(day("2025-06-01", 1)[2])
    assert beginning_of([day("2026-01-30", 1), *later]) == Beginning(day("2026-01-30", 1)[2])
    assert beginning_of([day("2026-01-29", 1), *later]) == Beginning(later[0][2], 1, dt.date(2026, 1, 29))


@given(st.dictionaries(st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1)), st.integers(1, 500), min_size=1))
def test_few_rows_are_left_out_and_none_after_the_beginning(rows: dict[dt.date, int]) -> None:
    """What is left out is less than a hundredth of all, and every row from the beginning on counts."""
    days = [day(date.isoformat(), rows[date]) for date in sorted(rows)]
    found = beginning_of(days)
    assert found is not None
    assert found.strays == sum(count for date, count, _ in days if date < found.oldest.date())
    assert found.strays == 0 or found.strays < 0.01 * sum(rows.values())
