"""A scale: values → pixels, and the round numbers to write beside an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from ...model.record import Record

_TENS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SIXTIES = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 1440.0)
_ROOM = 0.06
_HUGE = 1e300
"""Beyond it the room around a value would not be a number."""
_TINY = 1e-290


class Scale(Record):
    """Values from `low` to `high` on pixels from `start` to `end`; a value outside is drawn at the edge."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        # Exact, since the distance of two huge numbers would be infinite, and of two tiny ones zero.
        share = (Fraction(value) - Fraction(self.low)) / (Fraction(self.high) - Fraction(self.low))
        return self.start + float(min(max(share, Fraction(0)), Fraction(1))) * (self.end - self.start)


def scale_of(values: Iterable[float], start: float, end: float, *, with_zero: bool = False) -> Scale:
    """A scale that shows all values with a little room; those of one sign do not cross zero for the room's sake."""
    known = [min(max(value, -_HUGE), _HUGE) for value in values]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if with_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = low - (abs(low) or 1.0) * 0.5, high + (abs(high) or 1.0) * 0.5
    room = (high - low) * _ROOM
    least = 0.0 if low >= 0 else -math.inf
    most = 0.0 if high <= 0 else math.inf
    return Scale(max(low - room, least), min(high + room, most), start, end)


def ticks(low: float, high: float, count: int, unit: str = "") -> list[float]:
    """Round numbers from `low` to `high`, about so many, each a whole multiple of one step.

    Durations are stepped by what clocks show: 15 and 30 rather than 20 and 25.
    """
    if not _TINY < high - low < math.inf:
        return [low]
    step = _step((high - low) / max(count, 1), _SIXTIES if unit in ("seconds", "minutes") else ())
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    marks = (float(f"{place * step:.12g}") for place in range(first, last + 1))
    return [mark for mark in marks if low <= mark <= high]


def _step(wanted: float, steps: tuple[float, ...]) -> float:
    """The smallest round step that is not smaller than wanted."""
    if steps and steps[0] <= wanted <= steps[-1]:
        return next(step for step in steps if step >= wanted)
    power = 10.0 ** math.floor(math.log10(wanted))
    return next((step * power for step in _TENS if step * power >= wanted * (1 - 1e-9)), 10 * power)
