"""The forms of a meaning: one tree, written once for each version of the language, and the hash of each.

Where the languages write a part otherwise, the tree holds `Forms` of it; all else is the same in both. What is new in
language 2 is absent from a definition that does not use it, so that its hash does not change with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

from ..model.language import FORMER
from ..model.record import Record

ABSENT = object()
"""In place of a part that one of the forms does not have."""


class Forms(Record):
    """A part as language 1 wrote it, in the bytes of 0.1.0, and as it is written from language 2 on."""

    former: object
    current: object


def unordered(words: Collection[str]) -> Forms:
    """Words whose order and number mean nothing."""
    return Forms(words, sorted(set(words)))


def header(name: str) -> Forms:
    """The header of a source's column: neither its case nor its outer blanks tell it from another."""
    return Forms(name, name.strip().lower())


def hash_of(meaning: object, language: int) -> str:
    """`sha256:2:…` over a meaning as one language writes it."""
    form = formed(meaning, language)
    text = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{language}:{hashlib.sha256(text.encode()).hexdigest()}"


def formed(meaning: object, language: int) -> object:
    """A meaning in one form, as plain values."""
    if isinstance(meaning, Forms):
        return formed(meaning.former if language == FORMER else meaning.current, language)
    if isinstance(meaning, dict):
        parts = {name: formed(part, language) for name, part in meaning.items()}
        return {name: part for name, part in parts.items() if part is not ABSENT}
    return meaning
