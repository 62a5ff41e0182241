"""The first rows of a table: which of them is its header, and how its numbers are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from ..model.record import Record

_LOWEST = 50
"""No header is looked for below this row."""
_MOST = 0.6
_TITLE_CELLS = 2


class Numbers(Record):
    """How numbers are written."""

    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " "] | None = None


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """The row, counted from 0, that names the columns: above it stand titles, which fill few cells."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    usual = Counter(count for count in filled if count).most_common(1)
    if not usual:
        return 0
    wide = max(usual[0][0], 1)
    for number, count in enumerate(filled[:_LOWEST]):
        is_title = count < wide * _MOST or (count < _TITLE_CELLS <= wide)
        if not is_title:
            return number
    return 0


_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+|\d{1,3}([ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]\d{3})+),\d+")
_POINT = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)\.\d+")
_BY_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d{1,3}(\.\d{3}){2,}")
_BY_COMMAS = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(,\d{3}){2,}")
_BY_BLANKS = re.compile(r"[+-]?\d{1,3}([ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]\d{3})+(,\d+|\.\d+)?")
_EITHER = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")
"""A number whose only sign may stand before its decimals or its thousands: it decides nothing."""
_MONEY = re.compile(r"^[^\d+.,-]{0,4}[  ]?|[  ]?[^\d.,]{0,4}$")


def numbers_of(rows: Iterable[Sequence[str]]) -> Numbers:
    """How the numbers in some rows are written, as far as any of them decides it; without any, plainly."""
    signs: Counter[str] = Counter()
    for row in rows:
        for cell in row:
            text = _MONEY.sub("", cell.strip()) if any(sign.isdigit() for sign in cell) else ""
            if not text or _EITHER.fullmatch(text):
                continue
            signs["comma"] += bool(_COMMA.fullmatch(text))
            signs["point"] += bool(_POINT.fullmatch(text))
            signs["by points"] += bool(_BY_POINTS.fullmatch(text))
            signs["by commas"] += bool(_BY_COMMAS.fullmatch(text))
            signs["by blanks"] += bool(_BY_BLANKS.fullmatch(text))
    has_comma = bool(signs["comma"] or signs["by points"]) and not signs["point"] and not signs["by commas"]
    thousands: Literal[",", ".", " "] | None = " " if signs["by blanks"] else None
    if has_comma:
        return Numbers(",", "." if signs["by points"] else thousands)
    is_english = signs["by commas"] and not signs["comma"] and not signs["by points"]
    return Numbers(".", "," if is_english else thousands)
