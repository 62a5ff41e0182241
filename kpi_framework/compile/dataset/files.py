"""The rows of a source's files, column by column: what one file lacks, or names otherwise, is settled here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from ...model.source import Source
from ..sql.operations import DelimitedRows, JsonObjects, JsonRows, NamesAt, ParquetRows, TextAt
from ..sql.tree import Query
from ..sql.typed_sql import alias, null
from .columns import NESTED, Native, Spellings


def lacking_mark(column: str) -> str:
    """The column that is true in the rows of files without this one. No name of a column ends in a blank."""
    return f"{column} lacking "


def delimited_rows(source: Source, paths: Sequence[str], native: Native, columns: Sequence[str]) -> Query:
    """The wanted columns of delimited files, each of which has a header of its own."""
    selects = []
    for path, spellings in zip(paths, native.files, strict=True):
        header = [name for names in spellings.values() for name in names]
        rows = DelimitedRows(paths=[path], source=source, header=header)
        selects.append(_selected(native, columns, spellings, rows))
    return _union(selects)


def parquet_rows(paths: Sequence[str], native: Native, columns: Sequence[str]) -> Query:
    """The wanted columns of Parquet files."""
    groups = _groups(paths, native, columns)
    return _union([_selected(native, columns, wanted, ParquetRows(paths=files)) for files, wanted in groups])


def json_rows(paths: Sequence[str], native: Native, columns: Sequence[str]) -> Query:
    """The wanted columns of JSON files as text."""
    selects = []
    for files, wanted in _groups(paths, native, columns):
        if wanted and all(len(names) == 1 and NESTED not in names[0] for names in wanted.values()):
            rows: exp.Expr = JsonRows(paths=files, columns=[names[0] for names in wanted.values()])
            selects.append(_selected(native, columns, wanted, rows))
        else:
            selects.append(_selected(native, columns, wanted, JsonObjects(paths=files), _text_at))
    return _union(selects)


def every_column(path: str) -> Query:
    """All columns of a Parquet file, to learn their names and types."""
    return exp.select("*").from_(ParquetRows(paths=[path]))


def names_within(path: str, objects: Sequence[str]) -> Query:
    """For each of some objects in the rows of a JSON file, by its spelling, the names in it; of `""` the rows' own."""
    names = (NamesAt(expressions=[exp.column("json"), *_keys(spelling)]) for spelling in objects)
    return exp.select(*names).from_(JsonObjects(paths=[path]))


def first_rows(path: str) -> Query:
    """The first two rows of a JSON file, whole."""
    return exp.select("json").from_(JsonObjects(paths=[path])).limit(2)


def _groups(paths: Sequence[str], native: Native, columns: Sequence[str]) -> list[tuple[list[str], Spellings]]:
    """The files that name the wanted columns alike."""
    groups: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = {}
    for path, spellings in zip(paths, native.files, strict=True):
        groups.setdefault(tuple((c, spellings[c]) for c in columns if c in spellings), []).append(path)
    return [(files, dict(wanted)) for wanted, files in groups.items()]


def _column(names: Sequence[str]) -> exp.Expr:
    return exp.column(exp.to_identifier(names[0], quoted=True))


def _text_at(names: Sequence[str]) -> exp.Expr:
    """What an object holds under the first of some names that it has."""
    texts = [TextAt(expressions=[exp.column("json"), *_keys(name)]) for name in names]
    return texts[0] if len(texts) == 1 else exp.Coalesce(this=texts[0], expressions=texts[1:])


def _keys(spelling: str) -> list[exp.Expr]:
    """The names that lead to a value, from the outermost object on."""
    return [exp.Literal.string(key) for key in spelling.split(NESTED)] if spelling else []


def _selected(
    native: Native, columns: Sequence[str], spellings: Spellings, rows: exp.Expr,
    cell: Callable[[Sequence[str]], exp.Expr] = _column,
) -> exp.Select:  # fmt: skip
    """The wanted columns of files that name them alike, and for each that a file lacks whether it is one of these."""
    cells = [_named(cell(spellings[c]) if c in spellings else _nothing(native, c), c) for c in columns]
    marks = [
        alias(exp.Boolean(this=c not in spellings), _quoted(lacking_mark(c))) for c in columns if native.is_lacking(c)
    ]
    return exp.select(*cells, *marks).from_(rows)


def _named(cell: exp.Expr, column: str) -> exp.Expr:
    return cell if cell.name == column and isinstance(cell, exp.Column) else alias(cell, _quoted(column))


def _nothing(native: Native, column: str) -> exp.Expr:
    """No value; where other files have the column, they type it."""
    return exp.Null() if column in native.types else null("VARCHAR")


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _union(selects: Sequence[exp.Select]) -> Query:
    return selects[0] if len(selects) == 1 else exp.union(*selects, distinct=False)
