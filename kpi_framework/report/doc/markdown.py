"""A markdown document with a size: sections in order of weight, the last ones cut first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model.record import Record
from ..words.workflow_commands import inert

LARGEST = 1_000_000
"""Bytes: a step summary on GitHub holds 1 MiB and is lost whole beyond it."""
_RESERVE = 400  # bytes kept for each later section: its heading, its lead and the note on what was cut


class Section(Record):
    """A heading, what always stands under it, and blocks of which the last may be cut."""

    title: str
    blocks: tuple[str, ...]
    lead: str = ""
    noun: str = "entry"

    @property
    def opening(self) -> str:
        """The heading and the lead."""
        return "\n\n".join(part for part in (self.title and f"## {self.title}", self.lead) if part)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], lead: str = "") -> Section:
    """A section that is one table; its cells are escaped already."""
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    blocks = tuple(f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows)
    return Section(title, blocks, f"{lead}\n\n{head}" if lead else head, "row")


def write(sections: Sequence[Section], largest: int = LARGEST) -> str:
    """The sections that are not empty, within `largest` bytes; the page says how much was cut.

    All markdown passes here: whatever a block holds, a runner that prints the document finds no command in it.
    """
    filled = [section for section in sections if section.blocks]
    left = largest - _RESERVE * len(filled)
    texts = []
    for section in filled:
        text = _fitted(section, left)
        left -= _size(text)
        texts.append(text)
    return "\n\n".join(texts) + "\n"


def _fitted(section: Section, room: int) -> str:
    """The section's opening and as many of its blocks as there is room for."""
    opening = inert(section.opening)
    text, fitting = [opening], 0
    room -= _size(opening)
    for block in map(inert, section.blocks):
        room -= _size(block) + 2
        if room < 0:
            break
        text.append(block)
        fitting += 1
    body = _joined(section, text)
    cut = len(section.blocks) - fitting
    return (
        body
        if not cut
        else f"{body}\n\n_{cut:,} more are left out to keep this page small. scorecard.json has all of them._"
    )


def _joined(section: Section, parts: list[str]) -> str:
    """Table rows follow their head at once; list entries stand close; other blocks have a line between."""
    opening, *blocks = parts
    gap = "\n" if section.noun in ("row", "item") else "\n\n"
    start = "\n" if section.noun == "row" else "\n\n"
    body = gap.join(blocks)
    return start.join(part for part in (opening, body) if part)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
