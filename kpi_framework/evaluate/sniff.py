"""A first look at an export: its format, how it is encoded, what separates its cells, and where its header stands.

Only `kpi init` looks; what it saw is written into kpi.yaml, and from then on nothing is sniffed.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ..model.column_profile import FileProfile
from ..model.source import Source
from .asked_columns import asked_header
from .first_table import Numbers, header_row, numbers_of
from .sources.delimited import read_head
from .sources.interface import SourceError
from .sources.records import list_of_records
from .sources.text import BLOCK, MAX_DOCUMENT, opened, signature_of, too_large, unpacked
from .sources.workbook import read_sheet, sheet_names
from .sources.xlsx import header_of

_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 2_000
_STATED = re.compile(r"sep=(.)", re.IGNORECASE)
_JSON = re.compile(r"\s*(\[\s*[{\]]|\{\s*[\"}])")
_OF_WINDOWS = re.compile(rb"[\x80-\x9f]")
_NOT_OF_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def sniff(path: Path) -> FileProfile:
    """Look at a file's first rows. Raises SourceError where there is no table with a row in it."""
    match signature_of(path, path.name):
        case "xlsx":
            return _workbook(path)
        case "parquet":
            return _asked(FileProfile(path, "utf-8", ",", (), "parquet"))
        case _:
            return _text(path)


def _asked(file: FileProfile) -> FileProfile:
    """The file with the header that an engine sees. Raises SourceError."""
    return FileProfile(
        file.path, file.encoding, file.delimiter, asked_header(file.source, file.path), file.format,
        records=file.records,
    )  # fmt: skip


# text


def _text(path: Path) -> FileProfile:
    encoding = _encoding(path)
    source = Source(path=path.name, format="csv", encoding=encoding)
    with opened(path, path.name, source) as text:
        start = text.read(BLOCK)
        if _JSON.match(start):
            while block := text.read(BLOCK):
                start += block
                if len(start) > MAX_DOCUMENT:
                    raise too_large(path.name, MAX_DOCUMENT)
            return _asked(FileProfile(path, encoding, ",", (), "json", records=list_of_records(start)))
    return _delimited(path, encoding, start)


def _delimited(path: Path, encoding: str, start: str) -> FileProfile:
    """A file of delimited text by its beginning. Raises SourceError."""
    lines = start.splitlines(keepends=True)
    lines = lines[:_LOOKED_AT] if len(lines) > _LOOKED_AT or len(start) < BLOCK else lines[:-1] or lines
    if not any(line.strip() for line in lines):
        raise SourceError(f"{path.name} is empty", "Export it again: the file has no header.")
    stated = _STATED.fullmatch(lines[0].strip("\r\n"))
    delimiter = stated[1] if stated else _delimiter(lines)
    rows, ends = _rows(lines, delimiter)
    first = 1 if stated else 0
    place = header_row(rows[first:]) + first
    skip = 0 if place == first else ends[place - 1]
    numbers = numbers_of(rows[place + 1 :])
    source = Source(path=path.name, format="csv", encoding=encoding, delimiter=delimiter, skip=skip)
    header, _ = read_head(path, path.name, source)
    if not any(any(cell.strip() for cell in row) for row in rows[place + 1 :]):
        raise SourceError(f"{path.name} has a header but no rows", "Export it again with its rows.")
    return FileProfile(
        path, encoding, delimiter, header, "csv", skip, decimal=numbers.decimal, thousands=numbers.thousands
    )


def _rows(lines: Sequence[str], delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The cells of the first rows, and the line in which each ends."""
    rows: list[list[str]] = []
    ends: list[int] = []
    reader = csv.reader(iter(lines), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass  # a check says at which line; what was seen until there is enough for a first look
    return rows, ends


def _delimiter(lines: Sequence[str]) -> str:
    """What gives most rows the same number of cells, and most of them; of equals the first."""

    def weight(delimiter: str) -> tuple[float, int, int]:
        rows = [row for row in _rows(lines, delimiter)[0] if any(cell.strip() for cell in row)]
        cells, count = Counter(len(row) for row in rows).most_common(1)[0] if rows else (1, 0)
        return count * (cells - 1), cells, -_DELIMITERS.index(delimiter)

    return max(_DELIMITERS, key=weight)


def _encoding(path: Path) -> str:
    """utf-16 by its mark, utf-8 if all of the file is, else one of one byte a letter. Raises SourceError."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_windows, is_not = True, False, False
    with unpacked(path, path.name) as stream:
        for number, block in enumerate(iter(lambda: stream.read(BLOCK), b"")):
            if not number and (wide := _wide(block)):
                return wide
            if b"\0" in block:
                raise SourceError(f"{path.name} is not a text file", "Export it as CSV or as an Excel workbook.")
            is_utf8 = is_utf8 and _decodes(decoder, block)
            is_windows = is_windows or _OF_WINDOWS.search(block) is not None
            is_not = is_not or _NOT_OF_WINDOWS.search(block) is not None
    if is_utf8:
        return "utf-8"
    return "windows-1252" if is_windows and not is_not else "latin-1"


def _wide(block: bytes) -> str | None:
    """utf-16, by its mark or by the zeros beside its letters."""
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    low, high = block[1::2], block[::2]
    if low and low.count(0) > len(low) * 0.6 and not high.count(0):
        return "utf-16-le"
    return "utf-16-be" if high and high.count(0) > len(high) * 0.6 and not low.count(0) else None


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


# workbooks


def _workbook(path: Path) -> FileProfile:
    """The sheet with the most filled cells, if there are several. Raises SourceError."""
    names = sheet_names(path, path.name)
    tables = {name: _sheet_rows(path, name) for name in names}
    sheet = max(names, key=lambda name: sum(bool(cell.strip()) for row in tables[name] for cell in row))
    rows = tables[sheet]
    if not any(cell.strip() for row in rows for cell in row):
        raise SourceError(f"{path.name} is empty", "Export it again: the workbook has no header.")
    skip = header_row(rows)
    source = Source(path=path.name, format="xlsx", sheet=sheet, skip=skip)
    header = header_of(rows, sheet, path.name, source)
    if not any(any(cell.strip() for cell in row) for row in rows[skip + 1 :]):
        raise SourceError(f"{path.name} has a header but no rows", "Export it again with its rows.")
    numbers: Numbers = numbers_of(_typed_texts(path, sheet, skip))
    return FileProfile(
        path, "utf-8", ",", header, "xlsx", skip, sheet if len(names) > 1 else None,
        decimal=numbers.decimal, thousands=numbers.thousands,
    )  # fmt: skip


def _sheet_rows(path: Path, name: str) -> list[list[str]]:
    sheet = read_sheet(path, path.name, Source(path=path.name, format="xlsx", sheet=name), _LOOKED_AT)
    return list(sheet.texts("."))


def _typed_texts(path: Path, name: str, skip: int) -> Iterator[list[str]]:
    """Of the rows below a header, the cells that are text: a workbook's numbers are numbers."""
    sheet = read_sheet(path, path.name, Source(path=path.name, format="xlsx", sheet=name), _LOOKED_AT)
    for row in islice(sheet.rows, skip + 1, None):
        yield [cell for cell in row if isinstance(cell, str)]
