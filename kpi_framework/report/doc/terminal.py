"""A document on the terminal, as a string: rich draws, nothing is printed and no environment is read."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text as Line

from ...model.diagnostic import Severity
from ...model.measurement import Status
from ..words.escape import visible_lines
from . import model

STYLES = {
    Status.MET: "green", Status.NEAR: "yellow", Status.MISSED: "bold red", Status.UNKNOWN: "bold magenta",
    Status.INFORMATIVE: "dim", Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan",
    Severity.OFF: "dim",
}  # fmt: skip
_NAME_ROOM, _LABEL_ROOM, _GAP = 20, 15, 2


def terminal(document: model.Document, *, color: bool = False, width: int = 100) -> str:
    """The blocks one under the other; lines have no spaces at their end."""
    width = max(width, 40)
    screen = io.StringIO()
    console = Console(
        file=screen, width=width, force_terminal=color, no_color=not color,
        color_system="standard" if color else None, legacy_windows=False, emoji=False, markup=False,
        highlight=False, _environ={},
    )  # fmt: skip
    for part in _page(document, width):
        console.print(part)
    lines = screen.getvalue().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _page(document: model.Document, width: int) -> Iterator[RenderableType]:
    title = _line(document.title, "bold")
    if title:
        yield title
    yield from _blocks(document.blocks, width, is_first=not title)
    if document.foot:
        yield Line()
        yield _line(document.foot, "dim")


def _blocks(blocks: Iterable[model.Block], width: int, *, is_first: bool = True) -> Iterator[RenderableType]:
    """The blocks, with a line of space above a table or facts that do not follow a heading, and below a listing."""
    is_parted = False
    for block in blocks:
        if not model.is_empty(block):
            if is_parted or (isinstance(block, model.Table | model.Facts) and not is_first):
                yield Line()
            yield from _block(block, width)
            is_first, is_parted = False, isinstance(block, model.Listing)


def _block(block: model.Block, width: int) -> Iterator[RenderableType]:
    match block:
        case model.Paragraph():
            yield _line(block.text)
        case model.Facts():
            yield from _facts(block)
        case model.Points():
            yield from (_marked("  ·", _line(text), 3) for text in block.items)
        case model.Table():
            yield _fitted(block, width) if block.rows else Line(block.empty)
        case model.Listing():
            yield _below(Line(visible_lines(block.text)))
        case model.Entry():
            yield from [Line()] * block.apart
            yield Line("  ").join(filter(None, map(_line, block.head)))
            yield from _inside(block.blocks, width)
        case model.Chart():
            yield _line(block.sentence)
            yield _fitted(block.table, width)
        case model.Disclosure():
            yield _line(block.summary, "bold")
            yield from _inside(block.blocks, width)
        case model.Section():
            yield from _section(block, width)


def _section(section: model.Section, width: int) -> Iterator[RenderableType]:
    """Its heading stands under a line of space; what stands under a lesser one is set in."""
    yield Line()
    if section.level < 3:
        yield _line(section.title, "bold underline")
        yield from _blocks(section.blocks, width)
    else:
        state = [_line(section.state)] if section.state else []
        yield Line("  ").join([*state, _line(section.title, "bold")])
        yield from _inside(section.blocks, width)


def _inside(blocks: Sequence[model.Block], width: int) -> Iterator[RenderableType]:
    for block in blocks:
        if not model.is_empty(block):
            parts = _block(block, width - 2)
            yield from map(_below, parts) if isinstance(block, model.Paragraph | model.Table) else parts


def _below(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 2))


def _facts(facts: model.Facts) -> Iterator[RenderableType]:
    """A label and its words, which stay in their column when they need several lines."""
    labels = [_line(label, "bold") for label, _ in facts.pairs]
    room = max(_LABEL_ROOM, *(label.cell_len + 2 for label in labels))
    for label, (_, text) in zip(labels, facts.pairs, strict=True):
        yield _marked(Line.assemble("  ", label), _line(text), room)


def _marked(mark: str | Line, words: Line, room: int) -> Grid:
    row = Grid.grid(padding=(0, 1))
    row.add_column(width=room, no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(mark, words)
    return row


def _line(text: model.Text, style: str = "") -> Line:
    """A stranger's string is never markup, and holds no control character."""
    line = Line.assemble(*_spans(text, style))
    line.rstrip()
    return line


def _spans(text: model.Text, style: str) -> Iterator[tuple[str, str]]:
    match text:
        case tuple():
            for part in text:
                yield from _spans(part, style)
        case model.Strong():
            yield from _spans(text.text, f"bold {style}")
        case model.Faint():
            yield from _spans(text.text, f"dim {style}")
        case model.Badge():
            yield model.plain(text), f"{style} {STYLES[text.tone]}".strip()
        case _:
            yield model.plain(text), style


# tables that leave out columns, least needed first, until the names have room


def _fitted(table: model.Table, width: int) -> Grid:
    cells = {name: [_line(row[i]) for row in table.rows] for i, name in enumerate(table.columns)}
    columns = list(table.columns)
    for name in table.spare:
        if _total({column: cells[column] for column in columns}, table.folding) <= width:
            break
        columns.remove(name)
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for name in columns:
        folds = name == table.folding
        grid.add_column(
            model.plain(name), justify="right" if name in table.right else "left", overflow="fold",
            no_wrap=bool(table.folding) and not folds, ratio=1 if folds else None,
        )  # fmt: skip
    for row in zip(*(cells[name] for name in columns), strict=True):
        grid.add_row(*row)
    return grid


def _total(cells: dict[str, list[Line]], folding: str) -> int:
    widths = {name: max(cell_len(name), *(line.cell_len for line in lines)) for name, lines in cells.items()}
    if folding in widths:
        widths[folding] = min(widths[folding], _NAME_ROOM)
    return sum(widths.values()) + _GAP * (len(widths) - 1)
