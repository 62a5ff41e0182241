"""The engine, as the rest of the house knows it: something that runs SQL elsewhere and may fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

Plain = int | float | bool | str | None
Cell = Plain | list[Plain]
Row = tuple[Cell, ...]
Work = Callable[[], object]


_OF_FILES = frozenset({"InvalidInputException", "IOException", "SerializationException", "UnicodeDecodeError", "Error"})
"""The kinds of errors by which an engine says that a file does not hold what it should."""
_OF_MEMORY = frozenset({"OutOfMemoryException", "MemoryError", "IOException"})
"""The kinds by which it says that memory, or the place where it puts what memory does not hold, is full."""
_OF_VALUES = frozenset({"ConversionException", "InvalidInputException", "OutOfRangeException", "OverflowError"})
"""The kinds by which it says that a value is too large, or cannot be computed with."""


class EngineError(Exception):
    """A statement failed: its kind, never the engine's words.

    `died` says that the worker is gone, `lost` that no other can take its place: the statement was not to blame.
    """

    def __init__(
        self, kind: str, line: int | None = None, encoding: bool = False, died: bool = False, lost: bool = False
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.line = line
        self.encoding = encoding
        self.died = died
        self.lost = lost

    @property
    def is_late(self) -> bool:
        """Whether it was ended at its deadline."""
        return self.kind == "deadline"

    @property
    def is_of_file(self) -> bool:
        """Whether, of a statement that only reads, the file is to blame: it is not what it should be."""
        return self.encoding or self.line is not None or self.kind in _OF_FILES

    @property
    def is_of_memory(self) -> bool:
        """Whether it needs more memory than there is."""
        return self.kind in _OF_MEMORY

    @property
    def is_of_values(self) -> bool:
        """Whether, of a statement that computes, a value is to blame: it is too large, or cannot be computed with."""
        return self.kind in _OF_VALUES


class Engine(Protocol):
    """Runs SQL somewhere. Raises EngineError."""

    @property
    def name(self) -> str:
        """Its name and version."""

    @property
    def isolation(self) -> str:
        """What stands between it and this machine."""

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked anything."""

    def admit(self, files: Sequence[str]) -> None:
        """Name, before anything else is asked, all files that it may read."""

    def run(self, statements: Sequence[str]) -> None:
        """Carry out statements."""

    def fetch(self, query: str) -> list[Row]:
        """All rows of a query."""

    def lock(self) -> None:
        """From here on, no file and no setting can be reached."""

    def close(self) -> None:
        """End it."""
