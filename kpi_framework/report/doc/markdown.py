"""A document as markdown with a size: what stands last is cut first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...model.record import Record
from ..words.escape import BREAK, code, inner, prose, visible_lines
from ..words.workflow_commands import inert
from . import model

LARGEST = 1_000_000
"""Bytes: a step summary on GitHub holds 1 MiB and is lost whole beyond it."""
WHOLE = 50_000_000
"""Bytes: an auditor's page is not cut."""
_RESERVE = 400  # bytes kept for each later section: its heading, its table's head and the note on what was cut
_COLLISIONS = frozenset({"``", "![", "**"})
"""Characters that are harmless in two spans and mean something side by side."""


class _Piece(Record):
    """What is written or cut as a whole, and what parts it from the piece before it."""

    text: str
    gap: str = "\n\n"
    is_head: bool = False
    """Whether it is written however little room there is, and not counted when it is cut."""


def markdown(document: model.Document, largest: int = LARGEST, *, level: int = 1) -> str:
    """The page within `largest` bytes, its title as a heading of that level; it says how much was cut.

    All markdown passes here: whatever a block holds, a runner that prints the document finds no command in it.
    """
    parts = list(filter(None, _parts(document, level)))
    left, texts = largest - _RESERVE * len(parts), []
    for pieces in parts:
        texts.append(_fitted(pieces, left))
        left -= _size(texts[-1])
    return "\n\n".join(texts) + "\n"


def _parts(document: model.Document, level: int) -> Iterator[list[_Piece]]:
    """What is cut by itself: the sections, and what stands before, between and after them."""
    title, foot = inline(document.title), inline(document.foot)
    pieces = [_Piece(f"{'#' * level} {title}", is_head=True)] if title else []
    for block in document.blocks:
        if not isinstance(block, model.Section):
            pieces.extend(_inside((block,)))
        elif not model.is_empty(block):
            yield from (pieces, list(_section(block)))
            pieces = []
    yield from (pieces, [_Piece(f"---\n\n{foot}", is_head=True)] if foot else [])


def _fitted(pieces: Sequence[_Piece], room: int) -> str:
    """As many of the pieces as there is room for."""
    text, cut = "", 0
    for piece in pieces:
        words = inert(piece.text)
        room -= _size(words) + len(piece.gap)
        if cut or (room < 0 and not piece.is_head):
            cut += not piece.is_head
        else:
            text += f"{piece.gap if text else ''}{words}"
    if not cut:
        return text
    return f"{text}\n\n_{cut:,} more are left out to keep this page small. scorecard.json has all of them._"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


# blocks


def _section(section: model.Section) -> Iterator[_Piece]:
    state = f": {inline(section.state)}" if section.state else ""
    if title := inline(section.title):
        yield _Piece(f"{'#' * section.level} {title}{state}", is_head=True)
    yield from _inside(section.blocks)


def _inside(blocks: Sequence[model.Block]) -> Iterator[_Piece]:
    for block in blocks:
        if not model.is_empty(block):
            yield from _pieces(block)


def _pieces(block: model.Block) -> Iterator[_Piece]:
    match block:
        case model.Paragraph():
            yield _Piece(inline(block.text))
        case model.Facts():
            yield from _entries(f"**{prose(label)}:** {inline(text)}" for label, text in block.pairs)
        case model.Points():
            yield from _entries(map(inline, block.items))
        case model.Table():
            yield from _table(block)
        case model.Listing():
            yield _Piece(_fenced(block))
        case model.Entry():
            yield _Piece("\n".join((f"- {inline(model.joined(' · ', block.head))}", *_nested(block.blocks))), "\n")
        case model.Chart():
            yield _Piece(inline(block.sentence))
            yield from _table(block.table)
        case model.Disclosure():
            body = _whole(_inside(block.blocks))
            yield _Piece(f"<details><summary>{inline(block.summary)}</summary>\n\n{body}\n\n</details>")
        case model.Section():
            yield _Piece(_whole(_section(block)))


def _whole(pieces: Iterator[_Piece]) -> str:
    return "".join(f"{piece.gap if i else ''}{piece.text}" for i, piece in enumerate(pieces))


def _entries(lines: Iterator[str]) -> Iterator[_Piece]:
    """List entries stand close."""
    for i, line in enumerate(lines):
        yield _Piece(f"- {line}", "\n" if i else "\n\n")


def _nested(blocks: Sequence[model.Block]) -> Iterator[str]:
    """What belongs to an entry of a list, as entries under it."""
    for block in blocks:
        text = _whole(_pieces(block))
        yield from (f"  {line}" for line in (text if text.startswith("- ") else f"- {text}").split("\n"))


def _table(table: model.Table) -> Iterator[_Piece]:
    if not table.rows:
        yield _Piece(table.empty)
        return
    head = f"| {' | '.join(map(prose, table.columns))} |\n|{' --- |' * len(table.columns)}"
    yield _Piece(head, is_head=True)
    for row in table.rows:
        yield _Piece(f"| {' | '.join(inline(cell) or ' ' for cell in row)} |", "\n")


def _fenced(listing: model.Listing) -> str:
    text = visible_lines(listing.text)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return f"{fence}{listing.language}\n{text}\n{fence}"


# in a line


def inline(text: model.Text) -> str:
    """Markdown that shows exactly this line."""
    line, spans = "", model.leaves(_without(text, (model.Badge, model.Faint)))
    for leaf, after in zip(spans, (*spans[1:], ""), strict=False):
        span = _span(leaf, is_first=not line)
        if isinstance(leaf, model.Strong) and span:
            # Stars beside a letter are stars: a word that touches its neighbour stays as it is.
            is_apart = line[-1:] in " (" and isinstance(after, str) and after[:1] in " .,:;)"
            span = f"**{span}**" if is_apart else f"{BREAK}{span}{BREAK}"
        line += f"{BREAK if line[-1:] + span[:1] in _COLLISIONS else ''}{span}"
    return line


def _without(text: model.Text, kinds: tuple[type[model.Badge | model.Faint | model.Strong], ...]) -> model.Text:
    """The line without what markdown has no form for, so that its words are escaped together with their neighbours."""
    if isinstance(text, tuple):
        return tuple(_without(part, kinds) for part in text)
    if isinstance(text, model.Badge | model.Faint | model.Strong):
        inside = text.text if isinstance(text, model.Badge) else _without(text.text, kinds)
        return inside if isinstance(text, kinds) else model.Strong(inside)
    return text


def _span(leaf: model.Leaf, *, is_first: bool) -> str:
    match leaf:
        case str():
            span = prose(leaf, len(leaf)) + leaf[len(leaf.rstrip()) :] if is_first else inner(leaf)
        case model.Code():
            span = code(leaf.text)
        case model.Link():
            span = f"[{prose(leaf.label)}](<{leaf.address}>)"
        case model.Page():
            span = f"[{prose(model.plain(leaf))}]({leaf.name}.md)"
        case model.File():
            span = f"[{prose(model.plain(leaf))}]({leaf.name})"
        case model.Drawing():
            span = inner(model.plain(leaf))
        case model.Badge() | model.Faint() | model.Strong():
            span = inline(_without(leaf.text, (model.Badge, model.Faint, model.Strong)))
    return span
