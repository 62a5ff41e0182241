"""Budget and pace of a running period: counts in, misses left and where it is going out. Pure.

A share's misses among the rows still to come are beta-binomial, a count's rows still to come negative binomial, both
from Jeffreys' prior: the closed forms, with no dependency. Nothing is divided by what the target allows, so that no
target gives anything infinite.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from ..model.measurement import Goal
from ..model.pace import Budget, ExpectedBudget, Pace
from ..model.record import Record
from .distributions import BetaBinomial, NegativeBinomial, chance_of_at_most

LIKELY = 0.8
UNLIKELY = 0.2
EARLY = Fraction(1, 5)
"""Before so much of a period nothing is said of its end."""
_ROUGHLY = Fraction(1, 10)
"""Working days do not fall evenly: a count is told only if a tenth more and less of the period agree."""


class Volumes(Record):
    """How many rows a period may measure in the end: as usual, at least and at most, and the most in a year."""

    usual: int
    least: int
    most: int
    largest: int


def allowed_share(goal: Goal | None) -> Fraction | None:
    """The share of misses that a target allows; None where it allows none, or is no single limit."""
    if goal is None:
        return None
    if goal.at_least is not None:
        share = 1 - Fraction(repr(goal.at_least))
    elif goal.at_most is not None:
        share = Fraction(repr(goal.at_most))
    else:
        return None
    return share if 0 < share < 1 else None


def budget_of(share: Fraction, rows: int, misses: int, expected: int | None) -> Budget:
    """The misses that a target allows among the rows so far, and among those that are expected."""
    whole = None if expected is None else ExpectedBudget(expected, math.floor(share * expected))
    return Budget(math.floor(share * rows), misses, whole)


def pace_of_share(share: Fraction, rows: int, misses: int, volumes: Volumes | None, min_sample: int = 1) -> Pace:
    """Where a share is going: `misses` of `rows` so far, of which its target allows a `share`."""
    if volumes is None:
        return Pace.TOO_EARLY
    if misses > math.floor(share * max(volumes.largest, rows)):
        return Pace.LOST
    if misses + max(volumes.largest - rows, 0) <= math.floor(share * max(volumes.largest, rows)):
        return Pace.SAFE
    if rows < min_sample or rows < EARLY * volumes.usual:
        return Pace.TOO_EARLY
    totals = {max(total, rows) for total in (volumes.least, volumes.usual, volumes.most)}
    return _called(chance_of_share(share, rows, misses, total) for total in totals)


def chance_of_share(share: Fraction, rows: int, misses: int, total: int) -> float:
    """The chance that at most the allowed share of `total` rows are misses in the end."""
    left, most = total - rows, math.floor(share * total) - misses
    return 1.0 if most >= left else chance_of_at_most(most, BetaBinomial(left, misses, rows - misses))


def pace_of_count(count: int, elapsed: Fraction, goal: Goal) -> Pace | None:
    """Where a count is going of which so much of the period has elapsed; it can only grow."""
    ends = _ends(goal)
    if ends is None:
        return None
    low, high = ends
    if high is not None and count > high:
        return Pace.LOST
    if high is None and low is not None and count >= low:
        return Pace.SAFE
    if elapsed < EARLY:
        return Pace.TOO_EARLY
    parts = (min(elapsed * factor, Fraction(1)) for factor in (1 - _ROUGHLY, Fraction(1), 1 + _ROUGHLY))
    return _called(chance_of_count(count, part, low, high) for part in parts)


def chance_of_count(count: int, elapsed: Fraction, low: int | None, high: int | None) -> float:
    """The chance that a count ends between two numbers, both included; None: there is no such end."""
    if elapsed >= 1:
        return float((low is None or count >= low) and (high is None or count <= high))
    to_come = NegativeBinomial(count, float(elapsed))
    below = 0.0 if low is None else chance_of_at_most(low - 1 - count, to_come)
    return max(0.0, (1.0 if high is None else chance_of_at_most(high - count, to_come)) - below)


def _ends(goal: Goal) -> tuple[int | None, int | None] | None:
    """The whole numbers between which a count meets its target."""
    if goal.at_most is not None:
        return None, math.floor(Fraction(repr(goal.at_most)))
    if goal.at_least is not None:
        return math.ceil(Fraction(repr(goal.at_least))), None
    if goal.between is None:
        return None
    low, high = goal.between
    return math.ceil(Fraction(repr(low))), math.floor(Fraction(repr(high)))


def _called(chances: Iterable[float]) -> Pace:
    """What all chances agree on."""
    known = list(chances)
    if min(known) >= LIKELY:
        return Pace.ON_TRACK
    return Pace.OFF_TRACK if max(known) <= UNLIKELY else Pace.TOO_CLOSE_TO_CALL
