"""JSON files, a list of objects or an object a line: whatever names occur in them are their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ...compile.dataset.columns import Native, texts
from ...compile.dataset.files import json_rows
from ...compile.sql.tree import Tree
from .interface import Describe
from .local import LocalFiles


class JsonFiles(LocalFiles):
    """Files whose values are all read as text."""

    format: ClassVar[str] = "json"

    def columns(self, describe: Describe) -> Native:
        """The names that occur, all of them text. Raises SourceError, EngineError."""
        return texts(self.described(json_rows(self.engine_names), describe).types)

    def relation(self, columns: Sequence[str]) -> Tree:
        """The rows of all files, with these columns."""
        return json_rows(self.engine_names, columns)
