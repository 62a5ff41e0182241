"""Words of cells and column names: for no value, for a canonical word, for a time that lies ahead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ..model.record import Record

# Texts that tools write where there is no value, looked for only in cells that should be numbers or times.
_NO_VALUE = (
    "?", "-", "--", "N/A", "n/a", "NA", "NULL", "Null", "null", "None", "none", "nil", "\\N", "#N/A",
    "0000-00-00 00:00:00", "0000-00-00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "9999-12-31 00:00:00",
)  # fmt: skip
_AHEAD = ("due", "pending", "until")
_MIDNIGHT = r"([T ]00:00(:00(\.0+)?)?Z?|[T ]12:00(:00)? AM)?"
_ODD_DATE = re.compile(
    rf"((0001|1601|1753|1900|1970)-01-01|1899-12-3[01]|9999-12-31"
    rf"|0?1[./-]0?1[./-](0001|1601|1753|1900|1970)|3[01][./-]12[./-](1899|9999)|12/3[01]/(1899|9999)){_MIDNIGHT}"
)
"""A date by which a program says that there is none."""


class ColumnWords(Record):
    """The words of a column that has a list of canonical ones."""

    canonical: Mapping[str, str]
    """Words that stand for a canonical one, and which."""
    unmapped: tuple[str, ...] = ()
    """Words that stand for none."""


def column_words(texts: Iterable[str], mapping: Mapping[str, str], words: Collection[str]) -> ColumnWords:
    """What the texts of a column mean by its mapping; a text without one stands for itself."""
    meanings = {text: mapping.get(text, text) for text in texts}
    canonical = {text: word for text, word in meanings.items() if word in words}
    return ColumnWords(canonical, tuple(text for text in meanings if text not in canonical))


def no_value_texts(texts: Collection[str]) -> tuple[str, ...]:
    """Of texts among numbers and times, those that mean that there is no value."""
    return tuple(text for text in _NO_VALUE if text in texts)


def odd_dates(texts: Iterable[str]) -> tuple[str, ...]:
    """Of texts among times, the dates by which programs say that there is none: `1900-01-01 00:00:00`."""
    return tuple(text for text in texts if _ODD_DATE.fullmatch(text))


def lies_ahead(name: str) -> bool:
    """Whether a column of times says by its name when something is due, not when it happened."""
    return any(word in name for word in _AHEAD)
