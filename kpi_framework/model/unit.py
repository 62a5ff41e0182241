"""Units of values and how they are written."""

from __future__ import annotations

import re

MICROSECONDS = {"seconds": 10**6, "minutes": 60 * 10**6, "hours": 3600 * 10**6, "days": 86_400 * 10**6}
"""Units of duration, in microseconds. A day is 24 hours."""
PLAIN = ("count", "percent", "score", "ratio")
SPELLINGS = {
    "s": "seconds", "sec": "seconds", "second": "seconds",
    "m": "minutes", "min": "minutes", "minute": "minutes",
    "h": "hours", "hour": "hours", "d": "days", "day": "days", "%": "percent",
}  # fmt: skip
"""How units are written in a quantity."""
UNIT = rf"^({'|'.join((*PLAIN, *MICROSECONDS))}|[A-Z]{{3}})$"
"""The shape of a unit."""


def is_unit(text: str) -> bool:
    """Whether a KPI may have this unit."""
    return bool(re.fullmatch(UNIT, text))


def is_currency(text: str) -> bool:
    """Whether it has the shape of an ISO 4217 code: three capital letters."""
    return bool(re.fullmatch(r"[A-Z]{3}", text))
