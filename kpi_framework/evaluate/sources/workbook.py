"""An Excel workbook as rows of text: what its cells show, and what is wrong with those that show nothing.

The library that reads workbooks gives an empty cell for an error such as `#N/A`, and for a formula whose value was not
saved. Both are looked for in the sheet itself, so that no number is taken from what is left.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

from ...model.record import Record
from ...model.source import Source
from ...model.workbook_errors import ERRORS, UNSAVED
from .interface import SourceError
from .text import BLOCK, check_signature, too_large, unreachable

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_UNPACKED = 1024**3
_MAX_CELLS = 50_000_000
"""A sheet is taken into memory with all cells up to its last row and column."""
_SUSPECT = re.compile(rb"""\bt\s*=\s*["']e["']|<(?:\w+:)?f[\s/>]""")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_LAST_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["'](\d+)""")
_FAR_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{2,3})\d""")
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")
_OVERLAP = 4_096
_NARROW = 26
Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


class Sheet(Record):
    """One sheet of a workbook: its rows from the first on, and the cells that hold no value, by row and column."""

    name: str
    rows: Sequence[Sequence[Cell]]
    flawed: Mapping[tuple[int, int], str]

    def texts(self, decimal: str) -> Iterator[list[str]]:
        """The rows as text, their numbers with this sign before the decimals."""
        flawed_rows = {row for row, _ in self.flawed}
        for number, row in enumerate(self.rows):
            texts = [_text(cell, decimal) for cell in row]
            if number in flawed_rows:
                texts = [self.flawed.get((number, place), text) for place, text in enumerate(texts)]
            yield texts


def read_sheet(path: Path, name: str, source: Source, rows: int | None = None) -> Sheet:
    """The sheet that a source names, or the only one; with `rows` no more than so many. Raises SourceError."""
    check_signature(path, name, "xlsx")
    try:
        with zipfile.ZipFile(path) as archive, _opened(path, name) as workbook:
            sheet = _chosen(workbook, name, source)
            part = _part_of(archive, sheet, name)
            flawed = _flawed(archive, part, name)
            if _counts_from_1904(archive) and "excel" in (source.timestamps or ()):
                raise SourceError(
                    f"{name} counts its days from 1904, so `timestamps: excel` would be four years wrong",
                    "Format the cells of the column as dates in the workbook.",
                )
            return Sheet(sheet, _rows_of(workbook, sheet, name, rows), flawed)
    except (zipfile.BadZipFile, KeyError, expat.ExpatError, NotImplementedError, EOFError):
        raise _damaged(name) from None
    except RuntimeError:  # an archive with a password
        raise SourceError(f"{name} is protected by a password", "Save it without one.") from None
    except OSError as error:
        raise unreachable(name, error) from None


def sheet_names(path: Path, name: str) -> tuple[str, ...]:
    """The names of a workbook's sheets. Raises SourceError."""
    check_signature(path, name, "xlsx")
    with _opened(path, name) as workbook:
        return tuple(_tables(workbook))


def _damaged(name: str) -> SourceError:
    return SourceError(f"{name} is not a readable Excel workbook (.xlsx)", "Save it again as .xlsx, or as CSV.")


def _opened(path: Path, name: str) -> CalamineWorkbook:
    """Raises SourceError."""
    try:
        from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - few sources are workbooks
    except ImportError:
        raise SourceError(
            f"{name} is an Excel workbook, which this installation cannot read",
            "Install what reads it: `pip install 'kpi-framework[xlsx]'`; or save the sheet as CSV.",
        ) from None
    try:
        return load_workbook(path)
    except CalamineError:
        raise _damaged(name) from None


def _chosen(workbook: CalamineWorkbook, name: str, source: Source) -> str:
    """The name of the sheet to read. Raises SourceError."""
    names = _tables(workbook)
    if source.sheet is None and len(names) == 1:
        return names[0]
    known = {sheet.casefold(): sheet for sheet in names}
    sheet = known.get((source.sheet or "").casefold())
    if sheet is None:
        listed = ", ".join(f"`{each}`" for each in names[:12])
        what = f"has no sheet `{source.sheet}`" if source.sheet else f"has {len(names)} sheets"
        raise SourceError(f"{name} {what}", f"Name one under `source`, such as `sheet: {names[0]}`. It has: {listed}.")
    return sheet


def _rows_of(workbook: CalamineWorkbook, sheet: str, name: str, rows: int | None) -> Sequence[Sequence[Cell]]:
    """The cells of a sheet, from its first row and column on. Raises SourceError."""
    from python_calamine import CalamineError  # noqa: PLC0415 - it was imported to open the workbook

    try:
        return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=rows)
    except CalamineError:
        raise _damaged(name) from None


def _tables(workbook: CalamineWorkbook) -> list[str]:
    """The names of the sheets that hold cells: a chart may be a sheet, too."""
    return [sheet.name for sheet in workbook.sheets_metadata if str(sheet.typ).endswith("WorkSheet")]


# what the library does not tell


def _part_of(archive: zipfile.ZipFile, sheet: str, name: str) -> str:
    """The part of the archive that holds a sheet. Raises KeyError where it names none."""
    ids = {a["name"]: next(v for k, v in a.items() if k.endswith("}id") or k == "r:id")
           for a in _elements(archive, "xl/workbook.xml", "sheet", name)}  # fmt: skip
    targets = {a["Id"]: a["Target"] for a in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship", name)}
    target = targets[ids[sheet]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _elements(archive: zipfile.ZipFile, part: str, element: str, name: str) -> list[dict[str, str]]:
    """The attributes of all elements of a name. Raises SourceError, KeyError, ExpatError."""
    elements: list[dict[str, str]] = []
    parser = _parser(name)

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition("}")[2].rpartition(":")[2] == element:
            elements.append(attributes)

    parser.StartElementHandler = start
    for block in _blocks(archive, part, name):
        parser.Parse(block)
    parser.Parse(b"", True)
    return elements


def _parser(name: str) -> expat.XMLParserType:
    """A parser that takes no document type: with one, a small file could grow without end."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise _damaged(name)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _blocks(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[bytes]:
    """A part of the archive as it is unpacked. Raises SourceError where it is too large, KeyError, BadZipFile."""
    if archive.getinfo(part).file_size > MAX_UNPACKED:
        raise too_large(name, MAX_UNPACKED)
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            yield block


def _counts_from_1904(archive: zipfile.ZipFile) -> bool:
    return bool(re.search(rb"""date1904\s*=\s*["'](1|true)""", archive.read("xl/workbook.xml")))


def _flawed(archive: zipfile.ZipFile, part: str, name: str) -> dict[tuple[int, int], str]:
    """The cells of a sheet that hold an error, or a formula without its value. Raises SourceError."""
    for other in ("xl/sharedStrings.xml", "xl/styles.xml"):
        if other in archive.namelist():
            for _ in _blocks(archive, other, name):
                continue  # no longer than it says
    suspect, rows, columns, before = False, 0, _NARROW, b""
    for block in _blocks(archive, part, name):
        both = before + block
        if _DOCTYPE.search(both):
            raise _damaged(name)
        suspect = suspect or _SUSPECT.search(both) is not None
        rows = max((rows, *(int(number) for number in _LAST_ROW.findall(both)[-1:])))
        columns = max((columns, *map(_column_number, set(_FAR_COLUMN.findall(both)))))
        before = block[-_OVERLAP:]
    if rows * columns > _MAX_CELLS:
        raise SourceError(
            f"{name} has a cell so far from the others that the sheet would be {rows:,} rows of {columns:,} columns",
            "Delete the empty rows and columns around the table, or save it as CSV.",
        )
    return _Flaws(name).of(_blocks(archive, part, name)) if suspect else {}


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def letters(column: int) -> str:
    """A column as workbooks call it: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, letter = divmod(column - 1, 26)
        text = chr(65 + letter) + text
    return text


class _Flaws:
    """Goes through a sheet's cells, and keeps those that hold no value though something stands in them."""

    def __init__(self, name: str) -> None:
        self._parser = _parser(name)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._cells: dict[tuple[int, int], str] = {}
        self._row = self._column = -1
        self._kind = ""
        self._has_formula = self._in_value = False
        self._value: list[str] = []

    def of(self, blocks: Iterator[bytes]) -> dict[tuple[int, int], str]:
        """The cells of a sheet. Raises ExpatError."""
        for block in blocks:
            self._parser.Parse(block)
        self._parser.Parse(b"", True)
        return self._cells

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "row":
                self._row = int(attributes.get("r", self._row + 2)) - 1
                self._column = -1
            case "c":
                place = _REFERENCE.fullmatch(attributes.get("r", "").upper())
                self._column = _column_number(place[1].encode()) - 1 if place else self._column + 1
                self._row = int(place[2]) - 1 if place else self._row
                self._kind, self._has_formula, self._value = attributes.get("t", "n"), False, []
            case "f":
                self._has_formula = True
            case "v":
                self._in_value = True

    def _text(self, text: str) -> None:
        if self._in_value:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "v":
                self._in_value = False
            case "c" if self._kind == "e":
                error = "".join(self._value).strip()
                self._cells[self._row, self._column] = error if error in ERRORS else ERRORS[0]
            case "c" if self._has_formula and self._kind != "str" and not "".join(self._value).strip():
                self._cells[self._row, self._column] = UNSAVED


# cells as text


def _text(cell: Cell, decimal: str) -> str:
    """What a cell holds, as a CSV file would have it: times by ISO 8601, stretches of time as H:MM:SS."""
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float() | int():
            return _number(cell, decimal)
        case dt.timedelta():
            return _stretch(cell)
        case dt.datetime():
            return cell.isoformat(" ")
        case _:
            return cell.isoformat()


def _number(number: float, decimal: str) -> str:
    text = str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else repr(number)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.replace(".", decimal)


def _stretch(length: dt.timedelta) -> str:
    micros = abs(length) // dt.timedelta(microseconds=1)
    seconds, rest = divmod(micros, 1_000_000)
    fraction = f".{rest:06}".rstrip("0") if rest else ""
    sign = "-" if length < dt.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"
