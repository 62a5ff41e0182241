"""Parquet files: each names and types its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ...compile.dataset.columns import Native, spellings_of
from ...compile.dataset.files import every_column, parquet_rows
from ...compile.dataset.source_type import SourceType
from ...compile.sql.tree import Query
from .interface import Inquiry
from .local import LocalFiles


class ParquetFiles(LocalFiles):
    """Files whose columns are joined by name."""

    format: ClassVar[str] = "parquet"

    def columns(self, inquiry: Inquiry) -> Native:
        """The columns as the files type them. Raises SourceError, EngineError."""
        with self.readable():
            files = spellings_of([list(inquiry.describe(every_column(path))) for path in self.engine_names])
            untyped = Native({column: SourceType.OTHER for spellings in files for column in spellings}, files)
            return Native(inquiry.describe(self.relation(untyped, list(untyped.types))), files)

    def relation(self, native: Native, columns: Sequence[str]) -> Query:
        """The rows of all files, with these of their columns."""
        return parquet_rows(self.engine_names, native, columns)
