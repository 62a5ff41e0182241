"""Laws of judgement: worse is never judged better, and what is rounded or estimated is what mathematics says."""

from __future__ import annotations

import math

from hypothesis import assume, given
from hypothesis import strategies as st

from kpi_framework.evaluate import intervals
from kpi_framework.evaluate.rounding import published
from kpi_framework.evaluate.score import status_of
from kpi_framework.model.measurement import Goal, Status

ORDER = [Status.MISSED, Status.NEAR, Status.MET]
numbers = st.floats(min_value=-1e9, max_value=1e9)
ENOUGH = 1.959963984540054


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    """A goal of each direction, with and without a near zone on its losing side."""
    low, high = sorted([draw(numbers), draw(numbers)])
    match draw(st.sampled_from(["at_most", "at_least", "between"])):
        case "at_most":
            return Goal(at_most=low, near=draw(st.sampled_from([None, high])))
        case "at_least":
            return Goal(at_least=high, near=draw(st.sampled_from([None, low])))
    wide = (low - abs(draw(numbers)), high + abs(draw(numbers)))
    return Goal(between=(low, high), near=draw(st.sampled_from([None, wide])))


@given(goals(), numbers, numbers)
def test_worse_is_never_judged_better(goal: Goal, one: float, other: float) -> None:
    """Further to the losing side is never a better status."""
    low, high = sorted([one, other])
    if goal.at_most is not None:
        better, worse = low, high
    elif goal.at_least is not None:
        better, worse = high, low
    else:
        assert goal.between is not None
        middle = (goal.between[0] + goal.between[1]) / 2
        assume(high <= middle or low >= middle)
        better, worse = (high, low) if high <= middle else (low, high)
    assert ORDER.index(status_of(better, goal)) >= ORDER.index(status_of(worse, goal))


@given(goals())
def test_a_limit_itself_is_met(goal: Goal) -> None:
    """Limits are inclusive, and so is the end of the near zone."""
    for limit in (goal.at_most, goal.at_least, *(goal.between or ())):
        if limit is not None:
            assert status_of(limit, goal) is Status.MET
    for end in goal.near if isinstance(goal.near, tuple) else (goal.near,):
        if end is not None:
            assert status_of(end, goal) is not Status.MISSED


@given(st.floats())
def test_what_is_published_is_finite_and_stays(value: float) -> None:
    """Ten significant digits; rounding again changes nothing; nothing infinite gets out."""
    rounded = published(value)
    if rounded is None:
        assert not math.isfinite(value) or abs(value) > 1.797e308
    else:
        assert published(rounded) == rounded
        assert math.isclose(rounded, value, rel_tol=6e-10, abs_tol=1e-300)


@given(st.integers(min_value=1, max_value=100_000), st.data())
def test_the_interval_of_a_share_is_wilsons(n: int, data: st.DataObject) -> None:
    """Both ends solve Wilson's equation |p − end| = z √(end (1 − end) / n), and lie in [0, 1]."""
    p = data.draw(st.integers(min_value=0, max_value=n)) / n
    ends = intervals.share(p, n)
    assert ends is not None
    assert 0 <= ends[0] <= p + 1e-12
    assert p - 1e-12 <= ends[1] <= 1
    for end in ends:
        if 1e-9 < end < 1 - 1e-9:
            assert math.isclose(abs(p - end), ENOUGH * math.sqrt(end * (1 - end) / n), rel_tol=1e-6, abs_tol=1e-9)


@given(st.integers(min_value=0, max_value=400))
def test_the_interval_of_a_count_is_garwoods(count: int) -> None:
    """A Poisson law with the upper end gives so few, or fewer, in 2.5 % of cases; with the lower end so many."""
    ends = intervals.count(count)
    assert ends is not None
    low, high = ends
    assert math.isclose(_poisson(count, high), 0.025, rel_tol=1e-3)
    if count:
        assert math.isclose(1 - _poisson(count - 1, low), 0.025, rel_tol=1e-3)
    else:
        assert low == 0


def _poisson(most: int, mean: float) -> float:
    """The chance of at most so many, added up term by term."""
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(most + 1))
