"""How DuckDB spells our operations: a function of its own for each, or a few."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from ...language.aggregates import SPREADS
from ...sql import operations as op
from ...sql.size import deep
from .calls import called
from .files import delimited_rows, json_objects, json_rows, parquet_rows
from .functions import WORKED, zone_function
from .spread import spread

NAMES: Mapping[type[op.Operation], str] = {
    op.Micros: "epoch_us", op.Boundaries: "date_diff", op.StartOf: "date_trunc", op.FullyMatches: "regexp_full_match",
    op.MatchedPart: "regexp_extract", op.IsFinite: "isfinite", op.HashOf: "hash", op.ItemOf: "list_extract",
    op.SummedOver: "GROUPING", op.Worked: WORKED, op.FirstValues: "arg_min", op.Replaced: "replace",
    op.AtMicros: "make_timestamp",
}  # fmt: skip
"""The operations that are one function of the same arguments."""
AGGREGATES = {
    "sum": "sum", "fsum": "fsum", "min": "min", "max": "max", "quantile_cont": "quantile_cont",
    "quantile_disc": "quantile_disc", "approx_quantile": "approx_quantile",
    "approx_count_distinct": "approx_count_distinct",
}  # fmt: skip
"""Its aggregate functions by our names; `fsum` adds doubles without losing what is small."""


def _as_utc(node: op.Operation) -> exp.Expr:
    return called("timezone", exp.Literal.string("UTC"), *node.expressions)


def _cut_to_micros(node: op.Operation) -> exp.Expr:
    # Reckoned from 1970 in UTC, which is the session's zone; `epoch_us` cuts downwards before 1970, too.
    nanos = exp.Cast(this=node.expressions[0], to=exp.DataType.build("TIMESTAMP_NS", dialect="duckdb"))
    return called("make_timestamp", called("epoch_us", nanos))


def _read_time(node: op.Operation) -> exp.Expr:
    text, *formats = node.expressions
    return called("try_strptime", text, exp.Array(expressions=formats))


def _without(node: op.Operation) -> exp.Expr:
    return called("regexp_replace", *node.expressions, exp.Literal.string(""), exp.Literal.string("g"))


def _text_at(node: op.Operation) -> exp.Expr:
    json, *keys = node.expressions
    return called("json_extract_string", json, _json_path(keys))


def _names_at(node: op.Operation) -> exp.Expr:
    json, *keys = node.expressions
    # Rows have few sets of names: each is looked into once.
    sets = exp.Distinct(expressions=[called("json_keys", json, _json_path(keys))])
    return called("list_distinct", called("flatten", called("list", sets)))


def _json_path(keys: Sequence[exp.Expr]) -> exp.Expr:
    quoted = (key.name.replace("\\", "\\\\").replace('"', '\\"') for key in keys)
    return exp.Literal.string("$" + "".join(f'."{key}"' for key in quoted))


def _numbers(node: op.Operation) -> exp.Expr:
    return called("unnest", called("range", *node.expressions))


def _of_zone(node: op.ZoneOperation) -> exp.Expr:
    return called(zone_function(type(node), node.zone), node.time)


def _aggregation(node: op.Aggregation) -> exp.Expr:
    if node.function in SPREADS:
        return spread(node.function, node.arguments[0])
    return called(AGGREGATES[node.function], *node.arguments)


SPELLED: Mapping[type[op.Operation], Callable[[Any], exp.Expr]] = {
    op.AsUtc: _as_utc, op.CutToMicros: _cut_to_micros, op.ReadTime: _read_time, op.Numbers: _numbers,
    op.Aggregation: _aggregation,
    op.WallOf: _of_zone, op.InstantOf: _of_zone, op.IsOddHour: _of_zone,
    op.DelimitedRows: delimited_rows, op.ParquetRows: parquet_rows,
    op.JsonRows: json_rows,
    op.JsonObjects: json_objects, op.TextAt: _text_at, op.NamesAt: _names_at, op.Without: _without,
}  # fmt: skip
"""The operations that are more than a function of the same arguments."""


class Generator(DuckDBGenerator):
    """sqlglot's writer of DuckDB's SQL, and our operations beside its nodes."""

    TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = {
        **DuckDBGenerator.TRANSFORMS,
        **{kind: lambda self, e, name=name: self.func(name, *e.expressions) for kind, name in NAMES.items()},
        **{kind: lambda self, e, spelt=spelt: self.sql(spelt(e)) for kind, spelt in SPELLED.items()},
    }


_DIALECT = DuckDB()


@deep()
def sql_of(tree: exp.Expr, *, pretty: bool = False) -> str:
    """The SQL of a tree, which stays as it is."""
    return Generator(dialect=_DIALECT, pretty=pretty).generate(tree, copy=True)
