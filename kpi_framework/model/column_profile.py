"""What a look at an export showed: how its file is written, and what stands in each column."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from .project import Type
from .record import Record

Encoding = Literal["utf-8", "latin-1", "utf-16"]


class FileProfile(Record):
    """A file of text with a header: how to read it, and its columns' names, repeated ones told apart."""

    path: Path
    encoding: Encoding
    delimiter: str
    header: tuple[str, ...]


class ColumnProfile(Record):
    """One column over the rows that were looked at, of one file or of several with the same header."""

    name: str
    """Its header."""
    type: Type = "text"
    """What the file says it holds; a CSV file says nothing, and all is text."""
    row_count: int = 0
    """How many rows were looked at."""
    empty_count: int = 0
    """In how many of them the cell is blank or lacking."""
    distinct_count: int = 0
    """How many different texts there are, blank ones aside."""
    texts: tuple[str, ...] = ()
    """The different texts, blank ones aside, in the order of the rows."""
    sample: tuple[str, ...] = ()
    """The cells of the first rows, blank ones too: the same rows for every column, so that they can be compared."""
