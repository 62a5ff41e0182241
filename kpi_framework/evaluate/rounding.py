"""The number that is published: ten significant digits, so that no thread count shows in it."""

from __future__ import annotations

import math

DIGITS = 10


def published(value: float | int | None) -> float | int | None:
    """A value as it is published. Whole numbers stay whole; nothing infinite or undefined gets out."""
    if value is None or isinstance(value, int):
        return value
    rounded = float(f"{value:.{DIGITS}g}")
    # The largest doubles round up beyond what a double holds.
    return rounded if math.isfinite(rounded) else None
