"""A first look at an export: how it is encoded, what separates its cells, and its header.

Only `kpi init` looks; what it saw is written into kpi.yaml, and from then on nothing is sniffed.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from ..model.column_profile import Encoding, FileProfile
from ..model.header import unique_headers
from .sources.interface import SourceError

_DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1 << 20
MAX_ROWS = 200_000
"""So many rows of a file are looked at."""


def sniff(path: Path) -> FileProfile:
    """Look at a file's first lines. Raises SourceError where there is no table of text with a row in it."""
    encoding = _encoding(path)
    with _opened(path, encoding) as stream:
        line = stream.readline(_BLOCK).rstrip("\r\n")
    if not line.strip():
        raise SourceError(f"{path.name} is empty", "Export it again: the file has no header.")
    delimiter = max(_DELIMITERS, key=lambda d: (len(_cells(line, d)), -_DELIMITERS.index(d)))
    file = FileProfile(path, encoding, delimiter, unique_headers(_cells(line, delimiter)))
    if next(rows_of(file), None) is None:
        raise SourceError(f"{path.name} has a header but no rows", "Export it again with its rows.")
    return file


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _encoding(path: Path) -> Encoding:
    """utf-16 by its mark, utf-8 if all of the file is, else latin-1. Raises SourceError for what is not text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding: Encoding = "utf-8"
    try:
        with path.open("rb") as stream:
            if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                return "utf-16"
            stream.seek(0)
            for block in iter(lambda: stream.read(_BLOCK), b""):
                if b"\0" in block:
                    raise SourceError(f"{path.name} is not a text file", "Export it as CSV.")
                encoding = encoding if encoding == "latin-1" or _decodes(decoder, block) else "latin-1"
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}", "Correct the path.") from None
    return encoding


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _opened(path: Path, encoding: Encoding) -> TextIO:
    return path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="", errors="replace")


def rows_of(file: FileProfile) -> Iterator[list[str]]:
    """The cells of its first rows, those without any value left out."""
    with _opened(file.path, file.encoding) as stream:
        lines = csv.reader(stream, delimiter=file.delimiter)
        try:
            next(lines, None)
            for number, row in enumerate(lines):
                if number == MAX_ROWS:
                    return
                if any(cell.strip() for cell in row):
                    yield row
        except csv.Error:
            # The check says at which line; what was seen until there is enough for a first look.
            return
