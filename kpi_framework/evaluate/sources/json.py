"""JSON files, a list of objects or an object a line: whatever names occur in them are their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ...compile.dataset.columns import Native, texts_of
from ...compile.dataset.files import json_keys, json_rows
from ...compile.sql.tree import Query
from .interface import Inquiry
from .local import LocalFiles


class JsonFiles(LocalFiles):
    """Files whose values are all read as text."""

    format: ClassVar[str] = "json"

    def columns(self, inquiry: Inquiry) -> Native:
        """The names that occur, all of them text. Raises SourceError, EngineError."""
        with self.readable():
            return texts_of([_names(inquiry, path) for path in self.engine_names])

    def relation(self, native: Native, columns: Sequence[str]) -> Query:
        """The rows of all files, with these of their columns."""
        return json_rows(self.engine_names, native, columns)

    def locations(self, cells: Sequence[tuple[int, str]]) -> Sequence[str]:
        """The numbers of the records."""
        return [f"record {row}" for row, _ in cells]


def _names(inquiry: Inquiry, path: str) -> list[str]:
    """The names in a file, in an order that its rows have no part in."""
    return sorted(str(row[0]) for row in inquiry.fetch(json_keys(path)))
