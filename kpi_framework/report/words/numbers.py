"""Numbers as people read them: each number has a row of readings, from coarse to exact."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ...model.record import Record
from ...model.unit import MICROSECONDS, is_currency

Number = float | int | Decimal

GAP = "\u202f"
"""The narrow no-break space between groups of three digits."""
POINTS = "points"
"""The unit of a difference between two percents."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LONG = 2 * _HOUR
_SUFFIXES = {"percent": " %", POINTS: " points", "seconds": " s", "minutes": " min"}
_WHOLE_CURRENCIES = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"})
_SMALLEST, _LARGEST = -6, 14  # powers of ten beyond which figures are written as 1.23e-09


class Reading(Record):
    """A text, and the number a reader takes from it (durations in seconds, percents in hundredths)."""

    says: Decimal
    text: str


def decimal(value: Number) -> Decimal:
    """The number as it is written: 0.1 is one tenth."""
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def readings(value: Number, unit: str, least: int = 3) -> Iterator[Reading]:
    """The readings of a value of this unit, each finer than the one before; the last one is exact.

    `least` are the significant digits of the first. A limit somebody wrote (least=1) drops zeros at its end.
    """
    number = decimal(value)
    if unit in MICROSECONDS:
        yield from _durations(number, unit, least)
        return
    if unit in ("percent", POINTS):
        number = number.scaleb(2)
    fixed = 0 if unit in _WHOLE_CURRENCIES or not is_currency(unit) else 2
    is_whole = unit == "count" and number == number.to_integral_value()
    suffix = f" {unit}" if is_currency(unit) else _SUFFIXES.get(unit, "")
    yield from _figures(number, suffix, 1 if is_whole else least, fixed)


def _durations(number: Decimal, unit: str, least: int) -> Iterator[Reading]:
    seconds = number * (MICROSECONDS[unit] // 1_000_000)
    if abs(seconds) >= _LONG and seconds.adjusted() <= _LARGEST:
        yield from _long_durations(seconds, least)
        return
    printed = "seconds" if unit == "seconds" else "minutes"
    scale = 1 if unit == "seconds" else _MINUTE
    figure = number if printed == unit else number * (MICROSECONDS[unit] // MICROSECONDS[printed])
    for reading in _figures(figure, _SUFFIXES[printed], least, 0):
        yield Reading(reading.says * scale, reading.text)


def _long_durations(seconds: Decimal, least: int) -> Iterator[Reading]:
    steps = (_HOUR, _MINUTE, 1) if abs(seconds) >= 2 * _DAY else (_MINUTE, 1)
    for step in steps:
        rounded = int((seconds / step).to_integral_value()) * step
        yield Reading(Decimal(rounded), _clock(rounded, steps[0], step, least))
    whole = int(seconds)
    if seconds != whole:
        fraction = f"{abs(seconds - whole):f}".rstrip("0").removeprefix("0")
        text = _clock(whole, steps[0], 1, 3).removesuffix(" s")
        yield Reading(seconds, f"{text}{fraction} s")


def _clock(seconds: int, first: int, finest: int, least: int) -> str:
    """`3 d 04 h`, `2 h 05 min`, `2 h 05 min 09 s`: from the largest part to the finest."""
    left, parts = abs(seconds), []
    named = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (1, "s"))
    for size, name in named[0 if first == _HOUR else 1 :]:
        if size < finest:
            break
        count, left = divmod(left, size)
        parts.append((count, name))
    while least == 1 and len(parts) > 1 and parts[-1][0] == 0:
        parts.pop()
    lead, *others = parts
    texts = [f"{_grouped(str(lead[0]))} {lead[1]}", *(f"{count:02d} {name}" for count, name in others)]
    return ("−" if seconds < 0 else "") + " ".join(texts)


def _figures(number: Decimal, suffix: str, least: int, fixed: int) -> Iterator[Reading]:
    """Decimal figures with at least `least` significant digits and `fixed` decimals."""
    size = number.adjusted() if number else 0
    if number and not _SMALLEST <= size <= _LARGEST:
        yield from _scientific(number, suffix, least)
        return
    first = max(fixed, least - 1 - size, 0) if number else fixed
    last = max(first, -int(number.normalize().as_tuple().exponent))
    for decimals in range(first, last + 1):
        figure = f"{number:.{decimals}f}"
        yield Reading(Decimal(figure), _signed(figure) + suffix)


def _scientific(number: Decimal, suffix: str, least: int) -> Iterator[Reading]:
    digits = len(number.normalize().as_tuple().digits)
    for decimals in range(least - 1, max(digits, least)):
        figure = f"{number:.{decimals}e}"
        yield Reading(Decimal(figure), figure.replace("-", "−") + suffix)


def _signed(figure: str) -> str:
    whole, point, decimals = figure.removeprefix("-").partition(".")
    is_negative = figure.startswith("-") and Decimal(figure) != 0
    return ("−" if is_negative else "") + _grouped(whole) + point + decimals


def _grouped(digits: str) -> str:
    return f"{int(digits):,}".replace(",", GAP)
