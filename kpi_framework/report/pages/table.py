"""Measurements as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model.diagnostic import Severity
from ...model.measurement import Status
from ..doc.model import Badge, Code, Table, Text
from ..view.rows import Row

_FIGURES = frozenset({"Value", "Target", "To target", "Change", "Measured"})
_NAMES = frozenset({"KPI", "Metric", "Segment", "Period"})


def row_table(
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    spare: Sequence[str] | None = None,
    empty: str = "",
    trend: str = "Last 12 periods",
) -> Table:
    """A table for a page, or for a screen that leaves out the spare columns, least needed first, where it is narrow."""
    on_screen = spare is not None
    cells = tuple(
        tuple(_cell(column, row[column], status, on_screen=on_screen) for column in columns) for status, row in rows
    )
    titles = tuple(trend if column == "Trend" and not on_screen else column for column in columns)
    name = next(column for column in columns if column in _NAMES)
    figures = tuple(column for column in columns if column in _FIGURES)
    return Table(titles, cells, figures, name, tuple(spare or ()), empty)


def _cell(column: str, text: str, status: Status, *, on_screen: bool) -> Text:
    """Owners are code, so that nobody is mentioned by mistake; a screen shows the target as a number alone."""
    match column:
        case "Status":
            return Badge(text, status)
        case "Trend":
            return Badge(text, Severity.NOTE)
        case "Owner":
            return Code(text)
        case "Target" if on_screen:
            return text.partition(" (")[0]
        case _:
            return text
