"""JSON files: a list of objects, an object a line, or documents that hold such a list.

Whatever names occur in the objects are their columns, also those of objects inside of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Self

from ...compile.dataset.columns import NESTED, Native, texts_of
from ...compile.dataset.files import first_rows, json_rows, names_within
from ...compile.sql.tree import Query
from ...model.record import replace
from ..engine.interface import EngineError
from .interface import Inquiry, SourceError
from .local import LocalFiles
from .records import copy_records
from .scratch import Scratch
from .text import check_signature, copy, is_marked, is_plain

_DEEPEST = 6
"""Objects deeper inside of each other than this are read as text."""
_MOST_NAMES = 300
"""An object with more names than this is no record: its names are values."""


class JsonFiles(LocalFiles):
    """Files whose values are all read as text."""

    format: ClassVar[str] = "json"

    def prepared(self, scratch: Scratch) -> Self:
        """The lists of documents, and files that the engine reads otherwise, as copies. Raises SourceError."""
        return self.copied(scratch, ".json", self._copy, self._needs_copy)

    def _needs_copy(self, path: Path, name: str) -> bool:
        check_signature(path, name, self.format)
        return bool(self.source.records) or not is_plain(self.source) or is_marked(path, name, self.source)

    def _copy(self, path: Path, name: str, target: Path) -> None:
        write = copy_records if self.source.records else copy
        write(path, name, self.source, target)

    def columns(self, inquiry: Inquiry) -> Native:
        """The names that occur, all of them text. Raises SourceError, EngineError."""
        with self.readable():
            native = texts_of([_names(inquiry, path) for path in self.engine_names])
            return replace(native, hint=_envelope_hint(inquiry, self.engine_names[0]))

    def relation(self, native: Native, columns: Sequence[str]) -> Query:
        """The rows of all files, with these of their columns."""
        return json_rows(self.engine_names, native, columns)

    def locations(self, cells: Sequence[tuple[int, str]]) -> Sequence[str]:
        """The places of the values in their documents, or the numbers of the records."""
        if self.source.records:
            return [f"{self.source.records}[{row - 1}]{'.' if name else ''}{name}" for row, name in cells]
        return [f"record {row}" for row, _ in cells]

    def unreadable(self, error: EngineError) -> SourceError | EngineError:
        """The engine's failure to read, in words of our own."""
        reason = super().unreadable(error)
        if self.source.records or not isinstance(reason, SourceError) or error.encoding:
            return reason
        hint = "Export it again: it may be incomplete. If the rows stand in a list inside a document, write `records:`."
        return SourceError(reason.message, hint)


def _names(inquiry: Inquiry, path: str) -> list[str]:
    """The spellings of the columns of a file, in an order that its rows have no part in."""
    return sorted(_spellings(inquiry, path))


def _spellings(inquiry: Inquiry, path: str) -> Iterator[str]:
    """The names in all objects, then those in the objects under them, as long as there are any."""
    objects = [""]
    for _ in range(_DEEPEST):
        inner: list[str] = []
        for outer, names in zip(objects, inquiry.fetch(names_within(path, objects))[0], strict=True):
            within = names if isinstance(names, list) else []
            if not outer or len(within) <= _MOST_NAMES:
                inner += [f"{outer}{NESTED if outer else ''}{name}" for name in within]
        yield from inner
        objects = [spelling for spelling in inner if spelling]
        if not objects:
            break


def _envelope_hint(inquiry: Inquiry, path: str) -> str:
    """What to write where the only object of a file is a document around the list of its rows."""
    rows = inquiry.fetch(first_rows(path))
    try:
        document = json.loads(str(rows[0][0])) if len(rows) == 1 else None
    except (ValueError, RecursionError):
        return ""
    lists = [name for name, value in document.items() if _is_list(value)] if isinstance(document, dict) else []
    return f"If the rows stand under `{lists[0]}`, write `records: {lists[0]}` under `source`." if lists else ""


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(element, dict) for element in value)
