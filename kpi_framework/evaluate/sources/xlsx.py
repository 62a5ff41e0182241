"""Excel workbooks: one sheet of each, whose rows are copied as delimited text."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

from ...compile.dataset.columns import Native, texts_of
from ...compile.dataset.files import delimited_rows
from ...compile.sql.tree import Query
from ...model.header import folded, unique_headers
from ...model.record import replace
from ...model.source import Source
from .interface import Inquiry, SourceError
from .local import LocalFiles
from .scratch import Scratch
from .titles import title_hint
from .workbook import letters, read_sheet


class XlsxFiles(LocalFiles, dict=True):
    """Workbooks with one sheet each, or with the one that is named."""

    format: ClassVar[str] = "xlsx"

    headers: tuple[tuple[str, ...], ...] = ()
    """Known once they are prepared."""
    sheets: tuple[str, ...] = ()
    """The names of the sheets, known with the headers."""

    def prepared(self, scratch: Scratch) -> Self:
        """The header and the rows below it of each sheet, as copies. Raises SourceError."""
        heads: list[tuple[str, tuple[str, ...]]] = []

        def write(path: Path, name: str, target: Path) -> None:
            heads.append(_copy(path, name, self.source, target))

        copies = self.copied(scratch, ".csv", write)
        sheets, headers = zip(*heads, strict=True)
        nulls = ("", *self.source.nulls)  # nothing in a cell is no value, whatever else stands for none
        source = copies.source.model_copy(update={"nulls": nulls})
        return replace(copies, headers=headers, sheets=sheets, source=source)

    def columns(self, _inquiry: Inquiry) -> Native:
        """The columns that any header names, all of them text. Raises SourceError."""
        return self.columns_without_engine()

    def columns_without_engine(self) -> Native:
        """The same: the headers say it. Raises SourceError."""
        headers = self.headers or self._heads
        return replace(texts_of(headers), hint=title_hint(headers, self.source.skip))

    @cached_property
    def _heads(self) -> tuple[tuple[str, ...], ...]:
        """The headers as the workbooks themselves have them."""
        return tuple(
            _head(Path(path), Path(name).name, self.source)
            for path, name in zip(self.resolved, self.paths, strict=True)
        )

    def single(self, number: int) -> Self:
        """One of the files, with its header."""
        return replace(super().single(number), headers=(self.headers[number],), sheets=(self.sheets[number],))

    def locations(self, cells: Sequence[tuple[int, str]]) -> Sequence[str]:
        """The sheet and the cell, `Export!F202`; of a row the first one."""
        [header], [sheet] = self.headers, self.sheets
        places = {folded(name): letters(place) for place, name in reversed(list(enumerate(header, 1)))}
        return [f"{sheet}!{places.get(folded(name), 'A')}{self.source.skip + 1 + row}" for row, name in cells]

    def relation(self, native: Native, columns: Sequence[str]) -> Query:
        """The rows of all files, with these of their columns; one that a file lacks is NULL there."""
        return delimited_rows(self.source, self.engine_names, native, columns)


def _head(path: Path, name: str, source: Source) -> tuple[str, ...]:
    sheet = read_sheet(path, name, source, source.skip + 1)
    return header_of([*sheet.texts(".")], sheet.name, name, source)


def _copy(path: Path, name: str, source: Source, target: Path) -> tuple[str, tuple[str, ...]]:
    """Write the header and the rows below it as text; its sheet and the header. Raises SourceError, OSError."""
    sheet = read_sheet(path, name, source)
    rows = [*sheet.texts(source.decimal)]
    header = header_of(rows, sheet.name, name, source)
    with target.open("w", encoding="utf-8", newline="") as stream:
        cells = csv.writer(stream, delimiter=source.delimiter, quotechar=source.quote, lineterminator="\n")
        cells.writerow(header)
        cells.writerows(row[: len(header)] for row in rows[source.skip + 1 :])
    return sheet.name, header


def header_of(rows: Sequence[Sequence[str]], sheet: str, name: str, source: Source) -> tuple[str, ...]:
    """The names of a sheet's columns, all that it has. Raises SourceError."""
    header = rows[source.skip] if len(rows) > source.skip else ()
    if not any(cell.strip() for cell in header):
        raise SourceError(
            f"{name}: row {source.skip + 1} of the sheet `{sheet}` is empty, where its header should be",
            "Write under `source` how many rows stand above the header: `skip: 3`.",
        )
    return unique_headers(header)
