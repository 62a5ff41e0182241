"""Twelve periods in twelve characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kpi_framework.model.measurement import Reason, Status
from kpi_framework.report.words.trend import BARS, GAP, sparkline, trend
from tests.unit.report.scorecards import ALMANAC, OCTOBER, measure, series

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.none() | numbers))
def test_each_value_has_its_own_character_and_unknown_is_a_gap(values: list[float | None]) -> None:
    """Nobody sees a bar where there is no value."""
    line = sparkline(values)
    assert [bar == GAP for bar in line] == [value is None for value in values]


@given(st.lists(numbers, min_size=2))
def test_bars_rise_with_their_values(values: list[float]) -> None:
    """A higher value never has a lower bar; the lowest and the highest have the lowest and the highest."""
    drawn = dict(zip(values, sparkline(values), strict=True))
    heights = [BARS.index(drawn[value]) for value in sorted(drawn)]
    assert heights == sorted(heights)
    if len(set(values)) > 1:
        assert (heights[0], heights[-1]) == (0, 7)


def test_the_trend_ends_with_the_judged_period() -> None:
    """The running month, which is not over, is no fall."""
    running = measure(
        value=3,
        judged=False,
        period=ALMANAC.shift(OCTOBER, 1),
        status=Status.UNKNOWN,
        reason=Reason.PROVISIONAL,
    )
    judged = series(measure(value=100), list(range(1, 12)))
    assert trend((*judged, running)) == trend(judged)
    assert len(trend(series(measure(), list(range(20))))) == 12


def test_a_value_that_is_not_believed_is_a_gap() -> None:
    """A stale value is shown beside its reason, not drawn as if it were known."""
    assert trend([measure(value=5, status=Status.UNKNOWN, reason=Reason.STALE)]) == GAP
