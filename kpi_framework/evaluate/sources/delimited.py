"""CSV files, and others whose cells a character separates: the first line of each names its columns."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import ClassVar, Self, TextIO

from ...compile.dataset.columns import Native, texts_of
from ...compile.dataset.files import delimited_rows
from ...compile.sql.tree import Query
from ...model.header import unique_headers
from ...model.project import Source
from ...model.record import replace
from .interface import Inquiry, SourceError
from .local import LocalFiles, misencoded

_HEADER_LIMIT = 1_000_000


class DelimitedFiles(LocalFiles):
    """Text files of delimited cells, and the header of each."""

    format: ClassVar[str] = "csv"

    headers: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def opened(cls, source: Source, paths: Sequence[Path]) -> Self:
        """These files with their headers. Raises SourceError where one cannot be read."""
        resolved = tuple(path.resolve() for path in paths)
        headers = tuple(_header(path, named.name, source) for path, named in zip(resolved, paths, strict=True))
        return cls(source, tuple(map(str, paths)), tuple(map(str, resolved)), headers)

    def columns(self, _inquiry: Inquiry) -> Native:
        """The columns that any file names, all of them text."""
        return self.columns_without_engine()

    def columns_without_engine(self) -> Native:
        """The same: the headers say it."""
        return texts_of(self.headers)

    def relation(self, native: Native, columns: Sequence[str]) -> Query:
        """The rows of all files, with these of their columns; one that a file lacks is NULL there."""
        return delimited_rows(self.source, self.engine_names, native, columns)

    def single(self, number: int) -> Self:
        """One of the files, with its header."""
        return replace(super().single(number), headers=(self.headers[number],))

    def locations(self, cells: Sequence[tuple[int, str]]) -> Sequence[str]:
        """The lines in which the rows begin: a cell may go over several."""
        lines = self._first_lines({row for row, _ in cells})
        return [str(lines.get(row, f"row {row}")) for row, _ in cells]

    def _first_lines(self, rows: Collection[int]) -> Mapping[int, int]:
        """The line in which each of the rows of a single file begins, as far as it can be read."""
        lines: dict[int, int] = {}
        [path], [header] = self.resolved, self.headers
        with suppress(OSError, UnicodeDecodeError, csv.Error), _opened(Path(path), self.source) as stream:
            # An empty line is a row where there is one column. The header is row 0.
            for row, line in enumerate(_record_lines(stream, self.source, keep_empty=len(header) == 1)):
                if row in rows:
                    lines[row] = line
                if len(lines) == len(rows):
                    break
        return lines


def _record_lines(stream: TextIO, source: Source, *, keep_empty: bool) -> Iterator[int]:
    """The line in which each record begins. Only one with a quote can go over several. Raises csv.Error."""
    line = 0
    for text in stream:
        if keep_empty or text.strip("\r\n"):
            yield line + 1
        if source.quote in text:
            record = csv.reader(chain([text], stream), delimiter=source.delimiter, quotechar=source.quote)
            next(record)
            line += record.line_num
        else:
            line += 1


def _opened(path: Path, source: Source) -> TextIO:
    encoding = {"utf-8": "utf-8-sig"}.get(source.encoding, source.encoding)
    return path.open(encoding=encoding, newline="")


def _header(path: Path, name: str, source: Source) -> tuple[str, ...]:
    """The names of a file's columns. Raises SourceError."""
    csv.field_size_limit(_HEADER_LIMIT)
    try:
        with _opened(path, source) as stream:
            line = stream.readline(_HEADER_LIMIT)
        cells = csv.reader([line] if line.strip() else [], delimiter=source.delimiter, quotechar=source.quote)
        header = next(iter(cells), [])
    except UnicodeDecodeError:
        raise misencoded(name, source) from None
    except (OSError, csv.Error) as error:
        raise SourceError(f"{name} cannot be read: {type(error).__name__}") from None
    if len(line) == _HEADER_LIMIT:
        raise SourceError(
            f"{name}: the first line has {_HEADER_LIMIT:,} characters or more", "Export it again with one row per line."
        )
    if not header:
        raise SourceError(f"{name} is empty", "Export it again: the file has no header.")
    return unique_headers(header)
