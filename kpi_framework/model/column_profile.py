"""What a look at an export showed: how its files are written, and what stands in each column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from .project import Type
from .record import Record
from .source import Source

FileFormat = Literal["csv", "json", "parquet", "xlsx"]


class FileProfile(Record):
    """A file with a header: how to read it, and its columns' names, repeated ones told apart."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    """The columns' names; empty where an engine has not told them yet."""
    format: FileFormat = "csv"
    skip: int = 0
    """How many lines or rows stand above the header."""
    sheet: str | None = None
    """The sheet of a workbook that has several."""
    records: str | None = None
    """Where in a JSON document the list of its rows stands."""
    decimal: str = "."
    thousands: str | None = None

    @property
    def source(self) -> Source:
        """The source that reads this file."""
        return Source.model_validate({"path": self.path.name, "format": self.format, **self.options})

    @property
    def options(self) -> Mapping[str, Any]:
        """How it is written, where that is not the usual way: what files have in common that are read as one."""
        options = {
            "delimiter": self.delimiter, "encoding": self.encoding, "skip": self.skip, "sheet": self.sheet,
            "records": self.records, "decimal": self.decimal, "thousands": self.thousands,
        }  # fmt: skip
        usual = {"delimiter": ",", "encoding": "utf-8", "skip": 0, "decimal": "."}
        return {name: option for name, option in options.items() if option != usual.get(name)}


class ColumnProfile(Record):
    """One column over the rows that were looked at, of one file or of several with the same header."""

    name: str
    """Its header."""
    type: Type = "text"
    """What the file says it holds; a CSV file says nothing, and all is text."""
    row_count: int = 0
    """How many rows there are."""
    empty_count: int = 0
    """In how many of them the cell is blank or lacking."""
    distinct_count: int = 0
    """How many different texts there are, blank ones aside: exact where there are few, or as many as rows."""
    texts: tuple[str, ...] = ()
    """Different texts, blank ones aside: all of them where there are few, else those of the sample."""
    sample: tuple[str, ...] = ()
    """The cells of some rows, blank ones too: the same rows for every column, in their order, evenly spread."""

    @property
    def full(self) -> float:
        """The share of the rows that have a cell here."""
        return 1 - self.empty_count / self.row_count if self.row_count else 0.0

    @property
    def is_unique(self) -> bool:
        """Whether no two rows have the same text here, and none is blank."""
        return self.row_count > 0 and self.empty_count == 0 and self.distinct_count == self.row_count


TimeFormats = tuple[str, ...]
"""How times are written, by strptime; empty: ISO 8601."""


class TimeReading(Record):
    """What a column of times comes to if it is read by some formats."""

    cells: int
    """How many cells they read."""
    oldest: dt.datetime | None
    newest: dt.datetime | None


class TimeOrder(Record):
    """Two columns of times: in how many rows both stand, and in how many of them the first is not later."""

    both: int
    kept: int

    @property
    def share(self) -> float:
        """The share of the rows in which the first is not later than the second."""
        return self.kept / self.both if self.both else 0.0


class ExportRows(Protocol):
    """The rows of an export, which answer questions about columns by their headers."""

    def profiles(self, headers: Sequence[str]) -> Mapping[str, ColumnProfile]:
        """What stands in these columns."""

    def readings(self, formats: Sequence[tuple[str, TimeFormats]]) -> Sequence[TimeReading]:
        """Each column, read by some formats."""

    def unread(self, header: str, formats: TimeFormats) -> tuple[str, ...]:
        """Some different texts of a column that none of the formats reads."""

    def orders(self, formats: Mapping[str, TimeFormats]) -> Mapping[tuple[str, str], TimeOrder]:
        """Each two of some columns of times, in either order."""

    def days(self, header: str, formats: TimeFormats) -> Sequence[tuple[dt.date, int]]:
        """The days on which a column's times fall, in their order, and how many rows each has."""
