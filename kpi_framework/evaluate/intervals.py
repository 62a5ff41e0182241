"""95 % intervals, two-sided. They inform; they never judge.

Wilson (1927) for shares, binomial order statistics (Conover 1999, 3.2) for quantiles, Student's t for means
from 30 rows, Garwood (1936) for counts.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

Interval = tuple[float, float]
LEVEL = 0.95
_TAIL = (1 - LEVEL) / 2
_Z = NormalDist().inv_cdf(1 - _TAIL)
_SUMMED = 200
_EXACT = 2_000
"""Up to so many rows the binomial is summed; beyond, its normal approximation is off by less than a rank."""


def share(part: float, whole: int) -> Interval | None:
    """Wilson's score interval of a share `part` of `whole` rows."""
    if whole <= 0:
        return None
    square = _Z * _Z
    middle = (part + square / (2 * whole)) / (1 + square / whole)
    half = _Z / (1 + square / whole) * math.sqrt(part * (1 - part) / whole + square / (4 * whole * whole))
    return max(0.0, min(middle - half, part)), min(1.0, max(middle + half, part))


def mean(value: float, squares: float, rows: int) -> Interval | None:
    """Student's t interval of a mean, from the sum of squares; None under 30 rows."""
    if rows < 30:
        return None
    variance = max(0.0, (squares - rows * value * value) / (rows - 1))
    half = student(rows - 1) * math.sqrt(variance / rows)
    return value - half, value + half


def student(degrees: int) -> float:
    """The t quantile at 97.5 %, by its expansion in 1/degrees (Abramowitz & Stegun 26.7.5)."""
    z: float = _Z
    terms: tuple[float, ...] = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / float(degrees) ** (i + 1) for i, term in enumerate(terms))


@lru_cache(maxsize=4096)
def count(value: int) -> Interval:
    """Garwood's interval of a Poisson count: exact up to 200, then by Wilson and Hilferty's cube root."""
    if value > _SUMMED:
        return _cube_root(value, -_Z), _cube_root(value + 1, _Z)
    low = 0.0 if value == 0 else _rate(value - 1, 1 - _TAIL)
    return low, _rate(value, _TAIL)


def _cube_root(value: int, z: float) -> float:
    """Half the chi-square quantile of 2·value degrees (Wilson & Hilferty 1931)."""
    return value * float(1 - 1 / (9 * value) + z / (3 * math.sqrt(value))) ** 3


def _rate(most: int, chance: float) -> float:
    """The rate at which at most `most` events have this chance: Newton's steps from the cube root's rate."""
    rate = _cube_root(most + 1, NormalDist().inv_cdf(1 - chance))
    for _ in range(8):
        density = math.exp(most * math.log(rate) - rate - math.lgamma(most + 1))
        step = (_at_most(most, rate) - chance) / density
        rate += step
        if abs(step) < rate * 1e-13:
            break
    return rate


def _at_most(most: int, rate: float) -> float:
    """The chance of at most `most` events at a rate."""
    return math.fsum(math.exp(k * math.log(rate) - rate - math.lgamma(k + 1)) for k in range(most + 1))


def quantile_ranks(rows: int, level: float) -> tuple[int, int] | None:
    """The ranks (from 1) of the order statistics that enclose a quantile; None where no two do."""
    if rows < 1 or not 0 < level < 1:
        return None
    low, high = _binomial_quantile(rows, level, _TAIL), _binomial_quantile(rows, level, 1 - _TAIL) + 1
    return (low, high) if low >= 1 and high <= rows else None


@lru_cache(maxsize=4096)
def _binomial_quantile(rows: int, level: float, chance: float) -> int:
    """The smallest k with P(X ≤ k) ≥ chance for X binomial."""
    if rows > _EXACT:
        spread = math.sqrt(rows * level * (1 - level))
        return math.ceil(rows * level + NormalDist().inv_cdf(chance) * spread - 0.5)
    total, k = 0.0, -1
    while total < chance and k < rows:
        k += 1
        total += math.exp(
            math.lgamma(rows + 1) - math.lgamma(k + 1) - math.lgamma(rows - k + 1)
            + k * math.log(level) + (rows - k) * math.log1p(-level)
        )  # fmt: skip
    return k
