"""Values, targets, distances and changes as text. A miss never reads as if it were its target."""

from __future__ import annotations

from decimal import Decimal

from ...model.measurement import Goal
from .numbers import POINTS, Number, Reading, decimal, readings

_WRITTEN = 5  # digits
NONE = "–"
"""What stands where there is no value."""


def show_value(value: Number | None, unit: str, goal: Goal | None = None) -> str:
    """The value with its unit: at least 3 significant digits, more where its limits would read the same."""
    if value is None:
        return NONE
    limits = [(limit, _limit(limit, unit, goal, value)) for limit in _all_limits(goal)]
    for reading in readings(value, unit):
        if all(_sign(value, limit) == _sign(reading.says, limit_reading.says) for limit, limit_reading in limits):
            break
    return reading.text


def show_target(goal: Goal | None, unit: str, value: Number | None = None) -> str:
    """The target: `≤ 60 min`, `≥ 95 %`, `20–30 %`; a relative one says of what."""
    if goal is None:
        return NONE
    of = f" ({goal.of})" if goal.of else ""
    if goal.between is not None:
        low, high = (_limit(end, unit, goal, value).text for end in goal.between)
        return _span(low, high) + of
    sign, limit = ("≤", goal.at_most) if goal.at_most is not None else ("≥", goal.at_least)
    return NONE if limit is None else f"{sign} {_limit(limit, unit, goal, value).text}{of}"


def show_near(goal: Goal | None, unit: str, value: Number | None = None) -> str:
    """How far the at-risk zone reaches: `at risk up to 75 min`; empty without one."""
    if goal is None or goal.near is None:
        return ""
    if isinstance(goal.near, tuple):
        low, high = (_limit(end, unit, goal, value).text for end in goal.near)
        return f"at risk within {_span(low, high)}"
    way = "up" if goal.at_most is not None else "down"
    return f"at risk {way} to {_limit(goal.near, unit, goal, value).text}"


def show_distance(value: Number | None, goal: Goal | None, unit: str) -> str:
    """How far the value is from its target: `12.5 min over`, `3.10 points short`, `4.00 min to spare`."""
    if value is None or goal is None:
        return NONE
    past = loss(value, goal)
    if past == 0:
        return "on target"
    if past < 0:
        return "inside" if goal.between else f"{show_difference(past, unit)} to spare"
    is_over = goal.at_most is not None or (goal.between is not None and value > goal.between[1])
    return f"{show_difference(past, unit)} {'over' if is_over else 'short'}"


def show_difference(difference: Number, unit: str) -> str:
    """The size of a difference, without its sign; percents differ by points."""
    size, unit = abs(decimal(difference)), POINTS if unit == "percent" else unit
    first = next(readings(size, unit))
    exact = (short for short in readings(size, unit, least=1) if short.says == first.says)
    return next(exact, first).text


def show_change(value: Number | None, previous: Number | None, unit: str, goal: Goal | None = None) -> str:
    """The change to the period before, `+2.50 min, worse`; better or worse where the target says which."""
    if value is None or previous is None:
        return NONE
    change = decimal(value) - decimal(previous)
    if change == 0:
        return "no change"
    text = f"{'+' if change > 0 else '−'}{show_difference(change, unit)}"
    verdict = _better_or_worse(change, goal)
    return f"{text}, {verdict}" if verdict else text


def show_range(ends: tuple[float, float] | None, unit: str) -> str:
    """An interval: `66.0–80.0 min`."""
    if ends is None:
        return NONE
    return _span(*(show_value(end, unit) for end in ends))


def loss(value: Number, goal: Goal) -> Decimal:
    """How far past its limit the value lies, in the KPI's unit; negative on the winning side."""
    number = decimal(value)
    if goal.at_most is not None:
        return number - decimal(goal.at_most)
    if goal.at_least is not None:
        return decimal(goal.at_least) - number
    assert goal.between is not None, "a goal has one limit"
    low, high = goal.between
    return max(decimal(low) - number, number - decimal(high))


def _better_or_worse(change: Decimal, goal: Goal | None) -> str:
    if goal is None or goal.between is not None:
        return ""
    return "worse" if (change > 0) == (goal.at_most is not None) else "better"


def _all_limits(goal: Goal | None) -> list[float]:
    """The limits and the ends of the at-risk zone."""
    if goal is None:
        return []
    near = goal.near if isinstance(goal.near, tuple) else (goal.near,)
    limits = (goal.at_most, goal.at_least, *(goal.between or ()), *near)
    return [limit for limit in limits if limit is not None]


def _limit(limit: float, unit: str, goal: Goal | None, value: Number | None) -> Reading:
    """A limit as it was written; a relative one, which was computed, as short as its value allows."""
    is_computed = goal is not None and goal.of is not None
    is_met_exactly = value is not None and not _sign(value, limit) and _is_long(limit)
    shared = _beside_others(value, unit, goal) if value is not None and is_met_exactly else None
    for reading in readings(limit, unit, least=3 if is_computed else 1):
        if is_computed and value is not None and _sign(value, limit) == _sign_of(value, unit, reading):
            break
        if _is_exact(reading, limit, unit) or (shared is not None and reading.says == shared.says):
            break
    return reading


def _is_long(limit: float) -> bool:
    """Whether it has more digits than a person writes: it was computed, or copied from a value."""
    return len(decimal(limit).normalize().as_tuple().digits) > _WRITTEN


def _beside_others(value: Number, unit: str, goal: Goal | None) -> Reading:
    """The shortest reading of a value that is exactly one of its limits: on its own side of all others."""
    others = [(limit, _limit(limit, unit, goal, value)) for limit in _all_limits(goal) if _sign(value, limit)]
    for reading in readings(value, unit):
        if all(_sign(value, limit) == _sign(reading.says, other.says) for limit, other in others):
            break
    return reading


def _sign_of(value: Number, unit: str, limit: Reading) -> int:
    *_, exact = readings(value, unit)
    return _sign(exact.says, limit.says)


def _is_exact(reading: Reading, limit: float, unit: str) -> bool:
    """Whether the reading is the limit, which is published with 10 significant digits."""
    *_, exact = readings(limit, unit)
    return f"{reading.says:.9e}" == f"{exact.says:.9e}"


def _sign(number: Number, other: Number) -> int:
    difference = decimal(number) - decimal(other)
    return (difference > 0) - (difference < 0)


def _span(low: str, high: str) -> str:
    """`20–30 %`: the unit once where both have it; spelled out where a dash would mislead."""
    low_figure, _, low_unit = low.partition(" ")
    high_figure, _, high_unit = high.partition(" ")
    if "−" in low + high or " " in low_unit + high_unit or low_unit != high_unit:
        return f"{low} to {high}"
    return f"{low_figure}–{high_figure} {high_unit}".rstrip()
