"""CSV files, and others whose cells a character separates: the first line of each names its columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import ClassVar, Self, TextIO

from ...compile.dataset.columns import Native, texts_of
from ...compile.dataset.files import delimited_rows
from ...compile.sql.tree import Query
from ...model.header import unique_headers
from ...model.record import replace
from ...model.source import Source
from .interface import Inquiry, SourceError
from .local import LocalFiles
from .scratch import Scratch
from .text import check_signature, copy, is_plain, opened
from .titles import title_hint

_HEADER_LIMIT = 1_000_000
_SEPARATOR = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
"""What Excel writes above the header to say what separates the cells."""


class DelimitedFiles(LocalFiles):
    """Text files of delimited cells, and the header of each."""

    format: ClassVar[str] = "csv"

    headers: tuple[tuple[str, ...], ...] = ()
    skips: tuple[int, ...] = ()
    """For each file, how many lines stand above its header; a copy lacks them."""

    @classmethod
    def opened(cls, source: Source, paths: Sequence[Path]) -> Self:
        """These files with their headers. Raises SourceError where one cannot be read."""
        resolved = tuple(path.resolve() for path in paths)
        heads = [read_head(path, named.name, source) for path, named in zip(resolved, paths, strict=True)]
        headers, skips = (tuple(part) for part in zip(*heads, strict=True))
        return cls(source, tuple(map(str, paths)), tuple(map(str, resolved)), (), headers, skips)

    def columns(self, _inquiry: Inquiry) -> Native:
        """The columns that any file names, all of them text."""
        return self.columns_without_engine()

    def columns_without_engine(self) -> Native:
        """The same: the headers say it."""
        return replace(texts_of(self.headers), hint=title_hint(self.headers, self.source.skip))

    def prepared(self, scratch: Scratch) -> Self:
        """Files that the engine reads otherwise than they are meant, or not at all, as copies. Raises SourceError.

        It loses all rows, without a word, where the lines above the header end otherwise than those below.
        """
        if is_plain(self.source) and not any(self.skips):
            return self
        return self.copied(scratch, ".csv", self._copy)

    def _copy(self, path: Path, name: str, target: Path) -> None:
        copy(path, name, self.source, target, self.skips[self.resolved.index(str(path))])

    def relation(self, native: Native, columns: Sequence[str]) -> Query:
        """The rows of all files, with these of their columns; one that a file lacks is NULL there."""
        return delimited_rows(self.source, self.engine_names, native, columns)

    def single(self, number: int) -> Self:
        """One of the files, with its header."""
        return replace(super().single(number), headers=(self.headers[number],), skips=(self.skips[number],))

    def locations(self, cells: Sequence[tuple[int, str]]) -> Sequence[str]:
        """The lines in which the rows begin: a cell may go over several."""
        lines = self._first_lines({row for row, _ in cells})
        return [str(lines.get(row, f"row {row}")) for row, _ in cells]

    def _first_lines(self, rows: Collection[int]) -> Mapping[int, int]:
        """The line in which each of the rows of a single file begins, as far as it can be read."""
        lines: dict[int, int] = {}
        [path], [header], [skip] = self.resolved, self.headers, self.skips
        above = skip if self.originals else 0
        with suppress(SourceError, csv.Error), opened(Path(path), "", self.source) as text:
            for _ in range(skip - above):
                text.readline()
            # An empty line is a row where there is one column. The header is row 0.
            for row, line in enumerate(_record_lines(text, self.source, keep_empty=len(header) == 1)):
                if row in rows:
                    lines[row] = line + skip
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


def read_head(path: Path, name: str, source: Source) -> tuple[tuple[str, ...], int]:
    """The names of a file's columns, and how many lines stand above them. Raises SourceError."""
    check_signature(path, name, "csv")
    csv.field_size_limit(_HEADER_LIMIT)
    with opened(path, name, source) as text:
        skip, lines = _below(text, name, source)
        try:
            header = next(csv.reader(lines, delimiter=source.delimiter, quotechar=source.quote), None)
        except csv.Error as error:
            raise SourceError(f"{name} cannot be read: {type(error).__name__}") from None
    if header is None and not skip:
        raise SourceError(f"{name} is empty", "Export it again: the file has no header.")
    if not any(cell.strip() for cell in header or ()):
        raise SourceError(
            f"{name} has nothing in line {skip + 1}, where its header should be",
            "Write under `source` how many lines stand above the header: `skip: 3`.",
        )
    return unique_headers(header or ()), skip


def _below(text: TextIO, name: str, source: Source) -> tuple[int, Iterator[str]]:
    """How many lines stand above the header, and the lines from it on.

    Above it are the lines of `skip`; without that, the one in which Excel says what separates the cells.
    """
    lines = _lines(text, name)
    above = list(islice(lines, source.skip or 1))
    stated = _SEPARATOR.fullmatch(above[0]) if above else None
    if stated and stated[1] != source.delimiter:
        raise SourceError(
            f"{name} says in its first line that {stated[1]!r} separates its cells",
            f"Write `delimiter: {stated[1]!r}` under `source`.",
        )
    return (source.skip or 1, lines) if source.skip or stated else (0, chain(above, lines))


def _lines(text: TextIO, name: str) -> Iterator[str]:
    """The first lines of a file. Raises SourceError where they are too long to be a header."""
    left = _HEADER_LIMIT
    while line := text.readline(left):
        left -= len(line)
        if not left:
            raise SourceError(
                f"{name}: the first line has {_HEADER_LIMIT:,} characters or more",
                "Export it again with one row per line.",
            )
        yield line
