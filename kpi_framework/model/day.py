"""The days that are reckoned with, and how one is written."""

from __future__ import annotations

import datetime as dt
import re

FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2099, 12, 31)
"""The days whose clocks are known in every zone: each is the same stretch of time for Python and for an engine."""
DAY = r"(19[7-9][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}"
"""How such a day is written."""


def read_day(text: str) -> dt.date:
    """A day written as 2026-01-31. Raises ValueError, saying what is wrong with it."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("expected a date such as 2026-01-31")
    if not re.fullmatch(DAY, text):
        raise ValueError(f"expected a day from {FIRST_DAY} to {LAST_DAY}")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar") from None
