"""No month before the data, and none that they do not reach, is proposed; the newest whole one can be judged."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.discover.span import DataSpan, span_of

TODAY = dt.date(2026, 9, 20)


def day(text: str) -> dt.date:
    """A day of 2026, or of the year that is written."""
    return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def every(start: str, end: str) -> list[tuple[dt.date, int]]:
    """Three rows on each day, both ends with them."""
    first, last = day(start), day(end)
    return [(first + dt.timedelta(days=n), 3) for n in range((last - first).days + 1)]


def spanned(days: list[tuple[dt.date, int]], newest: str, today: dt.date = TODAY) -> DataSpan:
    """The span of days with rows."""
    span = span_of(days, day(newest), today)
    assert span is not None
    return span


def test_whole_months_inside_the_data() -> None:
    """January to June, exported on 4 July: June is judged, May its baseline: with April it has 61 days."""
    span = spanned(every("01-01", "06-30"), "07-04")
    assert (span.as_of, span.judged) == (day("07-02"), day("06-01"))
    assert span.baseline == (day("05-01"), day("05-31"))
    assert span.complete_from is None
    assert span.complete_through == day("06-30")


def test_february_and_january_have_few_days() -> None:
    """Two months of 59 days are one baseline."""
    assert spanned(every("01-01", "03-31"), "04-03").baseline == (day("01-01"), day("02-28"))


def test_a_month_that_begins_before_the_data_is_no_baseline() -> None:
    """Rows from 20 January on: February is the first whole month, and March stands beside it alone."""
    span = spanned(every("01-20", "03-31"), "04-03")
    assert (span.judged, span.baseline) == (day("03-01"), (day("02-01"), day("02-28")))
    assert spanned(every("01-20", "02-28"), "03-03").baseline is None


def test_rows_that_a_filter_cut_are_complete_to_its_end() -> None:
    """Created in January, changed until March: the rows of February were left out, and are no zero."""
    days = [(day("01-05"), 1), (day("01-20"), 1), (day("01-26"), 1)]
    span = spanned(days, "03-10")
    assert (span.as_of, span.complete_through, span.judged) == (day("02-02"), day("01-31"), day("01-01"))
    assert span.complete_from == day("01-01")


def test_a_running_month_alone_judges_nothing() -> None:
    """Twelve days of March have no whole month."""
    span = spanned(every("03-01", "03-12"), "03-12")
    assert (span.judged, span.baseline, span.as_of) == (None, None, day("03-12"))


def test_an_export_of_yesterday_is_renewed() -> None:
    """It is judged as of now, by its newest row."""
    span = spanned(every("06-01", "09-19"), "09-19")
    assert (span.as_of, span.complete_through, span.judged) == (None, None, day("08-01"))


@pytest.mark.parametrize("odd", ["1900-01-01", "2019-05-05"])
def test_strays_and_sentinels_begin_nothing(odd: str) -> None:
    """One row in 1900 or years before all others does not make the data older."""
    span = spanned([(day(odd), 1), *every("01-01", "03-31")], "04-02")
    assert span.first == day("01-01")


def test_no_rows_have_no_span() -> None:
    """Nothing is said of them."""
    assert span_of([], TODAY, TODAY) is None


@given(
    st.lists(st.dates(dt.date(2024, 1, 1), dt.date(2026, 8, 31)), min_size=1, max_size=40, unique=True),
    st.integers(0, 90),
)
def test_a_proposed_month_is_reached_at_both_ends(dates: list[dt.date], later: int) -> None:
    """Whatever the days: what is judged or a baseline begins with the data, ends with them, and before as_of."""
    days = [(date, 1) for date in sorted(dates)]
    span = span_of(days, days[-1][0] + dt.timedelta(days=later), TODAY)
    assert span is not None
    through = span.complete_through or span.last
    as_of = span.as_of or TODAY
    start = span.complete_from or span.first - dt.timedelta(days=2)
    assert span.complete_from is None or span.complete_from.day == 1
    if span.judged is not None:
        end = (span.judged + dt.timedelta(days=32)).replace(day=1)
        assert start <= span.judged
        assert end <= as_of + dt.timedelta(days=1)
        assert end <= through + dt.timedelta(days=3)
    if span.baseline is not None:
        assert span.judged is not None
        assert start <= span.baseline[0] < span.baseline[1] < span.judged
