"""A first look at an export: its format, how it is encoded, what separates its cells, and where its header stands.

Only `kpi init` looks; what it saw is written into kpi.yaml, and from then on nothing is sniffed.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ..model.column_profile import FileFormat, FileProfile
from ..model.header import unique_headers
from ..model.project import Source, ending
from ..model.record import replace
from .sources.interface import SourceError
from .sources.text import opened, unpacked, unreachable
from .sources.workbook import read_sheet, sheet_names

_DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1 << 20
_FIRST = 60
"""So many rows tell what a table is."""
_FULL = 0.6
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_OF_WINDOWS = re.compile(rb"[\x80-\x9f]")
_JSON = ("json", "jsonl", "ndjson")


def sniff(path: Path) -> FileProfile:
    """Look at a file's first rows. Raises SourceError where there is no table with a row in it.

    What names the columns of JSON and Parquet files, an engine has to tell: their header is empty here.
    """
    kind = _format(path)
    if kind == "xlsx":
        return _workbook(path)
    if kind == "json":
        return _documents(path)
    return FileProfile(path, "utf-8", ",", (), kind) if kind == "parquet" else _text(path)


def _format(path: Path) -> FileFormat:
    """The format, by the first bytes and else by the name. Raises SourceError."""
    try:
        with unpacked(path, path.name) as stream:
            first = stream.read(512)
    except OSError as error:
        raise unreachable(path.name, error) from None
    if first.startswith(b"PAR1"):
        return "parquet"
    if first.startswith(b"PK\x03\x04"):
        return "xlsx"
    is_json = ending(path.name) in _JSON or first.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")
    return "json" if is_json else "csv"


# delimited text


def _text(path: Path) -> FileProfile:
    """A file of delimited text. Raises SourceError."""
    file = FileProfile(path, _encoding(path), ",", ())
    with opened(path, path.name, file.source) as stream:
        lines = list(islice(stream, _FIRST))
    if not any(line.strip() for line in lines):
        raise SourceError(f"{path.name} is empty", "Export it again: the file has no header.")
    stated = _SEPARATOR.fullmatch(lines[0])
    below = lines[1:] if stated else lines
    delimiter = stated[1] if stated else max(_DELIMITERS, key=lambda d: (*_regular(below, d), -_DELIMITERS.index(d)))
    records = list(_records(below, delimiter))
    number = _header_row([cells for _, cells in records])
    line, header = records[number]
    if not any(any(cell.strip() for cell in cells) for _, cells in records[number + 1 :]):
        raise SourceError(f"{path.name} has a header but no rows", "Export it again with its rows.")
    return replace(file, delimiter=delimiter, header=unique_headers(header), skip=0 if stated else line)


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows, and how many lines stand above each."""
    reader = csv.reader(lines, delimiter=delimiter)
    above = 0
    with suppress(csv.Error):  # the check says at which line; what was seen until there is enough for a first look
        for cells in reader:
            yield above, cells
            above = reader.line_num


def _regular(lines: Sequence[str], delimiter: str) -> tuple[bool, float, int]:
    """How much the lines look like a table if this separates the cells: rows of one width, and their width."""
    widths = Counter(len(cells) for _, cells in _records(lines, delimiter) if any(cells))
    width, rows = max(widths.items(), key=lambda pair: (pair[0] > 1, pair[1]), default=(0, 0))
    return width > 1, rows / max(widths.total(), 1) if width > 1 else 0.0, width


def _header_row(rows: Sequence[Sequence[str]]) -> int:
    """The place of the row that names the columns: the first that is as full as a table's."""
    filled = [sum(bool(cell.strip()) for cell in cells) for cells in rows]
    usual = Counter(len(cells) for cells in rows if any(cells)).most_common(1)[0][0]
    full = (n for n, count in enumerate(filled) if count >= max(2, _FULL * usual))
    return next(full, next(n for n, count in enumerate(filled) if count))


def _encoding(path: Path) -> str:
    """utf-16 by its mark or its gaps, utf-8 if all of the file is, else what Windows writes.

    Raises SourceError for what is not text.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, is_first = "utf-8", True
    with unpacked(path, path.name) as stream:
        while block := stream.read(_BLOCK):
            if is_first and block[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                return "utf-16"
            if b"\0" in block:
                if is_first and not any(block[1:200:2]):
                    return "utf-16-le"
                raise SourceError(f"{path.name} is not a text file", "Export it as CSV.")
            is_first = False
            if encoding == "utf-8" and not _decodes(decoder, block):
                encoding = "latin-1"
            if encoding == "latin-1" and _OF_WINDOWS.search(block):
                encoding = "windows-1252"
    return encoding


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


# workbooks


def _workbook(path: Path) -> FileProfile:
    """The sheet with the largest table. Raises SourceError."""
    names = sheet_names(path, path.name)
    sheets = [_sheet(path, name if len(names) > 1 else None) for name in names]
    tables = [sheet for sheet in sheets if sheet is not None]
    if not tables:
        raise SourceError(f"{path.name} has no sheet with a table", "Export it again with its rows.")
    return max(tables, key=lambda pair: pair[1])[0]


def _sheet(path: Path, name: str | None) -> tuple[FileProfile, int] | None:
    """A sheet, and how many cells of its first rows are filled; None where it has no table."""
    source = Source(path=path.name, format="xlsx", sheet=name)
    rows = list(read_sheet(path, path.name, source, _FIRST).texts("."))
    if not any(any(cell.strip() for cell in cells) for cells in rows):
        return None
    number = _header_row(rows)
    filled = sum(bool(cell.strip()) for cells in rows[number + 1 :] for cell in cells)
    profile = FileProfile(path, "utf-8", ",", unique_headers(rows[number]), "xlsx", number, name)
    return (profile, filled) if filled else None


# documents


def _documents(path: Path) -> FileProfile:
    """A list of objects, an object a line, or a document that holds the list. Raises SourceError."""
    encoding = _encoding(path)
    file = FileProfile(path, encoding, ",", (), "json")
    with opened(path, path.name, file.source) as stream:
        first = stream.read(_BLOCK).lstrip()
    if not first.startswith("{"):
        return file
    line = first.partition("\n")[0]
    if _is_object(line) and first.count("\n") > 1:
        return file  # an object a line
    with opened(path, path.name, file.source) as stream, suppress(ValueError, RecursionError):
        return replace(file, records=_longest_list(json.load(stream)))
    return file


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _longest_list(document: object, place: str = "") -> str | None:
    """Where the longest list of objects stands in a document."""
    lists = dict(_lists(document, place))
    return max(lists, key=lambda p: lists[p], default=None)


def _lists(document: object, place: str) -> Iterator[tuple[str, int]]:
    if not isinstance(document, dict) or place.count(".") > 1:
        return
    for name, value in document.items():
        inner = f"{place}.{name}" if place else str(name)
        if isinstance(value, list) and value and all(isinstance(element, dict) for element in value):
            yield inner, len(value)
        yield from _lists(value, inner)
