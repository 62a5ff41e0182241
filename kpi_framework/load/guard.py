"""What a text must not hold before a parser sees it: too much, or what a reviewer cannot see."""

from __future__ import annotations

import re
import unicodedata

from ..model.diagnostic import Diagnostic, Span
from ..model.quoting import shown
from ..model.rule import RULES

MAX_CHARACTERS = 1_000_000

# Control characters, line ends that only parsers know (NEL, LS, PS), bidirectional marks, characters
# without a shape, halves of characters, and what a wrongly decoded file leaves behind.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\uffff"
    "\U000e0000-\U000e0fff]|\r(?!\n)"
)
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$|^={7}$", re.MULTILINE)


def without_mark(text: str) -> str:
    """The text without the byte order mark that some editors put before it."""
    return text.removeprefix("\ufeff")


def hides(text: str) -> bool:
    """Whether a text holds what a reviewer cannot see: a file may, but only spelled out."""
    return _HIDDEN.search(text) is not None


def refused(path: str, text: str) -> Diagnostic | None:
    """Why the text is not read at all, or None if it may be."""
    if len(text) > MAX_CHARACTERS:
        message = f"the file has {len(text):,} characters; the maximum is {MAX_CHARACTERS:,}"
        return RULES["yaml-syntax"].finding(Span(path), message, "Split the file, or move data out of it.")
    if hidden := _HIDDEN.search(text):
        return _hidden(path, text, hidden.start())
    if conflict := _CONFLICT.search(text):
        message = f"there is an unresolved merge conflict here: {shown(conflict[0])}"
        hint = "Keep one of the two sides, and remove the lines with <<<<<<<, ======= and >>>>>>>."
        return RULES["yaml-syntax"].finding(span_at(path, text, conflict.start()), message, hint)
    return None


def span_at(path: str, text: str, index: int) -> Span:
    """The line and column of a character."""
    before = text[:index]
    return Span(path, before.count("\n") + 1, index - before.rfind("\n"))


def _hidden(path: str, text: str, index: int) -> Diagnostic:
    character = text[index]
    span = span_at(path, text, index)
    if "\ud800" <= character <= "\udfff":
        hint = "Save the file as UTF-8."
        return RULES["yaml-syntax"].finding(span, "this character is not UTF-8 text", hint)
    name = unicodedata.name(character, "a control character").lower()
    message = f"there is an invisible character here: U+{ord(character):04X} ({name})"
    return RULES["yaml-syntax"].finding(span, message, "Delete it. Such characters can hide what the file says.")
