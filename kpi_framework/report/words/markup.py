"""Two inks for one wording: markdown, where a stranger's string must be escaped, and the terminal."""

from __future__ import annotations

from collections.abc import Callable

from ...model.record import Record
from .escape import clean, clip, code, link, message, prose


class Ink(Record):
    """How strings of the project are written.

    As text, as code (names, formulas, places), as a link, as words with `code` in them, or as the page of that name
    beside this one.
    """

    prose: Callable[[str], str]
    code: Callable[[str], str]
    link: Callable[[str], str]
    message: Callable[[str], str]
    page: Callable[[str], str] = str


def _plain(text: str) -> str:
    return clip(clean(text), 300)


def _plain_message(text: str) -> str:
    return clip(clean(text), 600)


MARKDOWN = Ink(prose, code, lambda address: link("open it", address), message, lambda name: f"[{name}]({name}.md)")
PLAIN = Ink(_plain, _plain, _plain, _plain_message)
