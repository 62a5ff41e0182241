"""Quantities of definitions: limits, durations, shares and windows, read once and kept as they are written.

The text is what files, differences, hashes and pages show; the judges use what it says.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, GetCoreSchemaHandler, ValidatorFunctionWrapHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from .base import Number, text_like
from .could_not import CouldNot
from .quoting import shown
from .record import Record
from .unit import MICROSECONDS, SPELLINGS, is_unit

_PARTS = r"(\.[0-9]{1,9})? ?"
_DURATION = (
    rf"^([0-9]{{1,5}}{_PARTS}(d|day|days)|[0-9]{{1,6}}{_PARTS}(h|hour|hours)"
    rf"|[0-9]{{1,8}}{_PARTS}(m|min|minute|minutes)|[0-9]{{1,9}}{_PARTS}(s|sec|second|seconds))$"
)
# At most three centuries, so that a day and it give a day.
_WINDOW = r"^([1-9][0-9]{0,4}) ?(d|day|days)$"
_SHARE = r"^(100|[0-9]{1,2}(\.[0-9]{1,15})?) ?%$"
_NUMBER = r"[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18}"
_AMOUNT = re.compile(rf"\s*([+-]?(?:{_NUMBER}))\s*(%|[A-Za-z]*)\s*")
_PART = re.compile(rf"\s*({_NUMBER})\s*%\s*of\s+(baseline|previous)\s*")
_OFFSET = re.compile(r"\s*(baseline|previous)\s*([+-])\s*(.+)")

Plain = int | float | str
"""A quantity as YAML and JSON have it."""


class Amount(Record):
    """A number and the unit it is written with, if any."""

    number: Fraction
    unit: str | None = None

    def exactly(self, unit: str) -> Fraction | CouldNot:
        """The number in `unit`; percent become fractions."""
        if unit == "percent":
            if self.unit == unit:
                return self.number / 100
            return CouldNot(f"write a percent with its sign: {float(self.number):g}%")
        if self.unit is None or self.unit == unit:
            return self.number
        if self.unit in MICROSECONDS and unit in MICROSECONDS:
            return self.number * MICROSECONDS[self.unit] / MICROSECONDS[unit]
        return CouldNot(f"{self.unit} cannot be converted to {unit}")

    def to(self, unit: str) -> float | CouldNot:
        """The number in `unit`, rounded to what a float can hold."""
        number = self.exactly(unit)
        return number if isinstance(number, CouldNot) else float(number)


class Relative(Record):
    """A limit that is a share of a reference (`90% of baseline`), or an offset from one (`previous - 10 min`)."""

    reference: str
    amount: Amount
    is_share: bool = False


class Written(Record):
    """Something of a definition that is written as a number or a text, and keeps it."""

    written: Plain

    SHAPE: ClassVar[Any]
    """The annotation that checks the shape, and that is its JSON Schema."""

    @classmethod
    def read(cls, written: Plain) -> Self:
        """What a number or text of the right shape says."""
        raise NotImplementedError

    def __str__(self) -> str:
        return str(self.written)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read by the model when it reads a file, and written as it stood there."""
        return core_schema.no_info_wrap_validator_function(
            cls._validated,
            handler.generate_schema(cls.SHAPE),
            serialization=core_schema.plain_serializer_function_ser_schema(cls._plain),
        )

    @classmethod
    def _validated(cls, value: Any, check: ValidatorFunctionWrapHandler) -> Self:
        return value if isinstance(value, cls) else cls.read(check(value))

    @staticmethod
    def _plain(value: Written) -> Plain:
        return value.written


class Quantity(Written):
    """A limit or value of a KPI: a number in its unit, or `60 min`, `95%`, `8 GBP`, `90% of baseline`.

    A text that says none of these is a quantity as well: lint shows why it cannot be read.
    """

    reading: Amount | Relative | CouldNot

    SHAPE = Number | str

    @classmethod
    def read(cls, written: Plain) -> Quantity:
        """What it says."""
        return cls(written, _reading(written))

    @property
    def reference(self) -> str | None:
        """What it is relative to: baseline, previous, or nothing."""
        return self.reading.reference if isinstance(self.reading, Relative) else None

    @property
    def is_share(self) -> bool:
        """Whether it is a share of its reference."""
        return isinstance(self.reading, Relative) and self.reading.is_share

    def amount_in(self, unit: str) -> Fraction | CouldNot:
        """The number it holds, in `unit`: its own, its share of the reference or its offset from it."""
        match self.reading:
            case CouldNot() as unreadable:
                return unreadable
            case Relative(amount=amount, is_share=True):
                return amount.number
            case Relative(amount=amount) | (Amount() as amount):
                return amount.exactly(unit)

    def step_in(self, unit: str) -> Fraction | CouldNot:
        """What its last written digit stands for, in `unit`: a minute in `47 min`, a tenth of a point in `95.0%`."""
        digits = re.search(r"[0-9.]+(?:e[+-]?[0-9]+)?", str(self.written))
        if not isinstance(self.reading, Amount) or digits is None:
            return _not_an_amount(str(self.written))
        places = min(int(Decimal(digits[0]).as_tuple().exponent), 0)
        return Amount(Fraction(10) ** places, self.reading.unit).exactly(unit)

    def to(self, unit: str) -> float | CouldNot:
        """The number in `unit`; a relative quantity has none."""
        if isinstance(self.reading, Relative):
            return _not_an_amount(str(self.written))
        return self.reading if isinstance(self.reading, CouldNot) else self.reading.to(unit)


class Duration(Written):
    """A length of time, `2 days`; a day is 24 hours."""

    microseconds: int

    SHAPE = Annotated[
        str,
        text_like(_DURATION, "a stretch of time of at most 99,999 days, such as `2 days`"),
        WithJsonSchema({"type": "string", "pattern": _DURATION}),
    ]

    @classmethod
    def read(cls, written: Plain) -> Duration:
        """Its length, in microseconds."""
        amount = _amount(written)
        assert isinstance(amount, Amount), "its shape is checked"
        return cls(written, round(amount.number * MICROSECONDS[amount.unit or ""]))

    @property
    def delta(self) -> dt.timedelta:
        """Its length, to add to an instant."""
        return dt.timedelta(microseconds=self.microseconds)


def _share(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if (is_number and 0 <= value <= 1) or (isinstance(value, str) and re.fullmatch(_SHARE, value)):
        return value
    raise ValueError("expected a share, such as `50%`")


class Share(Written):
    """A part of a whole: `50%`, or a fraction between 0 and 1."""

    fraction: float

    SHAPE = Annotated[
        float | str,
        BeforeValidator(_share),
        WithJsonSchema(
            {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": _SHARE}]}
        ),
    ]

    @classmethod
    def read(cls, written: Plain) -> Share:
        """The fraction."""
        amount = _amount(written)
        assert isinstance(amount, Amount), "its shape is checked"
        return cls(written, float(amount.number / 100 if amount.unit else amount.number))


class Window(Written):
    """The length of a trailing window, in whole days: `30 days`."""

    days: int

    SHAPE = Annotated[
        str,
        text_like(_WINDOW, "whole days, at most 99,999, such as `30 days`"),
        WithJsonSchema({"type": "string", "pattern": _WINDOW}),
    ]

    @classmethod
    def read(cls, written: Plain) -> Window:
        """The days."""
        amount = _amount(written)
        assert isinstance(amount, Amount), "its shape is checked"
        return cls(written, int(amount.number))


@lru_cache(maxsize=4_096, typed=True)
def _reading(written: Plain) -> Amount | Relative | CouldNot:
    if isinstance(written, str):
        if part := _PART.fullmatch(written):
            return Relative(part[2], Amount(Fraction(part[1]) / 100), is_share=True)
        if offset := _OFFSET.fullmatch(written):
            amount = _amount(offset[3])
            sign = -1 if offset[2] == "-" else 1
            return (
                amount
                if isinstance(amount, CouldNot)
                else Relative(offset[1], Amount(sign * amount.number, amount.unit))
            )
    return _amount(written)


@lru_cache(maxsize=4_096, typed=True)
def _amount(written: Plain) -> Amount | CouldNot:
    if not isinstance(written, str):
        return Amount(Fraction(repr(written)))
    match = _AMOUNT.fullmatch(written)
    if not match:
        return _not_an_amount(written)
    unit = SPELLINGS.get(match[2], match[2]) or None
    if unit is not None and not is_unit(unit):
        return CouldNot(f"{shown(match[2])} is not a unit")
    return Amount(Fraction(match[1]), unit)


def _not_an_amount(written: str) -> CouldNot:
    return CouldNot(
        f"{shown(written)} is not a number of at most 18 digits with a unit, such as `60 min`, `95%` or `8 GBP`"
    )
