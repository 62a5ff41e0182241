"""Queries over a loaded dataset that tell how far its data reach, on both sides."""

from __future__ import annotations

from sqlglot import exp

from ..sql.operations import Micros
from ..sql.typed_sql import alias, binary, cast, not_null
from .dedupe import table_name
from .table import Table


def exported_query(table: Table) -> exp.Select | None:
    """The export's time, if a column holds it."""
    if table.complete_column is None:
        return None
    return exp.select(exp.Max(this=_instant(table, table.complete_column))).from_(table_name(table))


def days_query(table: Table) -> exp.Select | None:
    """The days of the project's zone that have rows, in order: how many, the oldest and the newest time of each."""
    if table.time is None:
        return None
    timed = exp.select(alias(_instant(table, table.time), "_instant")).from_(table_name(table)).subquery("timed")
    instant = exp.column("_instant")
    dated = exp.select("_instant", alias(cast(table.scope.local(instant), "DATE"), "_day")).from_(timed)
    days = dated.where(not_null(instant)).subquery("dated")
    ends = (exp.Min(this=instant.copy()), exp.Max(this=instant.copy()))
    return exp.select("_day", exp.Count(this=exp.Star()), *ends).from_(days).group_by("_day").order_by("_day")


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
