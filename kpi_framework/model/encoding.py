"""How the characters of a file are encoded: the names of Python's text encodings."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_NAMES = {"utf-8-sig": "utf-8", "iso8859-1": "latin-1", "cp1252": "windows-1252"}
"""What kpi.yaml calls an encoding that Python calls otherwise; a mark at the beginning is no character."""
_OF_THE_MACHINE = frozenset({"mbcs", "oem", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Encodings that mean something else on another machine, or none of a file."""
_SHAPE = (
    r"^([A-Za-z][A-Za-z_. -]{0,20}[0-9][A-Za-z0-9_.:-]{0,20}"
    r"|ascii|gbk|hz|johab|euc[_-][a-z]{2}|mac[_-][a-z]+|shift[_-]jis)$"
)
"""The names of almost all encodings end in a number."""


def _encoding(value: Any) -> str:
    """The name of an encoding; all that Python has for it are one. Raises ValueError."""
    try:
        known = codecs.lookup(value if isinstance(value, str) and re.fullmatch(_SHAPE, value) else "")
    except (LookupError, ValueError):
        known = None
    # Python has codecs that are no encodings of text, such as zip.
    if known is None or not known._is_text_encoding or known.name in _OF_THE_MACHINE:
        raise ValueError("expected an encoding that Python knows, such as utf-8, utf-16, windows-1252 or latin-1")
    return _NAMES.get(known.name, known.name)


Encoding = Annotated[
    str,
    BeforeValidator(_encoding),
    WithJsonSchema({
        "type": "string", "pattern": _SHAPE, "examples": ["utf-8", "utf-16", "windows-1252", "latin-1", "mac_roman"],
    }),
]  # fmt: skip
