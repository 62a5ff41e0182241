"""The rows of a source's files, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from ...model.project import Source
from ..sql.operations import DelimitedRows, JsonRows, ParquetRows
from ..sql.tree import Tree
from ..sql.typed_sql import null


def delimited_rows(source: Source, files: Mapping[str, tuple[str, ...]], columns: Sequence[str]) -> Tree:
    """The wanted columns of delimited files with these headers; a file without a column gives NULL there."""
    selects = [
        exp.select(*_wanted(columns, header)).from_(DelimitedRows(paths=[path], source=source, header=list(header)))
        for path, header in files.items()
    ]
    return selects[0] if len(selects) == 1 else exp.union(*selects, distinct=False)


def parquet_rows(files: Sequence[str], columns: Sequence[str] | None = None) -> Tree:
    """The wanted columns of Parquet files (all of them if None), joined by name."""
    return _selected(ParquetRows(paths=list(files)), columns)


def json_rows(files: Sequence[str], columns: Sequence[str] | None = None) -> Tree:
    """The wanted columns of JSON files as text; with None, what the engine finds, to learn their names."""
    return _selected(JsonRows(paths=list(files), columns=None if columns is None else list(columns)), columns)


def _selected(rows: exp.Expr, columns: Sequence[str] | None) -> Tree:
    names: list[exp.Expr] = [exp.Star()] if columns is None else [_quoted(c) for c in columns]
    return exp.select(*names).from_(rows)


def _wanted(columns: Sequence[str], header: Sequence[str]) -> list[exp.Expr]:
    return [_quoted(c) if c in header else exp.alias_(null("VARCHAR"), c, quoted=True) for c in columns]


def _quoted(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True))
