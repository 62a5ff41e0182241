"""What a job's runner obeys in its log: strangers' strings that spell it are broken, in every format.

GitHub obeys `##[error]…` anywhere in a line, and `::error::…` where a line begins, after white space; Azure Pipelines
obeys `##vso[…]` and formats by `##[…]`; TeamCity obeys `##teamcity[…]`. Whatever is written last (wrapped, clipped,
escaped) is broken here, so that nothing can put the pieces together again.
"""

from __future__ import annotations

import re

from .escape import BREAK

_NAME = 12  # letters between the signs and the bracket; the longest name is `teamcity`
REACH = _NAME + 3
"""Characters that the longest `##name[` has: who writes in pieces remembers so many."""
_SIGNS = re.compile(rf"##(?=\w{{0,{_NAME}}}\[)")
_COLONS = re.compile(r"(?<![^\n\r])([^\S\n\r]*:):")


class Commands(str):
    """Commands that the runner shall obey, with every stranger's string in them escaped: the log takes them as is."""

    __slots__ = ()


def inert(text: str, mark: str = BREAK) -> str:
    """The text with a mark inside each command.

    The mark stands inside the signs: a runner that compares without invisible characters then cuts the name of the
    command in the wrong place, and knows none of that name.
    """
    return _respelled(text, f"{mark}#", f"{mark}:")


def inert_json(text: str) -> str:
    """JSON of the same value: the second sign is an escape. No line of JSON begins with a colon."""
    return _respelled(text, r"\u0023", ":")


def inert_markup(text: str) -> str:
    """XML or HTML of the same text: the second sign is a character reference."""
    return _respelled(text, "&#35;", "&#58;")


def is_obeyed(text: str) -> bool:
    """Whether a runner would find a command in these lines."""
    return _SIGNS.search(text) is not None or _COLONS.search(text) is not None


def _respelled(text: str, sign: str, colon: str) -> str:
    if "##" in text:
        text = _SIGNS.sub(lambda _: f"#{sign}", text)
    if "::" in text:
        text = _COLONS.sub(lambda start: f"{start[1]}{colon}", text)
    return text
