"""Plain scalars by the core schema of YAML 1.2: `no`, `on`, `12:30` and dates stay text; 012 is 12."""

from __future__ import annotations

import math
import re
from typing import Final

from ..model.quoting import shown

Scalar = str | int | float | bool | None

_WORDS: Final[dict[str, Scalar]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<decimal>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hexadecimal>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<none>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
_FIRST = frozenset("+-.0123456789")
_BASES = {"decimal": 10, "octal": 8, "hexadecimal": 16}
_LARGEST = 2**63 - 1
_DIGITS = 400  # Python refuses longer texts; no number of a KPI has as many digits.


class NotANumberError(ValueError):
    """It is written like a number, and there is no such number here."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar. Raises NotANumberError for .inf, .nan and numbers too large."""
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text) if text[0] in _FIRST else None
    return _number(match) if match else text


def _number(match: re.Match[str]) -> int | float:
    kind, text = match.lastgroup or "", match[match.lastgroup or 0]
    if kind == "none" or len(text) > _DIGITS:
        raise NotANumberError(_named(match[0]))
    number = int(text, _BASES[kind]) if kind in _BASES else float(text)
    if (isinstance(number, int) and abs(number) > _LARGEST) or math.isinf(number):
        raise NotANumberError(_named(match[0]))
    return number


def _named(text: str) -> str:
    return f"expected a finite number of at most 18 digits, found {shown(text)}"
