"""How values are read: by an oracle that reads the text back as a number."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kpi_framework.model.measurement import Goal, Status
from kpi_framework.report.words.values import (
    NONE,
    loss,
    show_change,
    show_difference,
    show_distance,
    show_near,
    show_range,
    show_target,
    show_value,
)
from tests.unit.report.scorecards import judgement

SECONDS = {"d": 86400, "h": 3600, "min": 60, "s": 1}
UNITS = ("count", "percent", "score", "ratio", "seconds", "minutes", "hours", "days", "GBP", "JPY")


def read(text: str) -> Decimal:
    """What a person takes from a text: durations in seconds, else the figure before the unit."""
    plain = text.replace("\u202f", "").replace("−", "-")
    sign = -1 if plain.startswith("-") else 1
    parts = re.findall(r"([\d.]+(?:e[+-]?\d+)?) ?(d|h|min|s)\b", plain)
    if parts:
        return sign * sum((Decimal(figure) * SECONDS[name] for figure, name in parts), Decimal(0))
    return Decimal(plain.split(" ")[0])


def published(value: float) -> float:
    """As values are published: with 10 significant digits."""
    return float(f"{value:.9e}")


values = st.floats(min_value=-1e12, max_value=1e12).map(published) | st.integers(-(10**12), 10**12)
limits = st.floats(min_value=-1e6, max_value=1e6).map(published)
units = st.sampled_from(UNITS)


@st.composite
def near_misses(draw: st.DrawFn) -> tuple[float, float]:
    """A limit, and a value a hair's breadth from it."""
    limit = draw(limits.filter(lambda x: abs(x) > 1e-3))
    return published(limit * (1 + draw(st.sampled_from([-1, 1])) * 10.0 ** draw(st.integers(-9, -1)))), limit


@given(values, values, units)
def test_display_keeps_the_order(one: float, other: float, unit: str) -> None:
    """A larger value never reads as a smaller one."""
    low, high = sorted((one, other))
    assert read(show_value(low, unit)) <= read(show_value(high, unit))


@given(near_misses() | st.tuples(values, limits), units, st.sampled_from(["at_most", "at_least"]))
@example((60.0001, 60.0), "minutes", "at_most")
@example((0.94996, 0.95), "percent", "at_least")
@example((240.001, 240.0), "minutes", "at_most")
@example((4.333333334, 4.333333333), "hours", "at_most")
def test_a_value_reads_on_the_side_of_its_limit_where_it_lies(pair: tuple[float, float], unit: str, way: str) -> None:
    """What is missed never reads as equal to its target or better, and what is met never reads as missed."""
    value, limit = pair
    goal = Goal(at_most=limit) if way == "at_most" else Goal(at_least=limit)
    shown, wanted = read(show_value(value, unit, goal)), read(show_target(goal, unit, value)[2:])
    assert (shown > wanted) == (value > limit)
    assert (shown < wanted) == (value < limit)


@given(near_misses(), units)
def test_a_relative_limit_reads_apart_too(pair: tuple[float, float], unit: str) -> None:
    """A computed limit is shortened, but never onto its value."""
    value, limit = pair
    goal = Goal(at_most=limit, of="90% of baseline")
    target = show_target(goal, unit, value)
    assert target.endswith(" (90% of baseline)")
    shown, wanted = read(show_value(value, unit, goal)), read(target[2:].partition(" (")[0])
    assert (shown > wanted, shown < wanted) == (value > limit, value < limit)


@given(near_misses(), units)
def test_the_end_of_the_risk_zone_reads_apart_too(pair: tuple[float, float], unit: str) -> None:
    """A value beyond `near` is missed, and reads as lying beyond it."""
    value, near = pair
    assume(value != near)
    goal = Goal(at_most=near - 1, near=near)
    zone = show_near(goal, unit, value).removeprefix("at risk up to ")
    assert (read(show_value(value, unit, goal)) > read(zone)) == (judgement(value, goal) is Status.MISSED)


@given(
    st.floats(min_value=1e-5, max_value=1e9).map(published),
    st.sampled_from(["percent", "score", "minutes", "GBP"]),
)
def test_three_significant_digits_are_always_right(value: float, unit: str) -> None:
    """Display loses less than half a percent of any value."""
    shown = read(show_value(value, unit))
    actual = Decimal(repr(value)) * {"percent": 100, "minutes": 60}.get(unit, 1)
    assert abs(shown - actual) <= actual * Decimal("0.005")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.841, "percent", "84.1 %"), (1, "percent", "100 %"), (0.05, "percent", "5.00 %"),
        (0, "percent", "0 %"),
        (72.5, "minutes", "72.5 min"), (125, "minutes", "2 h 05 min"), (76, "hours", "3 d 04 h"),
        (120, "minutes", "2 h 00 min"), (119.5, "minutes", "120 min"), (0.5, "hours", "30.0 min"),
        (45, "seconds", "45.0 s"), (-150, "minutes", "−2 h 30 min"), (3, "days", "3 d 00 h"),
        (8, "GBP", "8.00 GBP"), (12345.678, "GBP", "12\u202f345.68 GBP"), (1234, "JPY", "1\u202f234 JPY"),
        (1412, "count", "1\u202f412"), (1000000, "count", "1\u202f000\u202f000"), (7.0, "count", "7"),
        (4.3125, "score", "4.31"), (-0.0001, "ratio", "−0.000100"), (None, "count", NONE),
    ],
)  # fmt: skip
def test_each_unit_is_written_as_people_write_it(value: float | None, unit: str, text: str) -> None:
    """Percents, durations, money and counts."""
    assert show_value(value, unit) == text


@pytest.mark.parametrize(
    ("goal", "unit", "text"),
    [
        (Goal(at_most=60), "minutes", "≤ 60 min"), (Goal(at_least=0.95), "percent", "≥ 95 %"),
        (Goal(between=(0.2, 0.3)), "percent", "20–30 %"),
        (Goal(between=(100, 300)), "USD", "100.00–300.00 USD"),
        (Goal(between=(-10, 10)), "score", "−10 to 10"),
        (Goal(between=(150, 300)), "minutes", "2 h 30 min to 5 h"),
        (Goal(at_most=4), "hours", "≤ 4 h"), (Goal(at_most=3), "days", "≤ 3 d"),
        (Goal(at_most=4.333333333), "hours", "≤ 4 h 20 min"),
        (Goal(at_least=0.955), "percent", "≥ 95.5 %"), (None, "count", NONE),
    ],
)  # fmt: skip
def test_targets_are_written_as_somebody_wrote_them(goal: Goal | None, unit: str, text: str) -> None:
    """No digits that nobody wrote."""
    assert show_target(goal, unit) == text


@given(values, limits, units)
def test_the_distance_is_nothing_only_on_the_target(value: float, limit: float, unit: str) -> None:
    """However near, a miss has a distance."""
    text = show_distance(value, Goal(at_least=limit), unit)
    assert (text == "on target") == (value == limit)
    assert text.endswith("short") == (value < limit)
    if value != limit:
        assert read(text) > 0


@pytest.mark.parametrize(
    ("value", "goal", "texts"),
    [
        (0.6666666667, Goal(at_least=0.6666666667), ("66.7 %", "≥ 66.7 %")),
        (0.6666666666, Goal(at_least=0.6666666667), ("66.66666666 %", "≥ 66.66666667 %")),
        (0.9555, Goal(at_least=0.9555), ("95.55 %", "≥ 95.55 %")),
    ],
)
def test_a_value_that_is_exactly_its_target_needs_no_ten_digits(
    value: float, goal: Goal, texts: tuple[str, str]
) -> None:
    """Only a miss needs as many as tell it from its target; a limit that somebody wrote stays as it is."""
    assert (show_value(value, "percent", goal), show_target(goal, "percent", value)) == texts


def test_a_band_has_two_losing_sides() -> None:
    """Below is short, above is over, within is inside, and a difference of percents is points."""
    goal = Goal(between=(0.2, 0.3))
    assert [show_distance(v, goal, "percent") for v in (0.15, 0.2, 0.25, 0.45)] == [
        "5 points short", "on target", "inside", "15 points over",
    ]  # fmt: skip


@given(values, limits)
def test_the_loss_is_positive_exactly_outside_the_target(value: float, limit: float) -> None:
    """The order of segments agrees with the judgement."""
    for goal in (Goal(at_most=limit), Goal(at_least=limit), Goal(between=(limit, limit + 5))):
        assert (loss(value, goal) <= 0) == (judgement(value, goal) is Status.MET)


def test_a_change_says_which_way_is_better() -> None:
    """Up is worse under a ceiling, better over a floor, and neither in a band."""
    assert show_change(72.5, 70, "minutes", Goal(at_most=60)) == "+2.5 min, worse"
    assert show_change(0.8, 0.75, "percent", Goal(at_least=0.9)) == "+5 points, better"
    assert show_change(5, 8, "count") == "−3"
    assert show_change(5, 5.0, "count") == "no change"
    assert show_change(5, None, "count") == NONE


def test_differences_and_intervals() -> None:
    """A difference has no sign of its own; an interval names its unit once."""
    assert show_difference(-90, "minutes") == "90 min"
    assert show_difference(-0.15, "GBP") == "0.15 GBP"
    assert show_range((66.0, 80.0), "minutes") == "66.0–80.0 min"
    assert show_range(None, "minutes") == NONE
    assert show_near(Goal(between=(2, 3), near=(1, 4), from_=dt.date(2026, 1, 1)), "score") == "at risk within 1–4"


@given(st.floats(allow_nan=False, allow_infinity=False), units)
def test_any_finite_number_has_a_text(value: float, unit: str) -> None:
    """However large or small, a value is shown in a line."""
    text = show_value(value, unit, Goal(at_most=1.0))
    assert 0 < len(text) < 60
