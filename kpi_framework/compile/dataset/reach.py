"""Queries over a loaded dataset that tell how far its data reach, on both sides."""

from __future__ import annotations

from sqlglot import exp

from ..sql.operations import Micros
from ..sql.typed_sql import alias, binary, cast, not_null
from .dedupe import table_name
from .table import Table


def newest_query(table: Table) -> exp.Select | None:
    """The newest time of the rows, and the export's time if a column holds it."""
    time, export = table.time, table.complete_column
    if time is None and export is None:
        return None
    wanted = [exp.Max(this=_instant(table, c)) if c else exp.Null() for c in (time, export)]
    return exp.select(*wanted).from_(table_name(table))


def days_query(table: Table) -> exp.Select | None:
    """The days of the project's zone that have rows, in their order: how many, and the oldest time of each."""
    if table.time is None:
        return None
    timed = exp.select(alias(_instant(table, table.time), "_instant")).from_(table_name(table)).subquery("timed")
    instant = exp.column("_instant")
    dated = exp.select("_instant", alias(cast(table.scope.local(instant), "DATE"), "_day")).from_(timed)
    days = dated.where(not_null(instant)).subquery("dated")
    rows, oldest = exp.Count(this=exp.Star()), exp.Min(this=instant.copy())
    return exp.select("_day", rows, oldest).from_(days).group_by("_day").order_by("_day")


def longest_query(table: Table, until: exp.Expr, as_of: exp.Expr) -> exp.Select | None:
    """The longest time from a row's own time to another of its times, or to as_of where it has none yet."""
    if table.time is None:
        return None
    begin = exp.Coalesce(this=cast(until.copy(), "TIMESTAMP"), expressions=[as_of.copy()])
    span = binary(exp.Sub, _micros(begin), _micros(_instant(table, table.time)))
    return exp.select(exp.Max(this=span)).from_(table_name(table))


def _instant(table: Table, column: str) -> exp.Expr:
    term = table.fresh_scope().term(column)
    sql = cast(term.sql.copy(), "TIMESTAMP")
    return table.scope.to_instant(sql) if term.type == "date" else sql


def _micros(instant: exp.Expr) -> exp.Expr:
    return Micros(expressions=[instant])
