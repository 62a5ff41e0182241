"""Day before month or after: decided by evidence, and left open where there is none."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.discover.dates import DateOrder, order_of, reading

NOW = dt.datetime(2026, 9, 1)
DAY_FIRST, MONTH_FIRST = "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"


def judged(columns: dict[str, list[dt.datetime]], written: str, ids: list[str] | None = None) -> DateOrder:
    """The order that these times show when they are written so."""
    cells = {name: [t.strftime(written) for t in times] for name, times in columns.items()}
    both = [reading({n: (c, f) for n, c in cells.items()}, ids or (), NOW) for f in (DAY_FIRST, MONTH_FIRST)]
    return order_of(*both)


def small_days(seed: int, rows: int = 60) -> list[dt.datetime]:
    """Times in random order, over a year, on the first twelve days of its months."""
    source = random.Random(seed)  # noqa: S311 - nothing secret
    return [dt.datetime(2025, source.randint(1, 12), source.randint(1, 12), 9) for _ in range(rows)]


@pytest.mark.parametrize(("written", "is_day_first"), [(DAY_FIRST, True), (MONTH_FIRST, False)])
def test_twelve_days_of_one_month_are_no_year(written: str, is_day_first: bool) -> None:
    """The first days of March, one after the other, are not the third of twelve months."""
    times = [dt.datetime(2025, 3, 1 + n // 2, 9) for n in range(24)]
    assert judged({"created": times}, written).day_first is is_day_first


@pytest.mark.parametrize(("written", "is_day_first"), [(DAY_FIRST, True), (MONTH_FIRST, False)])
def test_sorted_rows_and_numbers_decide(written: str, is_day_first: bool) -> None:
    """Rows in the order of time, or ids that follow it, are only so in the order that was meant."""
    times = sorted(small_days(1))
    assert judged({"created": times}, written).day_first is is_day_first
    ids = [f"INC{n:05}" for n in range(len(times))]
    shuffled = random.Random(2).sample(range(len(times)), len(times))  # noqa: S311 - the same
    order = judged({"created": [times[n] for n in shuffled]}, written, [ids[n] for n in shuffled])
    assert order.day_first is is_day_first


@pytest.mark.parametrize(("written", "is_day_first"), [(DAY_FIRST, True), (MONTH_FIRST, False)])
def test_a_ticket_lasts_no_whole_months_to_the_day(written: str, is_day_first: bool) -> None:
    """Resolved two days later: read wrongly, it is always two months later."""
    created = [t.replace(day=min(t.day, 9)) for t in small_days(3)]
    resolved = [t + dt.timedelta(days=2, hours=3) for t in created]
    assert judged({"created": created, "resolved": resolved}, written).day_first is is_day_first


@pytest.mark.parametrize(("written", "is_day_first"), [(DAY_FIRST, True), (MONTH_FIRST, False)])
def test_what_has_not_come_yet_did_not_happen(written: str, is_day_first: bool) -> None:
    """The eleventh of January 2026 is past, the first of November 2026 is not."""
    times = [dt.datetime(2026, 1, 11, 9), dt.datetime(2026, 2, 3, 9)]
    assert judged({"created": times}, written).day_first is is_day_first


def test_where_nothing_decides_nothing_is_guessed() -> None:
    """Days up to 12 of all months in no order: both orders are as likely."""
    assert [judged({"created": small_days(n)}, DAY_FIRST).day_first for n in range(20)] == [None] * 20


@given(st.integers(0, 10_000), st.booleans(), st.integers(20, 80))
def test_no_evidence_speaks_for_the_wrong_order(seed: int, is_day_first: bool, rows: int) -> None:
    """Whatever a desk's tickets are: the order is right, or it is not known."""
    source = random.Random(seed)  # noqa: S311 - nothing secret
    start = dt.datetime(2025, 1, 1)
    created = [start + dt.timedelta(hours=source.uniform(0, 24 * 400)) for _ in range(rows)]
    created = [t for t in created if t.day <= 12]
    resolved = [t + dt.timedelta(hours=source.expovariate(1 / 30)) for t in created]
    columns = {
        "created": created,
        "resolved": [t if t.day <= 12 else c for t, c in zip(resolved, created, strict=True)],
    }
    order = judged(columns, DAY_FIRST if is_day_first else MONTH_FIRST)
    assert order.day_first in (None, is_day_first)
