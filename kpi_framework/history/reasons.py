"""Why a change was made: the `Reason:` lines of the commits, merges and squashes that make it. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ..model.change import Change, Commit

_KEY = "Reason"
_FEWEST_CHARACTERS = 6
_WORDS = 2


def is_reason(text: str) -> bool:
    """Whether a text says why: more than a word; in scripts without blanks, at least six characters."""
    if any(_is_unspaced(c) for c in text):
        return sum(unicodedata.category(c)[0] in "LN" for c in text) >= _FEWEST_CHARACTERS
    words = [word for word in text.split() if any(unicodedata.category(c)[0] in "LN" for c in word)]
    return len(words) >= _WORDS


_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


def _is_unspaced(character: str) -> bool:
    return character > "\u0dff" and unicodedata.name(character, "").startswith(_UNSPACED)


def own_reason(kpi: str | None, commit: Commit, merge: Commit | None = None) -> str | None:
    """What a commit, and the merge that brought it in, say of a change of theirs; None where they say nothing of it."""
    reasons = [text for source in (commit, merge) if source for text in _of(source, kpi) if is_reason(text)]
    return " ".join(dict.fromkeys(reasons)) or None


def named_reason(change: Change, later: Iterable[Commit]) -> str | None:
    """What later commits say of a change by its name: the id of its definition, or of one that it touches."""
    names = {change.kpi, *change.touches} if change.kpi is None else {change.kpi}
    keys = [f"{_KEY} {name}" for name in names if name]
    reasons = [text for commit in later for key in keys for text in commit.trailer(key) if is_reason(text)]
    return " ".join(dict.fromkeys(reasons)) or None


def _of(commit: Commit, kpi: str | None) -> tuple[str, ...]:
    named = commit.trailer(f"{_KEY} {kpi}") if kpi else ()
    return (*commit.trailer(_KEY), *named)
