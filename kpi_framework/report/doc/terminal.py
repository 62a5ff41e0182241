"""The terminal, as a string: rich draws, nothing is printed and no environment is read."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ...model.diagnostic import Severity
from ...model.measurement import Status
from ..words.escape import clean

STYLES = {
    Status.MET: "green", Status.NEAR: "yellow", Status.MISSED: "bold red",
    Status.UNKNOWN: "bold magenta", Status.INFORMATIVE: "dim",
}  # fmt: skip
SEVERITIES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
    Severity.OFF: "dim",
}


def draw(parts: Iterable[RenderableType], *, color: bool, width: int) -> str:
    """The parts one under the other; lines have no spaces at their end."""
    page = io.StringIO()
    console = Console(
        file=page, width=max(width, 40), force_terminal=color, no_color=not color,
        color_system="standard" if color else None, legacy_windows=False, emoji=False, markup=False,
        highlight=False, _environ={},
    )  # fmt: skip
    for part in parts:
        console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def plain(text: str, style: str = "") -> Text:
    """A stranger's string: never markup, never a control character."""
    return Text(clean(text), style)


def status(text: str, of: Status) -> Text:
    """Sign and word, coloured as well."""
    return Text(text, STYLES[of])


def grid(columns: Iterable[tuple[str, str]], *, folding: str = "") -> Table:
    """A table with a line under its heading; only the `folding` column may break its lines."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for name, side in columns:
        folds = name == folding
        table.add_column(
            name, justify="right" if side == "right" else "left", no_wrap=not folds, overflow="fold",
            ratio=1 if folds else None,
        )  # fmt: skip
    return table


def indented(label: str, text: str, style: str = "bold") -> Table:
    """A label and its words, which stay in their column when they need several lines."""
    row = Table.grid(padding=(0, 1))
    row.add_column(width=15, no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(Text(f"  {label}", style), Text(text))
    return row


def below(text: str) -> Padding:
    """Words that stand under a heading, two columns in."""
    return Padding(Text(text), (0, 0, 0, 2))


def heading(title: str) -> Text:
    """A title with a line of space above."""
    return Text(f"\n{title}", "bold underline")
