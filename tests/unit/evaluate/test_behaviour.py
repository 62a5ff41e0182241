"""Process behaviour: the published examples come out to the digit, and each pattern is where its definition says."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statprocon.charts.xmr.base import Base as XmR

from kpi_framework.evaluate.behaviour import FROZEN, LEAST, Point, behaviour_of, lines_of, special_causes
from kpi_framework.model.behaviour import Assurance, Behaviour, Pattern, SpecialCause, Variation
from kpi_framework.model.measurement import Goal
from kpi_framework.model.period import Grain, Period

NIST = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
"""NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: the flow rate of ten batches."""
MONTGOMERY = (102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1,
              101.3, 98.7, 101.1, 98.4, 97.0, 96.7, 100.3, 101.4, 97.2, 101.0)  # fmt: skip
"""Montgomery & Runger, Applied Statistics and Probability for Engineers, Table 16-3: a concentration."""
DEVIATIONS = (1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1)
"""NHSRplotthedots, vignette "Deviations from Excel defaults": one value is far from the others."""
ALTERNATING = (1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 5.5, -5.5)
"""NHSRplotthedots, its tests: two far points on opposite sides are noise."""
DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 1, 1)
CALM = (4, 6) * 10
"""Twenty points, their mean 5, their limits ± 5.32, two thirds of which are ± 3.55."""


def points(values: Sequence[float | int | None]) -> list[Point]:
    """A point a day; None leaves its day out."""
    days = (FIRST + n * DAY for n in range(len(values)))
    return [Point(Period(d, d + DAY, Grain.DAY), v) for d, v in zip(days, values, strict=True) if v is not None]


def behaviour(values: Sequence[float | int | None], goal: Goal | None = None) -> Behaviour:
    """How these values behave; the last one is judged."""
    last = FIRST + (len(values) - 1) * DAY
    return behaviour_of(points(values), points(values)[-24:], Period(last, last + DAY, Grain.DAY), goal)


def lines(values: Sequence[float | int]) -> tuple[float, float, float]:
    """The lower limit, the mean and the upper limit."""
    known = lines_of(points(values))
    assert known is not None
    return float(known.limits[0]), float(known.mean), float(known.limits[1])


def causes(*values: float | int) -> dict[int, SpecialCause]:
    """The special causes among values that follow the twenty calm ones, by their number."""
    calm = lines_of(points(CALM))
    assert calm is not None
    return {(c.start - FIRST).days: c for c in special_causes(points(values), calm)}


def test_the_flow_rates_of_nist() -> None:
    """The mean, the limits and no signal, as published; theirs are made with 3 ÷ 1.128 in place of 2.66."""
    low, mean, high = lines(NIST)
    assert (round(low, 4), round(mean, 4), round(high, 4)) == (45.8151, 50.81, 55.8049)
    moving = (high - mean) / 2.66
    assert round(moving, 4) == 1.8778
    assert (round(mean - 3 * moving / 1.128, 4), round(mean + 3 * moving / 1.128, 4)) == (45.8159, 55.8041)
    known = lines_of(points(NIST))
    assert known is not None
    assert special_causes(points(NIST), known) == ()


def test_the_concentrations_of_montgomery() -> None:
    """The mean and the limits of the textbook, which rounds on its way."""
    low, mean, high = lines(MONTGOMERY)
    assert (round(low, 3), round(mean, 3), round(high, 3)) == (92.207, 99.095, 105.983)
    assert abs(low - 92.21) < 0.01
    assert abs(high - 105.99) < 0.01


def test_the_deviations_of_nhs() -> None:
    """Outliers are not screened: the limits are the package's own without screening, and one point is a signal."""
    found = behaviour(DEVIATIONS)
    assert found.limits is not None
    assert found.mean is not None
    assert [round(x, 2) for x in (*found.limits, found.mean)] == [-3.06, 6.95, 1.94]
    assert found.special_causes == (SpecialCause(FIRST + 4 * DAY, Pattern.POINT, is_high=True, length=1),)


def test_far_points_on_opposite_sides_are_noise() -> None:
    """Two of three must lie on the same side."""
    assert behaviour(ALTERNATING).special_causes == ()


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=LEAST, max_size=FROZEN))
def test_limits_are_those_of_another_program(values: list[object]) -> None:
    """statprocon, which is pure Python with decimals, gives the same mean and limits, as far as it rounds."""
    numbers = [float(str(value)) for value in values]
    chart = XmR(counts=numbers)
    low, mean, high = lines(numbers)
    reach = (high - mean) / 2.66
    # It publishes three decimals, each rounded before the next is computed from it.
    assert abs(mean - float(chart.x_central_line()[0])) <= 0.00051
    assert abs(high - float(chart.upper_natural_process_limit()[0])) <= 0.003
    assert abs(low - float(chart.lower_natural_process_limit()[0])) <= 0.003
    assert abs(reach - fmean(abs(b - a) for a, b in itertools.pairwise(numbers))) < 1e-6


# What stands for limits


def test_there_are_no_limits_before_thirteen_points() -> None:
    """Under six points there is no mean, from six on a mean, from 13 on limits."""
    assert behaviour((1, 2, 1, 2, 1)).mean is None
    twelve = behaviour((1, 2) * 6)
    assert (twelve.variation, twelve.assurance, twelve.mean, twelve.limits) == (
        Variation.TOO_LITTLE_HISTORY, None, 1.5, None,
    )  # fmt: skip
    assert behaviour((1, 2) * 6 + (1,)).limits is not None


def test_limits_stay_from_the_twentieth_point_on() -> None:
    """What comes later moves neither the mean nor the limits: they would widen with what they should find."""
    later = behaviour((*CALM, 100, 200, 300))
    assert (later.mean, later.limits, len(later.points)) == (behaviour(CALM).mean, behaviour(CALM).limits, FROZEN)
    assert behaviour(CALM[:19]).limits != behaviour(CALM).limits


def test_a_gap_has_no_moving_range() -> None:
    """From the value before a missing period to the one after it nothing is measured."""
    gapped = lines_of(points((1, 2) * 7 + (None,) + (100, 101) * 3))
    assert gapped is not None
    assert gapped.reach == pytest.approx(2.66)


def test_a_row_of_equal_values_has_limits_without_width() -> None:
    """Any other value is then a signal; nothing is divided by the width."""
    found = behaviour((7,) * 13 + (8,))
    assert found.mean is not None
    assert behaviour((7,) * 13).limits == (7, 7)
    assert behaviour((7,) * 20 + (8,), Goal(at_most=7)).variation is Variation.WORSENING


def test_an_unknown_judged_value_has_no_variation() -> None:
    """The words beside an unknown value would be those of another period."""
    found = behaviour((*CALM, None), Goal(at_most=60))
    assert (found.variation, found.assurance) == (None, Assurance.USUALLY_MEETS)


# The patterns


def test_a_point_on_a_limit_is_inside() -> None:
    """Only a point strictly outside is a signal."""
    assert causes(10.32) == {}
    assert causes(10.33)[0].pattern is Pattern.POINT
    assert causes(-0.33) == {0: SpecialCause(FIRST, Pattern.POINT, is_high=False, length=1)}


def test_a_trend_is_seven_points() -> None:
    """Six steps in one direction; its direction is that of the slope, on whichever side of the mean it lies."""
    assert causes(4.1, 4.2, 4.3, 4.4, 4.5, 4.6) == {}
    rising = causes(2, 3, 4, 4.9, 5.5, 6, 7)
    assert set(rising) == set(range(7))
    assert {(c.pattern, c.is_high, c.length) for c in rising.values()} == {(Pattern.TREND, True, 7)}
    assert not causes(7, 6, 5.5, 4.9, 4, 3, 2)[6].is_high


def test_an_equal_neighbour_ends_a_trend() -> None:
    """Eight points that rise but for one step are no trend."""
    assert causes(2, 3, 4, 4.9, 4.9, 5.5, 6, 7) == {}


def test_a_gap_ends_a_trend() -> None:
    """Nobody knows whether it rose in between."""
    calm = lines_of(points(CALM))
    assert calm is not None
    assert special_causes(points((2, 3, 4, None, 4.9, 5.5, 6, 7)), calm) == ()


def test_a_shift_is_seven_points_on_one_side() -> None:
    """Six are noise; a point on the mean ends the run."""
    assert causes(6, 5.5, 6, 5.5, 6, 5.5) == {}
    found = causes(6, 5.5, 6, 5.5, 6, 5.5, 6)
    assert {(c.pattern, c.is_high, c.length) for c in found.values()} == {(Pattern.SHIFT, True, 7)}
    assert causes(6, 5.5, 6, 5, 5.5, 6, 5.5, 6) == {}


def test_a_period_without_a_value_takes_no_part_in_a_shift() -> None:
    """A run on one side goes on over it, and is as long as it has points."""
    calm = lines_of(points(CALM))
    assert calm is not None
    found = special_causes(points((6, 5.5, None, 6, 5.5, 6, 5.5, 6)), calm)
    assert {(c.pattern, c.length) for c in found} == {(Pattern.SHIFT, 7)}


def test_two_of_three_are_far_from_the_mean() -> None:
    """All three lie on one side; only the far ones are marked, and one beyond the limit counts."""
    assert set(causes(8.6, 6, 8.6)) == {0, 2}
    assert causes(8.6, 4, 8.6) == {}
    assert causes(8.54, 6, 8.54) == {}
    assert {i: c.pattern for i, c in causes(11, 6, 8.6).items()} == {0: Pattern.POINT, 2: Pattern.TWO_OF_THREE}


# The words


@pytest.mark.parametrize(
    ("goal", "high", "low"),
    [
        (Goal(at_most=5), Variation.WORSENING, Variation.IMPROVING),
        (Goal(at_least=5), Variation.IMPROVING, Variation.WORSENING),
        (Goal(between=(4, 6)), Variation.CHANGING, Variation.CHANGING),
        (None, Variation.CHANGING, Variation.CHANGING),
    ],
)
def test_the_target_says_which_side_is_better(goal: Goal | None, high: Variation, low: Variation) -> None:
    """The latest point alone decides; without a better side it is changing."""
    assert behaviour((*CALM, 11), goal).variation is high
    assert behaviour((*CALM, -1), goal).variation is low
    assert behaviour((*CALM, 11, 5), goal).variation is Variation.STEADY


@pytest.mark.parametrize(
    ("goal", "assurance"),
    [
        (Goal(at_most=10.33), Assurance.USUALLY_MEETS), (Goal(at_most=10.32), Assurance.HIT_OR_MISS),
        (Goal(at_most=-0.33), Assurance.USUALLY_MISSES), (Goal(at_least=10.33), Assurance.USUALLY_MISSES),
        (Goal(at_least=-0.32), Assurance.HIT_OR_MISS), (Goal(at_least=-0.33), Assurance.USUALLY_MEETS),
        (Goal(between=(0, 9)), None), (None, None),
    ],
)  # fmt: skip
def test_a_target_beyond_the_limits_is_always_or_never_met(goal: Goal | None, assurance: Assurance | None) -> None:
    """One inside the limits, or on one of them, is hit or missed by noise alone."""
    assert behaviour(CALM, goal).assurance is assurance


# Against plain Python


def _plain(values: list[int], mean: float, reach: float) -> set[int]:
    """Which values are no noise, by the definitions' own words."""
    marked = {i for i, x in enumerate(values) if abs(x - mean) > reach}
    for i in range(len(values) - 6):
        seven = values[i : i + 7]
        steps = [b - a for a, b in itertools.pairwise(seven)]
        if all(s > 0 for s in steps) or all(s < 0 for s in steps):
            marked |= set(range(i, i + 7))
        if all(x > mean for x in seven) or all(x < mean for x in seven):
            marked |= set(range(i, i + 7))
    for i in range(len(values) - 2):
        three = values[i : i + 3]
        far = [i + n for n, x in enumerate(three) if abs(x - mean) > 2 * reach / 3]
        if len(far) >= 2 and (all(x > mean for x in three) or all(x < mean for x in three)):
            marked |= set(far)
    return marked


@given(st.lists(st.integers(-3, 13), max_size=24))
def test_marks_are_where_the_definitions_say(values: list[int]) -> None:
    """Every point that belongs to a pattern is marked, and no other."""
    assert set(causes(*values)) == _plain(values, 5, 5.32)
