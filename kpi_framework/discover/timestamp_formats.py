"""How a column of cells writes timestamps: the formats that read every cell, found by trying."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from ..model.months import MONTHS
from ..model.period import is_zone
from ..model.record import Record, replace
from ..model.source import swapped

_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?( ?([Zz]|[+-]\d{2}(:?\d{2})?))?")
_OFFSET = re.compile(r":\d{2}(\.\d+)? ?([Zz]|[+-]\d{2}:?\d{2})$")
_BRACKETS = re.compile(r" \(([A-Za-z]+(?:/[A-Za-z0-9_+-]+)*)\)$")
_ZONE = " (%Z)"
_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d/%b/%y", "%d/%b/%Y", "%d-%b-%Y",
         "%d %b %Y", "%b %d, %Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y")  # fmt: skip
_TIMES = (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "")
FORMATS = (*(day + time for day in _DAYS for time in _TIMES), "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z")
_ISO_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S",
                "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d")  # fmt: skip
_SAMPLE = 200
_COUNTED = {"excel": (32_874.0, 73_050.0), "epoch": (631_152_000.0, 2_524_608_000.0),
            "epoch_ms": (631_152_000_000.0, 2_524_608_000_000.0)}  # fmt: skip
"""Formats of times that are numbers, and the numbers of 1990 to 2050."""
_NUMBER = re.compile(r"\d+(\.\d+)?")
_WORD = re.compile(r"[^\W\d_]{3,}\.?")
_MONTHS = {name: english[0] for english in MONTHS for name in english}
"""The names of months in several languages, and their short names in English."""


class TimestampFormats(Record):
    """How timestamps are written. `formats` empty: ISO 8601. `rivals` read every cell as well, otherwise."""

    formats: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    unread: int = 0
    zone: str | None = None
    has_offset: bool = False
    newest: dt.datetime | None = None


def timestamp_formats_of(cells: Sequence[str], preferred: Sequence[str] = ()) -> TimestampFormats:
    """The formats of these cells, `preferred` first where several read them all."""
    zones = {m[1] for c in cells if (m := _BRACKETS.search(c))}
    bare = tuple(dict.fromkeys(_BRACKETS.sub("", c) for c in cells))
    readable = _zoneless_formats(bare, tuple(dict.fromkeys([*(f.removesuffix(_ZONE) for f in preferred), *FORMATS])))
    if not zones:
        return readable
    zone = min(zones) if len(zones) == 1 and is_zone(min(zones)) else None
    formats = readable.formats or ("%Y-%m-%d %H:%M:%S",)
    plain = formats if any(not _BRACKETS.search(c) for c in cells) else ()
    return replace(readable, formats=(*(f"{f}{_ZONE}" for f in formats), *plain), zone=zone)


def _zoneless_formats(cells: Sequence[str], known: Sequence[str]) -> TimestampFormats:
    """The formats of cells without the name of a zone."""
    offset = any(_OFFSET.search(c) for c in cells)
    if all(_ISO.fullmatch(c) for c in cells):
        return TimestampFormats(has_offset=offset, newest=_newest(cells, ()))
    able = [f for f in known if all(read(c, f) for c in cells[:_SAMPLE])]
    whole = [f for f in able if all(read(c, f) for c in cells)]
    if whole:
        rivals = tuple(f for f in whole[1:] if any(read(c, f) != read(c, whole[0]) for c in cells))
        return TimestampFormats((whole[0],), rivals, has_offset=offset, newest=_newest(cells, whole[:1]))
    formats = _several(cells, known)
    unread = sum(not any(read(c, f) for f in formats) for c in cells)
    return TimestampFormats(formats, (), unread, has_offset=offset, newest=_newest(cells, formats))


def _several(cells: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The few formats that together read the most cells; of two that read one cell otherwise, the first alone."""
    formats: list[str] = []
    left = list(cells)
    while left:
        best = max(known, key=lambda f: sum(read(c, f) is not None for c in left[:_SAMPLE]))
        unread = [c for c in left if read(c, best) is None]
        if len(unread) == len(left) or swapped(best) in formats:
            break
        formats.append(best)
        left = unread
    return tuple(formats)


def spelled_iso(cells: Sequence[str]) -> tuple[str, ...]:
    """The formats of ISO 8601 that these cells have: for a column among others that are written otherwise."""
    return _several(cells, _ISO_FORMATS)


def read(cell: str, form: str) -> dt.datetime | None:
    """A cell by a format; None where it does not fit."""
    try:
        if form in _COUNTED:
            return _counted(float(cell), form)
        return dt.datetime.strptime(_in_english(cell) if "%b" in form else cell, form)
    except (ValueError, OverflowError):
        return None


def counted_formats(cells: Sequence[str]) -> tuple[str, ...]:
    """The format of times that are numbers of days or seconds; none where they are not all such numbers."""
    for form, (low, high) in _COUNTED.items():
        if cells and all(_NUMBER.fullmatch(cell) and low <= float(cell) <= high for cell in cells):
            return (form,)
    return ()


def _counted(number: float, form: str) -> dt.datetime | None:
    low, high = _COUNTED[form]
    if not low <= number <= high:
        return None
    if form == "excel":
        return dt.datetime(1899, 12, 30) + dt.timedelta(days=number)
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=number / (1_000 if form == "epoch_ms" else 1))


def _in_english(cell: str) -> str:
    """The cell with the name of its month as strptime knows it."""
    return _WORD.sub(lambda match: _MONTHS.get(match[0].rstrip(".").casefold(), match[0]), cell)


def _newest(cells: Iterable[str], formats: Sequence[str]) -> dt.datetime | None:
    moments = [iso(c) if not formats else next((t for f in formats if (t := read(c, f))), None) for c in cells]
    return max((t.replace(tzinfo=None) for t in moments if t), default=None)


def iso(cell: str) -> dt.datetime | None:
    """A cell by ISO 8601; None where it does not fit."""
    try:
        return dt.datetime.fromisoformat(cell)
    except ValueError:
        return None
