"""An Excel workbook: one sheet, a row a measurement. Numbers and days are numbers and days, text is never a formula."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

from ...model.diagnostic import KpiError
from ...model.measurement import Scorecard
from .measurement_table import COLUMNS, Cell, rows, spreadsheet_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

_MOST_ROWS = 1_048_575
"""So many fit below the heading."""
_LONGEST = 32_767
"""Characters of a cell."""
_FIRST_YEAR = 1900
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def scorecard_xlsx(scorecard: Scorecard) -> bytes:
    """The workbook; the same scorecard gives the same bytes. Raises KpiError."""
    if len(scorecard.measurements) > _MOST_ROWS:
        hint = "Export .csv or .parquet, or fewer periods or definitions with --periods and --only."
        raise KpiError(f"an Excel sheet has no room for {len(scorecard.measurements):,} measurements", hint)
    file = io.BytesIO()
    with _workbook(file) as workbook:
        workbook.set_properties({
            "title": spreadsheet_text(scorecard.project),
            "created": scorecard.as_of.astimezone(dt.UTC).replace(tzinfo=None),
        })  # fmt: skip
        _fill(workbook, scorecard)
    return file.getvalue()


def _workbook(file: io.BytesIO) -> Workbook:
    """Raises KpiError where nothing is installed that writes it."""
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - few exports are workbooks
    except ImportError:
        raise KpiError(
            "this installation cannot write an Excel workbook",
            "Install what writes it: `pip install 'kpi-framework[xlsx]'`; or export .csv.",
        ) from None
    return Workbook(file, _OPTIONS)


def _fill(workbook: Workbook, scorecard: Scorecard) -> None:
    sheet = workbook.add_worksheet("measurements")
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, [column.name for column in COLUMNS], workbook.add_format({"bold": True}))
    table = rows(scorecard.measurements, scorecard.definitions)
    for row, cells in enumerate(table, 1):
        for column, cell in enumerate(cells):
            _write(sheet, (row, column), cell, day)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(scorecard.measurements), 1), len(COLUMNS) - 1)
    sheet.set_column(0, len(COLUMNS) - 1, 14)


def _write(sheet: Worksheet, at: tuple[int, int], cell: Cell, day: Format) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(*at, cell)
        case dt.date() if cell.year >= _FIRST_YEAR:
            sheet.write_datetime(*at, cell, day)
        case dt.date():
            sheet.write_string(*at, cell.isoformat())
        case str():
            sheet.write_string(*at, spreadsheet_text(cell)[:_LONGEST])
        case _:
            sheet.write_number(*at, cell)
