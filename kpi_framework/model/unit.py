"""Units of values: what they measure and how they convert."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from .quoting import shown
from .record import Record

MICROSECONDS = {"seconds": 10**6, "minutes": 60 * 10**6, "hours": 3600 * 10**6, "days": 86_400 * 10**6}
"""Units of duration, in microseconds. A day is 24 hours."""
PLAIN = ("count", "percent", "score", "ratio")
_SPELLINGS = {
    "s": "seconds", "sec": "seconds", "second": "seconds",
    "m": "minutes", "min": "minutes", "minute": "minutes",
    "h": "hours", "hour": "hours", "d": "days", "day": "days", "%": "percent",
}  # fmt: skip
UNIT = rf"^({'|'.join((*PLAIN, *MICROSECONDS))}|[A-Z]{{3}})$"
"""The shape of a unit."""
_PARTS = r"(\.[0-9]{1,9})? ?"
STRETCH = (
    rf"^([0-9]{{1,5}}{_PARTS}(d|day|days)|[0-9]{{1,6}}{_PARTS}(h|hour|hours)"
    rf"|[0-9]{{1,8}}{_PARTS}(m|min|minute|minutes)|[0-9]{{1,9}}{_PARTS}(s|sec|second|seconds))$"
)
"""The shape of a duration: `2 days`. At most three centuries, so that a day and it give a day."""
WINDOW = r"^([1-9][0-9]{0,2}) ?(d|day|days)$"
"""The shape of a trailing window: whole days."""
SHARE = r"^(100|[0-9]{1,2}(\.[0-9]{1,15})?) ?%$"
"""The shape of a share: `50%`."""
_NUMBER = r"[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18}"
_QUANTITY = re.compile(rf"\s*([+-]?(?:{_NUMBER}))\s*(%|[A-Za-z]*)\s*")


def is_unit(text: str) -> bool:
    """Whether a KPI may have this unit."""
    return bool(re.fullmatch(UNIT, text))


def is_currency(text: str) -> bool:
    """Whether it has the shape of an ISO 4217 code: three capital letters."""
    return bool(re.fullmatch(r"[A-Z]{3}", text))


class Amount(Record):
    """A number and the unit it was written with, if any."""

    number: Fraction
    unit: str | None = None

    def to(self, unit: str) -> float:
        """The number in `unit`; percent become fractions. Raises ValueError where the two do not convert."""
        if self.unit == unit == "percent":
            return float(self.number / 100)
        if unit == "percent":
            raise ValueError(f"write a percent with its sign: {float(self.number):g}%")
        if self.unit is None or self.unit == unit:
            return float(self.number)
        if self.unit in MICROSECONDS and unit in MICROSECONDS:
            return float(self.number * MICROSECONDS[self.unit] / MICROSECONDS[unit])
        raise ValueError(f"{self.unit} cannot be converted to {unit}")


@lru_cache(maxsize=None, typed=True)
def read_amount(quantity: int | float | str) -> Amount:
    """Read `60`, `60 min`, `95%`, `8 GBP`. Raises ValueError, saying what was expected."""
    if not isinstance(quantity, str):
        return Amount(Fraction(repr(quantity)))
    match = _QUANTITY.fullmatch(quantity)
    if not match:
        raise ValueError(
            f"{shown(quantity)} is not a number of at most 18 digits with a unit, such as `60 min`, `95%` or `8 GBP`"
        )
    unit = _SPELLINGS.get(match[2], match[2]) or None
    if unit is not None and not is_unit(unit):
        raise ValueError(f"{shown(match[2])} is not a unit")
    return Amount(Fraction(match[1]), unit)


_PART = re.compile(rf"\s*({_NUMBER})\s*%\s*of\s+(baseline|previous)\s*")
_OFFSET = re.compile(r"\s*(baseline|previous)\s*([+-])\s*(.+)")


class Limit(Record):
    """A limit of a target: an amount, a share of a reference (`90% of baseline`), or an offset from one."""

    amount: Amount
    reference: str | None = None
    is_share: bool = False


@lru_cache(maxsize=None, typed=True)
def read_limit(quantity: int | float | str) -> Limit:
    """Read `60 min`, `90% of baseline`, `previous - 10 min`. Raises ValueError."""
    if isinstance(quantity, str):
        if part := _PART.fullmatch(quantity):
            return Limit(Amount(Fraction(part[1]) / 100), part[2], is_share=True)
        if offset := _OFFSET.fullmatch(quantity):
            amount = read_amount(offset[3])
            sign = -1 if offset[2] == "-" else 1
            return Limit(Amount(sign * amount.number, amount.unit), offset[1])
    return Limit(read_amount(quantity))


@lru_cache(maxsize=None, typed=True)
def read_microseconds(quantity: int | float | str) -> int:
    """Read a duration, `2 days`, as microseconds. Raises ValueError."""
    amount = read_amount(quantity)
    if amount.unit not in MICROSECONDS:
        raise ValueError(f"{shown(str(quantity))} is not a duration, such as `2 days`")
    return round(amount.number * MICROSECONDS[amount.unit])


@lru_cache(maxsize=None, typed=True)
def read_share(quantity: int | float | str) -> float:
    """Read a share, `50%`, as a fraction between 0 and 1. Raises ValueError."""
    amount = read_amount(quantity)
    share = amount.to("percent") if amount.unit else float(amount.number)
    if not 0 <= share <= 1:
        raise ValueError(f"{shown(str(quantity))} is not a share between 0% and 100%")
    return share


def read_days(window: str) -> int:
    """The days of a trailing window such as `30 days`."""
    match = re.match(WINDOW, window)
    assert match is not None, "the model has checked its shape"
    return int(match[1])
