"""What every page is made of: one small tree, which the writers beside it put on paper, on a page and on a screen.

Text is data: a string holds no markup, and a writer escapes it for where it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...model.diagnostic import Severity
from ...model.measurement import Status
from ...model.record import Record
from ..words.escape import clean, clip, web_address

# in a line


class Code(Record):
    """A name, a formula or a place, which is read letter by letter."""

    text: str


class Message(Record):
    """A sentence with `code` between backticks, as findings have it."""

    text: str


class Strong(Record):
    """What the eye shall find."""

    text: Text


class Faint(Record):
    """What may be passed over."""

    text: Text


class Badge(Record):
    """Words that are coloured as well: by a status, or by how severe they are."""

    text: str
    tone: Status | Severity


class Link(Record):
    """The address of a web page behind a label; an address of any other kind becomes code."""

    label: str
    address: str


class Page(Record):
    """The page of that name beside this one, such as `kpis/csat`, which holds nothing to escape; its label is shown."""

    name: str
    label: str = ""


class File(Record):
    """A file beside this page, behind a label; its name holds nothing to escape."""

    name: str
    label: str


class Drawing(Record):
    """A small picture in a line of a page; elsewhere the words that say the same."""

    svg: str
    words: str = ""


Text = str | Code | Message | Strong | Faint | Badge | Link | Page | File | Drawing | tuple["Text", ...]
"""A line of a page: spans in a row, with nothing between them but what they hold."""
Leaf = str | Code | Strong | Faint | Badge | Link | Page | File | Drawing

_PROSE, _MESSAGE = 300, 600
"""The most characters of a stranger's string that a page shows."""


def leaves(text: Text) -> list[Leaf]:
    """The spans of a line, cleaned and clipped, with no two strings side by side and no space at either end.

    Neighbours are joined before they are escaped: two harmless strings may be markup together.
    """
    joined: list[Leaf] = []
    for leaf in _flat(text):
        if isinstance(leaf, str) and joined and isinstance(joined[-1], str):
            joined[-1] += leaf
        elif leaf:
            joined.append(leaf)
    if joined and isinstance(joined[0], str):
        joined[0] = joined[0].lstrip()
    if joined and isinstance(joined[-1], str):
        joined[-1] = joined[-1].rstrip()
    return [leaf for leaf in joined if leaf]


def _flat(text: Text) -> Iterator[Leaf]:
    match text:
        case str():
            yield _spaced(text, _PROSE)
        case tuple():
            for part in text:
                yield from _flat(part)
        case Message():
            for i, piece in enumerate(re.split("`([^`]+)`", clip(clean(text.text), _MESSAGE))):
                yield Code(piece) if i % 2 else _spaced(piece, _MESSAGE)
        case Link():
            url = web_address(text.address)
            yield from _flat(Code(text.address)) if url is None else (Link(clean(text.label), url),)
        case Code():
            if code := clip(clean(text.text), _PROSE):
                yield Code(code)
        case Badge():
            if badge := clip(clean(text.text), _PROSE):
                yield Badge(badge, text.tone)
        case _:
            yield text


def _spaced(text: str, length: int) -> str:
    """The text on one line; what parts it from its neighbours stays."""
    words = clip(clean(text), length)
    if not words:
        return " " if text.isspace() else ""
    return f"{' ' * text[0].isspace()}{words}{' ' * text[-1].isspace()}"


def plain(text: Text) -> str:
    """The words of a line without their form; a message keeps its backticks."""
    match text:
        case str():
            words = _spaced(text, _PROSE)
        case tuple():
            words = "".join(map(plain, text))
        case Message():
            words = clip(clean(text.text), _MESSAGE)
        case Strong() | Faint():
            words = plain(text.text)
        case Link():
            words = clip(clean(text.address), _PROSE)
        case Page():
            words = clip(clean(text.label), _PROSE) or text.name
        case File():
            words = clip(clean(text.label), _PROSE)
        case Drawing():
            words = clip(clean(text.words), _PROSE)
        case _:
            words = clip(clean(text.text), _PROSE)
    return words


def joined(mark: str, texts: Iterable[Text]) -> Text:
    """The texts with a mark between any two."""
    spans = [span for text in texts for span in (mark, text)]
    return tuple(spans[1:])


# on a page


class Paragraph(Record):
    """A line of words."""

    text: Text


class Facts(Record):
    """Labels, and what is known under each."""

    pairs: tuple[tuple[str, Text], ...]


class Points(Record):
    """A list."""

    items: tuple[Text, ...]


class Listing(Record):
    """Lines of a file or of a shell, shown as they are."""

    text: str
    language: str = ""


class Table(Record):
    """Rows under heads."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    right: tuple[str, ...] = ()
    """The columns of figures."""
    folding: str = ""
    """The column whose words may take several lines on a screen; the others keep their line."""
    spare: tuple[str, ...] = ()
    """What a narrow screen leaves out so that the folding column has room, least needed first."""
    empty: str = ""
    """The words in place of a table without rows; without them it is left out."""
    is_sortable: bool = False
    """Whether a page with a script lets its readers sort and filter the rows."""


class Chart(Record):
    """A drawing with the sentence that says the same, and the table that holds its values."""

    svg: str
    sentence: Text
    table: Table
    subtitle: str = ""
    """What is drawn, in which unit and periods."""
    file: File | None = None
    """The file beside the page that holds the values."""


class Entry(Record):
    """One of many: a line of parts, and what belongs to it."""

    head: tuple[Text, ...]
    blocks: tuple[Block, ...] = ()
    apart: bool = False
    """Whether a line is left above it on a screen."""


class Disclosure(Record):
    """What is folded away under its summary, where there is a way to unfold it."""

    summary: Text
    blocks: tuple[Block, ...]


class Section(Record):
    """A heading and what stands under it; without anything under it, it is left out."""

    title: Text
    blocks: tuple[Block, ...]
    state: Badge | None = None
    """How it stands with what the heading names."""
    level: int = 2
    name: str = ""
    """What a link to it ends with."""


Block = Paragraph | Facts | Points | Listing | Table | Chart | Entry | Disclosure | Section


class Document(Record):
    """A page: its title, its blocks in order of weight, and a line on where it comes from."""

    title: Text
    blocks: tuple[Block, ...]
    foot: Text = ""


def is_empty(block: Block) -> bool:
    """Whether there is nothing in it to show."""
    match block:
        case Table():
            return not block.rows and not block.empty
        case Facts(pairs=parts) | Points(items=parts):
            return not parts
        case Paragraph(text=words):
            return not leaves(words)
        case Section() | Disclosure():
            return all(map(is_empty, block.blocks))
        case _:
            return False
