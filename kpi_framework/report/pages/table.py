"""Tables on the screen that leave out columns, least needed first, until the names have room."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from ...model.measurement import Measurement, Status
from ..doc.terminal import STYLES, grid, plain
from ..view.rows import Row, dated, kpi_rows, metric_rows, period_rows, segment_rows
from ..view.scorecard_view import ScorecardView

_NAME_ROOM = 20
_RIGHT = frozenset({"Value", "Target", "To target", "Change", "Measured"})
_GAP = 2


def kpi_table(scorecard_view: ScorecardView, width: int) -> Table:
    """Every KPI and its judged segments."""
    rows = list(kpi_rows(scorecard_view))
    columns = ("Status", "KPI", *dated(scorecard_view), "Value", "Target", "To target", "Change", "Trend")
    return fitted(columns, rows, "KPI", width, drop=("Change", "To target", "Trend"))


def metric_table(scorecard_view: ScorecardView, width: int) -> Table:
    """What informs without being judged."""
    rows = list(metric_rows(scorecard_view))
    columns = ("Metric", *dated(scorecard_view), "Value", "Change", "Trend")
    return fitted(columns, rows, "Metric", width, drop=("Change", "Trend"))


def period_table(series: Sequence[Measurement], width: int) -> Table:
    """One row a period, the judged one marked."""
    rows = list(period_rows(series))
    columns = ("Period", "Status", "Value", "Target", "To target", "Change", "Measured", "")
    return fitted(columns, rows, "Period", width, drop=("Change", "To target", "Measured"))


def segment_table(scorecard_view: ScorecardView, measurements: Sequence[Measurement], width: int) -> Table:
    """One row a segment of the judged period."""
    rows = list(segment_rows(scorecard_view, measurements))
    columns = ("Segment", "Status", "Value", "Target", "Change", "Measured", "Trend")
    return fitted(columns, rows, "Segment", width, drop=("Change", "Target", "Trend"))


def fitted(columns: Sequence[str], rows: Sequence[Row], name: str, width: int, drop: Sequence[str]) -> Table:
    """The table with as many columns as leave room for the names."""
    chosen = list(columns)
    for least_needed in ("", *drop):
        chosen = [column for column in chosen if column != least_needed or not least_needed]
        if _total(chosen, rows, name) <= width:
            break
    table = grid([(column, "right" if column in _RIGHT else "left") for column in chosen], folding=name)
    for status, row in rows:
        table.add_row(*(_cell(column, row[column], status) for column in chosen))
    return table


def _cell(column: str, text: str, status: Status) -> Text:
    if column == "Status":
        return plain(text, STYLES[status])
    if column == "Trend":
        return plain(text, "cyan")
    return plain(_bare(text) if column == "Target" else text)


def _bare(target: str) -> str:
    """The target as a number; what a relative one refers to is told elsewhere."""
    return target.partition(" (")[0]


def _total(columns: Sequence[str], rows: Sequence[Row], name: str) -> int:
    widths = [_widest(column, rows) for column in columns]
    named = min(_widest(name, rows), _NAME_ROOM)
    return sum(widths) - _widest(name, rows) + named + _GAP * (len(columns) - 1)


def _widest(column: str, rows: Sequence[Row]) -> int:
    texts = (_bare(row[column]) if column == "Target" else row[column] for _, row in rows)
    return max((cell_len(text) for text in (column, *texts)), default=0)
