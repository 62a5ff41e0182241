"""CSV (RFC 4180, with plain line ends): a row a measurement, in UTF-8."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable

from ...model.measurement import Measurement, Scorecard
from .measurement_table import COLUMNS, Cell, Definitions, rows, spreadsheet_text


def scorecard_csv(scorecard: Scorecard) -> str:
    """All measurements of a scorecard."""
    return measurements_csv(scorecard.measurements, scorecard.definitions)


def measurements_csv(measurements: Iterable[Measurement], definitions: Definitions) -> str:
    """The table as text. Numbers are written as JSON has them, unknown ones are empty."""
    lines = _Lines()
    # Only with this line end do all versions of Python put a lone carriage return between quotes.
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(map(_written, row) for row in rows(measurements, definitions))
    return "".join(lines)


class _Lines(list[str]):
    def write(self, line: str) -> None:
        self.append(f"{line.removesuffix(chr(13) + chr(10))}\n")


def _written(cell: Cell) -> str | float | int:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case dt.date():
            return cell.isoformat()
        case str():
            return spreadsheet_text(cell)
    return cell
