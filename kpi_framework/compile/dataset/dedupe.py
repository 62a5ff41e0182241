"""Queries between loading and computing: counts of what does not fit, one row a key, how far the data reach."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ..sql.typed_sql import cast, filtered, is_null, is_one_of
from .loading import Flaw, Load, marked
from .table import Table

_ROWS = exp.Count(this=exp.Star())


def table_name(table: Table) -> str:
    """The name of a dataset's loaded table."""
    return f"data_{table.name}"


def count_query(name: str, load: Load) -> exp.Select:
    """Rows, rows with a misfit or an empty cell, then the rows with each mark."""
    every = range(len(load.marks))
    bad = _rows_where(marked([i for i in every if load.marks[i][0] in (Flaw.MISFIT, Flaw.EMPTY)]))
    any_mark = marked(every)
    if any_mark is None:
        return exp.select(_ROWS.copy(), bad).from_(name)
    # Most rows carry no mark, and the engine skips a block of rows of which none does.
    rows = exp.select(_ROWS.copy()).from_(name).subquery()
    return exp.select(rows, bad, *(_rows_where(marked([i])) for i in every)).from_(name).where(any_mark)


def _rows_where(condition: exp.Expr | None) -> exp.Expr:
    return filtered(_ROWS.copy(), condition) if condition is not None else exp.Literal.number("0")


def clash_query(name: str, keys: Sequence[str]) -> exp.Select:
    """How many keys stand in more than one row."""
    several = exp.GT(this=_ROWS.copy(), expression=exp.Literal.number("1"))
    doubled = exp.select("1").from_(name).group_by(*map(exp.column, keys)).having(several)
    return exp.select(_ROWS.copy()).from_(doubled.subquery("doubled"))


def differing_query(table: Table, name: str, columns: Sequence[str]) -> exp.Select:
    """For each column, the number of keys whose last rows differ in it."""
    ranked = exp.select("*", exp.alias_(_ranked(exp.Rank(), table, ()), "_rank")).from_(name).subquery("ranked")
    last = exp.EQ(this=exp.column("_rank"), expression=exp.Literal.number("1"))
    differs = [exp.alias_(_differs(c), f"_differs_{i}") for i, c in enumerate(columns)]
    by_key = exp.select(*differs).from_(ranked).where(last).group_by(*map(exp.column, table.keys))
    counts = (_rows_where(exp.column(f"_differs_{i}")) for i in range(len(columns)))
    return exp.select(*counts).from_(by_key.subquery("keyed"))


def _differs(column: str) -> exp.Expr:
    """Whether a column has several values; NULL is one of them."""
    cell = exp.column(column)
    known = exp.Count(this=cell)
    values = exp.NEQ(this=exp.Min(this=cell.copy()), expression=exp.Max(this=cell.copy()))
    some = exp.GT(this=known, expression=exp.Literal.number("0"))
    blank = exp.And(this=some, expression=exp.LT(this=known.copy(), expression=_ROWS.copy()))
    return exp.Or(this=values, expression=exp.Paren(this=blank))


def latest_query(table: Table, name: str, columns: Sequence[str]) -> exp.Select:
    """Each key's last row; of rows that tie, the same one on every run."""
    numbered = exp.alias_(_ranked(exp.RowNumber(), table, columns), "_rank")
    own_columns = [exp.column(c) for c in columns]
    ranked = exp.select(*own_columns, numbered).from_(name).subquery("ranked")
    first = exp.EQ(this=exp.column("_rank"), expression=exp.Literal.number("1"))
    return exp.select(*own_columns).from_(ranked).where(first)


def _ranked(function: exp.Expr, table: Table, ties: Sequence[str]) -> exp.Expr:
    latest = [exp.Ordered(this=exp.column(c), desc=True, nulls_first=False) for c in table.dataset.latest_by]
    order = [*latest, *(exp.Ordered(this=exp.column(c), nulls_first=False) for c in ties)]
    return exp.Window(
        this=function, partition_by=[exp.column(k) for k in table.keys],
        order=exp.Order(expressions=order) if order else None,
    )  # fmt: skip


def newest_query(name: str, table: Table) -> exp.Select | None:
    """The newest time of the rows, and the export's time if a column holds it."""
    time, export = table.time, table.complete_column
    if time is None and export is None:
        return None
    wanted = [_newest(table, c) if c else exp.Null() for c in (time, export)]
    return exp.select(*wanted).from_(name)


def _newest(table: Table, column: str) -> exp.Expr:
    term = table.fresh_scope().term(column)
    sql = cast(term.sql.copy(), "TIMESTAMP")
    instant = table.scope.to_instant(sql) if term.type == "date" else sql
    return exp.Max(this=instant)


_DONE = ("resolved", "closed", "cancelled")


def unfinished_query(table: Table, columns: frozenset[str]) -> exp.Select | None:
    """How many tickets are done by their status and have no resolved_at; None where the two are not both loaded."""
    pair = ("status", "resolved_at")
    columns_needed = frozenset((*pair, "merged")) if table.has("merged") else frozenset(pair)
    if table.contract is None or table.contract.name != "tickets" or not all(map(table.has, pair)):
        return None
    if not table.source_columns(columns_needed, own=False) <= columns:
        return None
    scope = table.fresh_scope()
    status, resolved = (scope.term(name).sql for name in pair)
    query = exp.select(_ROWS.copy()).from_(table_name(table)).where(is_one_of(status, _DONE), is_null(resolved))
    if not table.has("merged") or scope.term("merged").type != "boolean":
        return query
    # A merged ticket lives on in another one, and no KPI counts it.
    return query.where(exp.Not(this=exp.Coalesce(this=scope.term("merged").sql, expressions=[exp.Boolean(this=False)])))


def rule_query(table: Table, condition: exp.Expr) -> exp.Select:
    """In how many rows a condition holds, and in how many it is known."""
    true = exp.Count(this=exp.Nullif(this=condition.copy(), expression=exp.Boolean(this=False)))
    return exp.select(true, exp.Count(this=condition.copy())).from_(table_name(table))


__all__ = [
    "clash_query",
    "count_query",
    "differing_query",
    "latest_query",
    "newest_query",
    "rule_query",
    "table_name",
    "unfinished_query",
]
