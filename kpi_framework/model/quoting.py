"""What a message shows of a person's own words: a short and plain value as it stands, of any other its kind and length.

A value may be a password that got into the wrong file, a page of text, or characters that nobody sees. A message goes
into logs, pull requests and terminals, so it never carries more of it than a reader needs to find the place.
"""

from __future__ import annotations

from collections.abc import Collection
from heapq import nsmallest
from itertools import islice

LONGEST = 60
"""So many characters of a value are shown, at most."""
LONGEST_LINE = 200
"""So many characters of a corrected line are shown, at most."""
_LISTED, _MOST = 20, 1_000
_SENTENCES = 1_000


def is_plain(text: str, longest: int = LONGEST) -> bool:
    """Whether a text may be shown: short, on one line, and nothing in it that nobody sees."""
    return len(text) <= longest and text.isprintable()


def shown(text: str) -> str:
    """A value in backticks; of one that is long or not plain, what it is: `…` (a text of 512 characters)."""
    return f"`{text}`" if is_plain(text) else f"`…` ({measured(text)})"


def plain_or(text: str, otherwise: str) -> str:
    """A value where it may be shown, else a word in its place."""
    return text if is_plain(text) else otherwise


def measured(text: str) -> str:
    """A text that is not shown: its kind and length."""
    return f"a text of {len(text):,} character{'s' if len(text) != 1 else ''}"


def listed(names: Collection[str]) -> str:
    """The first names of a collection by the alphabet, and how many more there are: `a, b, c and 17 more`."""
    first = [plain_or(name, "…") for name in nsmallest(_LISTED, islice(names, _MOST))]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more:,} more" if more else "")


def one_line(sentence: str) -> str:
    """A message as it may be printed anywhere: on one line, of bounded length, unseen characters spelled out."""
    cut = sentence if len(sentence) <= _SENTENCES else f"{sentence[: _SENTENCES - 1]}…"
    return cut if cut.isprintable() else "".join(map(_spelled, cut))


def _spelled(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character in "\n\r\t\u00a0" else f"U+{ord(character):04X}"
