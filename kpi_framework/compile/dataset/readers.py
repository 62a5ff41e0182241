"""How the files of a source are read: explicitly, column by column, without sniffing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from ...model.project import Source
from ..sql.typed_sql import null

FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".json": "json",
           ".jsonl": "json", ".ndjson": "json"}  # fmt: skip
_MAX_LINE = 2_000_000


def format_of(source: Source, path: str) -> str | None:
    """csv, parquet or json: as the source says, else by the path's ending; None if neither tells."""
    suffix = f".{path.rsplit('.', 1)[-1].lower()}" if "." in path else ""
    return source.format or FORMATS.get(suffix)


def unique_headers(header: Sequence[str]) -> tuple[str, ...]:
    """A header whose repeated names are told apart: the second `Comment` becomes `Comment_2`."""
    counts: dict[str, int] = {}
    headers = []
    for name in header:
        counts[name] = counts.get(name, 0) + 1
        headers.append(name if counts[name] == 1 else f"{name}_{counts[name]}")
    return tuple(headers)


def csv_rows(source: Source, files: Mapping[str, tuple[str, ...]], columns: Sequence[str]) -> exp.Expr:
    """The wanted columns of CSV files with these headers; a file without a column gives NULL there."""
    selects = [
        exp.select(*_wanted(columns, header)).from_(_csv(source, path, header)) for path, header in files.items()
    ]
    return _stacked(selects)


def parquet_rows(files: Sequence[str], columns: Sequence[str] | None = None) -> exp.Expr:
    """The wanted columns of Parquet files (all of them if None), joined by name."""
    reader = _call("read_parquet", _texts(files), union_by_name=exp.Boolean(this=True))
    names: list[exp.Expr] = [exp.Star()] if columns is None else [_quoted(c) for c in columns]
    return exp.select(*names).from_(reader)


def json_rows(files: Sequence[str], columns: Sequence[str] | None = None) -> exp.Expr:
    """The wanted columns of JSON files as text; with None, what the engine finds, to learn their names."""
    if columns is None:
        options = {"maximum_depth": exp.Literal.number(1), "sample_size": exp.Neg(this=exp.Literal.number(1))}
        reader = _call("read_json", _texts(files), union_by_name=exp.Boolean(this=True), **options)
        return exp.select("*").from_(reader)
    reader = _call("read_json", _texts(files), columns=_text_columns(columns))
    return exp.select(*(_quoted(c) for c in columns)).from_(reader)


def _csv(source: Source, path: str, header: Sequence[str]) -> exp.Expr:
    return _call(
        "read_csv", _texts([path]),
        auto_detect=exp.Boolean(this=False), header=exp.Boolean(this=True),
        delim=exp.Literal.string(source.delimiter), quote=exp.Literal.string(source.quote),
        escape=exp.Literal.string(source.quote), encoding=exp.Literal.string(source.encoding),
        nullstr=_texts(source.nulls or ("",)), strict_mode=exp.Boolean(this=True),
        null_padding=exp.Boolean(this=False), max_line_size=exp.Literal.number(_MAX_LINE),
        columns=_text_columns(header),
    )  # fmt: skip


def _wanted(columns: Sequence[str], header: Sequence[str]) -> list[exp.Expr]:
    return [_quoted(c) if c in header else exp.alias_(null("VARCHAR"), c, quoted=True) for c in columns]


def _stacked(selects: list[exp.Select]) -> exp.Expr:
    if len(selects) == 1:
        return selects[0]
    return exp.union(*selects, distinct=False)


def _call(name: str, *arguments: exp.Expr, **options: exp.Expr) -> exp.Expr:
    named = [exp.EQ(this=exp.to_identifier(k), expression=v) for k, v in options.items()]
    return exp.Anonymous(this=name, expressions=[*arguments, *named])


def _texts(values: Sequence[str]) -> exp.Expr:
    return exp.Array(expressions=[exp.Literal.string(v) for v in values])


def _text_columns(names: Sequence[str]) -> exp.Expr:
    pairs = [exp.PropertyEQ(this=exp.Literal.string(n), expression=exp.Literal.string("VARCHAR")) for n in names]
    return exp.Struct(expressions=pairs)


def _quoted(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True))
