"""Two distributions of what is still to come in a period, in closed form. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import count
from typing import Protocol

from ..model.record import Record

_NOTHING = 1e-18
"""A term that no longer changes a sum of chances."""


class Distribution(Protocol):
    """Of whole numbers from 0, with one peak."""

    @property
    def mean(self) -> float:
        """Its mean."""
        ...

    def log_chance(self, number: int) -> float:
        """The logarithm of a number's chance."""
        ...

    def ratio(self, number: int) -> float:
        """The next number's chance over this one's."""
        ...


class BetaBinomial(Record):
    """The misses among `rows` to come, after `misses` and `hits` were seen."""

    rows: int
    misses: int
    hits: int

    @property
    def mean(self) -> float:
        """The misses to expect."""
        return self.rows * (self.misses + 0.5) / (self.misses + self.hits + 1)

    def log_chance(self, number: int) -> float:
        """The logarithm of a number's chance."""
        a, b, n = self.misses + 0.5, self.hits + 0.5, self.rows
        ways = math.lgamma(n + 1) - math.lgamma(number + 1) - math.lgamma(n - number + 1)
        return ways + _log_beta(number + a, n - number + b) - _log_beta(a, b)

    def ratio(self, number: int) -> float:
        """The next number's chance over this one's."""
        left = self.rows - number
        return left / (number + 1) * (number + self.misses + 0.5) / (left - 1 + self.hits + 0.5)


class NegativeBinomial(Record):
    """What is still to come in a period of which a part has elapsed, after so many came in it."""

    so_far: int
    elapsed: float

    @property
    def mean(self) -> float:
        """How many more to expect."""
        return (self.so_far + 0.5) * (1 - self.elapsed) / self.elapsed

    def log_chance(self, number: int) -> float:
        """The logarithm of a number's chance."""
        r = self.so_far + 0.5
        ways = math.lgamma(number + r) - math.lgamma(number + 1) - math.lgamma(r)
        return ways + r * math.log(self.elapsed) + number * math.log1p(-self.elapsed)

    def ratio(self, number: int) -> float:
        """The next number's chance over this one's."""
        return (number + self.so_far + 0.5) / (number + 1) * (1 - self.elapsed)


def chance_of_at_most(most: int, distribution: Distribution) -> float:
    """P(X ≤ most). The tail that does not hold the mean is summed, from its large end outwards."""
    if most < 0:
        return 0.0
    if most < distribution.mean:
        return _tail(most, distribution, (1 / distribution.ratio(k - 1) for k in range(most, 0, -1)))
    first = most + 1
    return 1 - _tail(first, distribution, (distribution.ratio(k) for k in count(first)))


def _tail(first: int, distribution: Distribution, ratios: Iterable[float]) -> float:
    terms = [math.exp(distribution.log_chance(first))]
    for ratio in ratios:
        terms.append(terms[-1] * ratio)
        if terms[-1] < _NOTHING and ratio < 1:
            break
    return min(max(math.fsum(terms), 0.0), 1.0)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
