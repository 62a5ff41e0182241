"""Parquet files: each names and types its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ...compile.dataset.columns import Native
from ...compile.dataset.files import parquet_rows
from ...compile.sql.tree import Tree
from .interface import Describe
from .local import LocalFiles


class ParquetFiles(LocalFiles):
    """Files whose columns are joined by name."""

    format: ClassVar[str] = "parquet"

    def columns(self, describe: Describe) -> Native:
        """The columns as the files type them. Raises SourceError, EngineError."""
        return self.described(parquet_rows(self.engine_names), describe)

    def relation(self, columns: Sequence[str]) -> Tree:
        """The rows of all files, with these columns."""
        return parquet_rows(self.engine_names, columns)
