"""A source, as the rest of the house knows it: rows in files, read column by column, which may not be readable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ...compile.dataset.columns import Native
from ...compile.dataset.source_type import SourceType
from ...compile.sql.tree import Query
from ...model.source import Source
from ..engine.interface import EngineError, Row
from .scratch import Scratch


class Inquiry(Protocol):
    """What an engine is asked about files before any row is read. Every method raises EngineError."""

    def describe(self, rows: Query) -> Mapping[str, SourceType]:
        """The columns of some rows, and their types."""

    def fetch(self, query: Query) -> Sequence[Row]:
        """All rows of a query."""


class SourceError(Exception):
    """A source that cannot be read: what is wrong, what to do."""

    def __init__(self, message: str, hint: str = "", *, is_outside: bool = False) -> None:
        super().__init__(message)
        self.is_outside = is_outside
        """Whether its path leads out of what may be read, whatever the data there are."""
        self.message = message
        self.hint = hint


class Files(Protocol):
    """The files of a source, all of one format."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files by their names in the project."""

    @property
    def resolved(self) -> tuple[str, ...]:
        """The same files without links, which the engine has to be admitted to: what was looked at is what is read."""

    def prepared(self, scratch: Scratch) -> Files:
        """The files as an engine can read them: copies in the place of those that it cannot. Raises SourceError."""

    def columns(self, inquiry: Inquiry) -> Native:
        """The columns and their types; an engine is asked only where the files have no header.

        Raises SourceError where they cannot be read, EngineError where the engine is gone.
        """

    def columns_without_engine(self) -> Native | None:
        """The columns, if they can be known without an engine."""

    def relation(self, native: Native, columns: Sequence[str]) -> Query:
        """The rows of all files, with these of their columns; `native` is what `columns` gave."""

    def single(self, number: int) -> Files:
        """One of the files, by its place among them, as a source of its own."""

    def locations(self, cells: Sequence[tuple[int, str]]) -> Sequence[str]:
        """Where in a single file cells stand, each by its row, counted from 1, and its column: `202`, `row 202`."""

    def fingerprint(self) -> str:
        """A hash of the files' bytes, in the order of their names. Raises OSError."""

    def unreadable(self, error: EngineError) -> SourceError | EngineError:
        """The engine's failure to read, in words of our own; the failure itself where the files are not to blame."""


Open = Callable[[Source, Sequence[Path]], Files]
"""Files as a source describes them. Raises SourceError where what has to be known before reading is not there."""
