"""What stands in the columns of an export: counted by an engine over all rows, for `discover` to judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Self, TypeVar

from ..compile.dataset.profiling import (
    TEXTS,
    TIMES,
    counts_query,
    days_query,
    distinct_query,
    orders_query,
    pairs,
    readings_query,
    sample_query,
    text_rows,
    texts_query,
    time_rows,
    unread_query,
)
from ..compile.dialect.duckdb.dialect import DUCKDB
from ..compile.sql.statements import create_table
from ..model.column_profile import ColumnProfile, FileProfile, TimeFormats, TimeOrder, TimeReading
from .engine.interface import Cell, Engine, EngineError
from .sources.formats import opener
from .sources.interface import SourceError
from .sources.scratch import Scratch
from .tree_engine import TreeEngine

MAX_SAMPLE = 2_000
"""So many rows, evenly spread, are shown whole."""
_FEW = 2_000
"""A column of no more different texts shows all of them."""
_NEARLY_ALL = 0.8
_UNREAD = 50
T = TypeVar("T")
_AT_ONCE = 40
"""Columns of one query: a statement has an end."""


class ExportTable:
    """The rows of files with one header, as texts in an engine. Every method raises EngineError."""

    def __init__(self, engine: TreeEngine, header: tuple[str, ...], rows: int = 0) -> None:
        self._engine = engine
        self.header = header
        """The names of the columns that were read."""
        self.rows = rows
        self._timed: tuple[tuple[str, TimeFormats], ...] = ()

    @classmethod
    def read(
        cls, engine: Engine, scratch: Scratch, files: Sequence[FileProfile], headers: Sequence[str] | None = None
    ) -> Self:
        """Read these columns, or all, of files that are written alike. Raises SourceError, EngineError."""
        first = files[0]
        source = opener(first.format)(first.source, [file.path for file in files]).prepared(scratch)
        engine.admit(source.resolved)
        trees = TreeEngine(engine, DUCKDB)
        try:
            native = source.columns(trees)
            columns = tuple(native.types) if headers is None else tuple(headers)
            trees.run(create_table(TEXTS, text_rows(source.relation(native, columns), columns)))
            [[rows]] = trees.fetch(counts_query(()))
        except EngineError as error:
            raise source.unreadable(error) from None
        if not rows:
            raise SourceError(f"{first.path.name} has a header but no rows", "Export it again with its rows.")
        return cls(trees, columns, int(str(rows)))

    def profiles(self, headers: Sequence[str]) -> Mapping[str, ColumnProfile]:
        """What stands in these columns."""
        profiles: dict[str, ColumnProfile] = {}
        for names in _groups(headers, _AT_ONCE):
            numbers = [self.header.index(name) for name in names]
            step = max(1, -(-self.rows // MAX_SAMPLE))
            sample = list(zip(*self._engine.fetch(sample_query(numbers, step)), strict=True))
            distinct = self._distinct(numbers)
            for name, number, cells in zip(names, numbers, sample, strict=True):
                filled, different = distinct[number]
                shown = tuple("" if cell is None else str(cell) for cell in cells)
                texts = self._texts(number) if different <= _FEW else tuple(dict.fromkeys(c for c in shown if c))
                profiles[name] = ColumnProfile(
                    name, "text", self.rows, self.rows - filled, different, texts, shown
                )  # fmt: skip
        return profiles

    def _distinct(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """The cells of columns, and how many are different: exact where that may matter."""
        [[_, *counts]] = self._engine.fetch(counts_query(numbers))
        cells = {n: (_whole(a), _whole(b)) for n, (a, b) in zip(numbers, _groups(counts, 2), strict=True)}
        exact = [n for n, (filled, about) in cells.items() if about <= _FEW or about >= _NEARLY_ALL * filled]
        if exact:
            [different] = self._engine.fetch(distinct_query(exact))
            cells |= {n: (cells[n][0], _whole(count)) for n, count in zip(exact, different, strict=True)}
        return cells

    def _texts(self, number: int) -> tuple[str, ...]:
        return tuple(str(text) for (text,) in self._engine.fetch(texts_query(number, _FEW)))

    def readings(self, formats: Sequence[tuple[str, TimeFormats]]) -> Sequence[TimeReading]:
        """Each column, read by some formats."""
        self._time(formats)
        [cells] = self._engine.fetch(readings_query(len(formats))) if formats else [()]
        return [TimeReading(_whole(c), _moment(a), _moment(b)) for c, a, b in _groups(cells, 3)]

    def unread(self, header: str, formats: TimeFormats) -> tuple[str, ...]:
        """Some different texts of a column that none of the formats reads."""
        query = unread_query(self.header.index(header), formats, _UNREAD)
        return tuple(str(text) for (text,) in self._engine.fetch(query))

    def orders(self, formats: Mapping[str, TimeFormats]) -> Mapping[tuple[str, str], TimeOrder]:
        """Each two of some columns of times, in either order."""
        names = list(formats)
        if len(names) < 2:
            return {}
        self._time(list(formats.items()))
        [cells] = self._engine.fetch(orders_query(len(names)))
        counts = [TimeOrder(_whole(both), _whole(kept)) for both, kept in _groups(cells, 2)]
        return {(names[a], names[b]): order for (a, b), order in zip(pairs(len(names)), counts, strict=True)}

    def days(self, header: str, formats: TimeFormats) -> Sequence[tuple[dt.date, int]]:
        """The days on which a column's times fall, in their order, and how many rows each has."""
        if (header, formats) not in self._timed:
            self._time([(header, formats)])
        query = days_query(self._timed.index((header, formats)))
        return [(dt.date.fromisoformat(str(day)), _whole(rows)) for day, rows in self._engine.fetch(query)]

    def _time(self, formats: Sequence[tuple[str, TimeFormats]]) -> None:
        """Make the table of these columns as times, unless it is there."""
        wanted = tuple(formats)
        if wanted and wanted != self._timed:
            columns = [(self.header.index(name), written) for name, written in wanted]
            self._engine.run(create_table(TIMES, time_rows(columns), replace=True))
            self._timed = wanted


def _whole(cell: Cell) -> int:
    return int(str(cell))


def _moment(cell: Cell) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(str(cell)) if cell is not None else None
    except ValueError:
        return None  # a year that no calendar of ours has


def _groups(sequence: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items of a sequence, so many together."""
    return [sequence[start : start + size] for start in range(0, len(sequence), size)]
