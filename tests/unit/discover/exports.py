"""Exports for the tests of this room, made from their columns and cells without a file and without an engine."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path

from kpi_framework.discover.export import Answers, Export, Surroundings, guessed_export, known_export
from kpi_framework.discover.timestamp_formats import iso, read
from kpi_framework.discover.vendor import IdentifiedFile, Shipped, identified
from kpi_framework.load.library import shipped_contracts, shipped_presets
from kpi_framework.load.vocabularies import shipped_vocabularies
from kpi_framework.model.column_profile import (
    ColumnProfile,
    FileProfile,
    TimeFormats,
    TimeOrder,
    TimeReading,
)
from kpi_framework.model.record import Record

SHIPPED = Shipped(shipped_presets(), shipped_contracts())
NOW = dt.datetime(2026, 12, 31, tzinfo=dt.UTC)
AROUND = Surroundings(SHIPPED, shipped_vocabularies(), NOW)


class Rows(Record):
    """Rows in plain Python, which answer as an engine's do."""

    columns: Mapping[str, Sequence[str]]

    def profiles(self, headers: Sequence[str]) -> Mapping[str, ColumnProfile]:
        """What stands in these columns."""
        return {h: self._profile(h) for h in headers}

    def _profile(self, header: str) -> ColumnProfile:
        cells = tuple(cell.strip() for cell in self.columns[header])
        texts = tuple(dict.fromkeys(c for c in cells if c))
        return ColumnProfile(header, "text", len(cells), cells.count(""), len(texts), texts, cells)

    def times(self, header: str, formats: TimeFormats) -> list[dt.datetime | None]:
        """The cells of a column as times."""
        cells = self.columns[header]
        moments = [next((t for f in formats if (t := read(c, f))), None) if formats else iso(c) for c in cells]
        return [t and t.replace(tzinfo=None) for t in moments]

    def readings(self, formats: Sequence[tuple[str, TimeFormats]]) -> Sequence[TimeReading]:
        """Each column, read by some formats."""
        known = [[t for t in self.times(header, written) if t] for header, written in formats]
        return [TimeReading(len(k), min(k, default=None), max(k, default=None)) for k in known]

    def unread(self, header: str, formats: TimeFormats) -> tuple[str, ...]:
        """Texts that no format reads."""
        pairs = zip(self.columns[header], self.times(header, formats), strict=True)
        return tuple(dict.fromkeys(cell for cell, time in pairs if cell and time is None))

    def orders(self, formats: Mapping[str, TimeFormats]) -> Mapping[tuple[str, str], TimeOrder]:
        """Each two of some columns of times."""
        times = {header: self.times(header, written) for header, written in formats.items()}
        both = {
            pair: [(a, b) for a, b in zip(times[pair[0]], times[pair[1]], strict=True) if a and b]
            for pair in permutations(times, 2)
        }
        return {pair: TimeOrder(len(rows), sum(a <= b for a, b in rows)) for pair, rows in both.items()}

    def days(self, header: str, formats: TimeFormats) -> Sequence[tuple[dt.date, int]]:
        """The days of a column, and how many rows each has."""
        return sorted(Counter(t.date() for t in self.times(header, formats) if t).items())


def identified_file(
    headers: Sequence[str], name: str = "export.csv", delimiter: str = ",", encoding: str = "utf-8"
) -> IdentifiedFile:
    """A file that is recognised by these headers."""
    file = identified(FileProfile(Path(name), encoding, delimiter, tuple(headers)), SHIPPED)
    assert isinstance(file, IdentifiedFile)
    return file


def export_of(columns: Mapping[str, Sequence[str]], encoding: str = "utf-8", now: dt.datetime = NOW) -> Export:
    """An export of one file with these cells in its columns; shorter columns go on blank."""
    file = identified_file(list(columns), encoding=encoding)
    around = Surroundings(SHIPPED, AROUND.vocabularies, now)
    return known_export((file.file,), file.match, Rows(_even(columns)), Answers({}), around)


def guess_of(columns: Mapping[str, Sequence[str]], answers: Answers | None = None) -> Export | None:
    """The same of a file that no header explains."""
    file = FileProfile(Path("export.csv"), "utf-8", ",", tuple(columns))
    return guessed_export((file,), Rows(_even(columns)), answers or Answers({}), AROUND)


def _even(columns: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    longest = max(map(len, columns.values()), default=0)
    return {name: [*cells, *[""] * (longest - len(cells))] for name, cells in columns.items()}
