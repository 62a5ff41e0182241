"""Process behaviour (XmR): values of periods in a row → mean, limits and what is no noise. Pure.

The definitions are those of NHS England's "Making data count". All arithmetic is exact, so that a value on the mean
or on a limit is seen to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby, pairwise

from ..model.behaviour import Assurance, Behaviour, Pattern, SpecialCause, Variation
from ..model.measurement import Goal
from ..model.period import Period
from ..model.record import Record
from .rounding import published

FROZEN = 20
"""The limits stand on so many points at most, the first of a group; from then on they stay."""
LEAST = 13
"""Under so many points there are no limits."""
FIRST_MEAN = 6
"""Under so many points there is no mean, and under so many steps between neighbours there are no limits."""
RUN = 7
"""So many points on one side of the mean, or in one direction, are no noise."""
_TO_LIMIT = Fraction(266, 100)
_NEAR = Fraction(2, 3)

Number = float | int


class Point(Record):
    """The known value of a period."""

    period: Period
    value: Number

    @property
    def exactly(self) -> Fraction:
        """The value as it is published."""
        return Fraction(repr(self.value))


class Lines(Record):
    """The mean, and how far the limits are from it."""

    mean: Fraction
    reach: Fraction

    @property
    def limits(self) -> tuple[Fraction, Fraction]:
        """The lower and the upper limit."""
        return self.mean - self.reach, self.mean + self.reach


def behaviour_of(points: Sequence[Point], recent: Sequence[Point], judged: Period, goal: Goal | None) -> Behaviour:
    """How a measure behaves, from the points of its group, oldest first, up to the judged period.

    `points` begin with the group's first; `recent` are those in which patterns are looked for.
    """
    basis = points[:FROZEN]
    lines = lines_of(basis) if len(basis) >= LEAST else None
    mean = published(float(_mean(basis))) if len(basis) >= FIRST_MEAN else None
    starts = tuple(point.period.start for point in basis)
    is_known = bool(recent) and recent[-1].period == judged
    if lines is None:
        return Behaviour(Variation.TOO_LITTLE_HISTORY if is_known else None, None, mean, None, starts)
    causes = special_causes(recent, lines)
    low, high = (published(float(limit)) for limit in lines.limits)
    if low is None or high is None:
        return Behaviour(None, None, mean, None, starts)  # beyond what a number can hold
    latest = next((cause for cause in causes if cause.start == judged.start), None)
    variation = _variation(latest, goal) if is_known else None
    return Behaviour(variation, assurance_of(lines, goal), mean, (float(low), float(high)), starts, causes)


def lines_of(basis: Sequence[Point]) -> Lines | None:
    """The mean and the limits that points give; None where too few are neighbours. A gap has no moving range."""
    ranges = [abs(b.exactly - a.exactly) for a, b in pairwise(basis) if a.period.end == b.period.start]
    if len(ranges) < FIRST_MEAN:
        return None
    return Lines(_mean(basis), _TO_LIMIT * sum(ranges, Fraction(0)) / len(ranges))


def _mean(points: Sequence[Point]) -> Fraction:
    return sum((point.exactly for point in points), Fraction(0)) / len(points)


def assurance_of(lines: Lines, goal: Goal | None) -> Assurance | None:
    """What a target can expect; one that is exactly a limit is hit or missed."""
    low, high = lines.limits
    if goal is not None and goal.at_least is not None:
        target = Fraction(repr(goal.at_least))
        is_met, is_missed = target < low, target > high
    elif goal is not None and goal.at_most is not None:
        target = Fraction(repr(goal.at_most))
        is_met, is_missed = target > high, target < low
    else:
        return None
    if is_met:
        return Assurance.USUALLY_MEETS
    return Assurance.USUALLY_MISSES if is_missed else Assurance.HIT_OR_MISS


def _variation(cause: SpecialCause | None, goal: Goal | None) -> Variation:
    if cause is None:
        return Variation.STEADY
    if goal is None or (goal.at_most is None and goal.at_least is None):
        return Variation.CHANGING
    return Variation.IMPROVING if cause.is_high == (goal.at_least is not None) else Variation.WORSENING


def special_causes(points: Sequence[Point], lines: Lines) -> tuple[SpecialCause, ...]:
    """The points that noise does not explain, each with the first pattern that it belongs to."""
    causes: dict[int, SpecialCause] = {}
    for pattern, find in _PATTERNS:
        for index, is_high, length in find(points, lines):
            causes.setdefault(index, SpecialCause(points[index].period.start, pattern, is_high, length))
    return tuple(causes[index] for index in sorted(causes))


Marked = Iterator[tuple[int, bool, int]]
"""The number of a point, whether it is high or rises, and the points of its pattern."""


def _outside(points: Sequence[Point], lines: Lines) -> Marked:
    for index, side in enumerate(_distances(points, lines)):
        if abs(side) > lines.reach:
            yield index, side > 0, 1


def _trends(points: Sequence[Point], _: Lines) -> Marked:
    """Points that rise or fall in a row. An equal neighbour ends a trend, and so does a gap."""
    steps = [_sign(b.exactly - a.exactly) if a.period.end == b.period.start else 0 for a, b in pairwise(points)]
    marked: dict[int, tuple[int, bool, int]] = {}
    for sign, first, count in _runs(steps):
        if sign and count + 1 >= RUN:
            # Where a rise turns into a fall, the point between is told by what came last.
            marked.update((i, (i, sign > 0, count + 1)) for i in range(first, first + count + 1))
    yield from marked.values()


def _two_of_three(points: Sequence[Point], lines: Lines) -> Marked:
    """Points far from the mean, two of three in a row on the same side; those beyond a limit count."""
    distances = _distances(points, lines)
    is_far = [abs(distance) > _NEAR * lines.reach for distance in distances]
    for first in range(len(points) - 2):
        three = range(first, first + 3)
        sides = {_sign(distances[i]) for i in three}
        if len(sides) == 1 and sum(is_far[i] for i in three) >= 2:
            yield from ((i, distances[i] > 0, 3) for i in three if is_far[i])


def _shifts(points: Sequence[Point], lines: Lines) -> Marked:
    """Points in a row on one side of the mean. A point on the mean ends a run."""
    for side, first, count in _runs([_sign(distance) for distance in _distances(points, lines)]):
        if side and count >= RUN:
            yield from ((i, side > 0, count) for i in range(first, first + count))


_PATTERNS: tuple[tuple[Pattern, Callable[[Sequence[Point], Lines], Marked]], ...] = (
    (Pattern.POINT, _outside), (Pattern.TREND, _trends), (Pattern.TWO_OF_THREE, _two_of_three),
    (Pattern.SHIFT, _shifts),
)  # fmt: skip


def _distances(points: Sequence[Point], lines: Lines) -> list[Fraction]:
    return [point.exactly - lines.mean for point in points]


def _sign(number: Fraction) -> int:
    return (number > 0) - (number < 0)


def _runs(signs: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Equal signs in a row: the sign, where the run begins, and how long it is."""
    first = 0
    for sign, run in groupby(signs):
        count = len(list(run))
        yield sign, first, count
        first += count
