"""How DuckDB reads files: explicitly, column by column, without sniffing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ...sql.operations import DelimitedRows, JsonObjects, JsonRows, ParquetRows

_MAX_LINE = 2_000_000
_TEXT = exp.Literal.string("VARCHAR")


def delimited_rows(node: DelimitedRows) -> exp.Expr:
    """The reader of files that are written as their source says."""
    source = node.source
    return _reader(
        "read_csv", node.paths,
        auto_detect=exp.Boolean(this=False), header=exp.Boolean(this=True),
        delim=exp.Literal.string(source.delimiter), quote=exp.Literal.string(source.quote),
        escape=exp.Literal.string(source.quote), encoding=exp.Literal.string(source.encoding),
        nullstr=_texts(source.nulls or ("",)), strict_mode=exp.Boolean(this=True),
        null_padding=exp.Boolean(this=False), max_line_size=exp.Literal.number(_MAX_LINE),
        columns=_text_columns(node.header),
    )  # fmt: skip


def parquet_rows(node: ParquetRows) -> exp.Expr:
    """The reader of Parquet files: it reads the columns that are selected, and no other."""
    return _reader("read_parquet", node.paths, union_by_name=exp.Boolean(this=True))


def json_rows(node: JsonRows) -> exp.Expr:
    """The reader of JSON files: the wanted columns as text."""
    return _reader("read_json", node.paths, columns=_text_columns(node.columns or ()))


def json_objects(node: JsonObjects) -> exp.Expr:
    """The reader of the same files, an object a row."""
    return _reader("read_json_objects", node.paths)


def _reader(name: str, paths: Sequence[str], **options: exp.Expr) -> exp.Expr:
    named = [exp.EQ(this=exp.to_identifier(k), expression=v) for k, v in options.items()]
    return exp.Anonymous(this=name, expressions=[_texts(paths), *named])


def _texts(values: Sequence[str]) -> exp.Expr:
    return exp.Array(expressions=[exp.Literal.string(v) for v in values])


def _text_columns(names: Sequence[str]) -> exp.Expr:
    pairs = [exp.PropertyEQ(this=exp.Literal.string(n), expression=_TEXT.copy()) for n in names]
    return exp.Struct(expressions=pairs)
