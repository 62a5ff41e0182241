"""Twelve periods in twelve characters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ...model.measurement import Measurement, Status

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"
LENGTH = 12


def sparkline(values: Sequence[float | int | None]) -> str:
    """One bar a value, from the lowest to the highest; an unknown one is a gap, a flat line stays level."""
    known = [value for value in values if value is not None]
    if not known:
        return GAP * len(values)
    low, high = min(known), max(known)
    return "".join(GAP if value is None else _bar(value, low, high) for value in values)


def _bar(value: float, low: float, high: float) -> str:
    if low == high:
        return BARS[3]
    # Exact, since the distance of two huge numbers would be infinite, and of two tiny ones zero.
    share = (Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))
    return BARS[min(int(share * len(BARS)), len(BARS) - 1)]


def trend(series: Sequence[Measurement]) -> str:
    """The twelve periods that end with the judged one, oldest first; the running one is not shown."""
    judged = next((i for i, measurement in enumerate(series) if measurement.judged), len(series) - 1)
    recent = series[: judged + 1][-LENGTH:]
    return sparkline([None if measurement.status is Status.UNKNOWN else measurement.value for measurement in recent])
