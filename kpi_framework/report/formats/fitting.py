"""Messages that a service takes only up to a size: as many paragraphs as fit, and a line that counts the others."""

from __future__ import annotations

from collections.abc import Callable

from ...model.record import replace
from ..view.letters import Letter
from ..words.phrases import counted

_SIZE = 24_000
"""In bytes: Teams takes 28 kB."""


def fitted(letter: Letter, write: Callable[[Letter, str], str], most: int) -> str:
    """The message with as many paragraphs as fit; `write` is also given the line that counts the others, or ''."""
    for count in range(min(len(letter.paragraphs), most), 0, -1):
        others = len(letter.paragraphs) - count
        left = f"{counted(others, 'more notice')} did not fit." if others else ""
        message = write(replace(letter, paragraphs=letter.paragraphs[:count]), left)
        if len(message.encode()) <= _SIZE:
            break
    return message
