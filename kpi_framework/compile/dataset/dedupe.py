"""Queries between loading and computing: counts of what does not fit, one row a key."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ...model.quoting import plain_or, shown
from ..sql.errors import mismatch
from ..sql.typed_sql import binary, conjunction, disjunction, filtered, is_null
from .loading import Load, marked
from .table import Table

_ROWS = exp.Count(this=exp.Star())


def table_name(table: Table) -> str:
    """The name of a dataset's loaded table."""
    return f"data_{table.name}"


def check_own(table: Table) -> None:
    """Whether what names the rows are columns, and what puts them in order has an order. Raises FormulaError."""
    for name in table.keys:
        table.fresh_scope().term(name)
    if table.dataset.latest_by and table.dataset.first_by:
        raise mismatch("`latest_by` and `first_by` exclude each other", "Keep the one of the row that you want.", "")
    for name in table.dataset.ordered_by:
        ordering(table, name)


def ordering(table: Table, name: str) -> exp.Expr:
    """What rows of one key are put in order by: a column of the source, or one computed from such columns alone.

    Raises FormulaError.
    """
    term = table.fresh_scope().term(name)
    if any(c.name not in table.bases and c.name not in table.raws for c in term.sql.find_all(exp.Column)):
        raise mismatch(
            f"{shown(name)} stands on a clock or on working time, which are computed after a row is chosen",
            "Name a column of the source, or one that is derived from such columns.", name,
        )  # fmt: skip
    if term.type == "text" and table.native is not None:
        raise mismatch(
            f"{shown(name)} is text, and as text 9 comes after 10",
            f"Map it under columns: `{plain_or(name, 'NAME')}: {{from: …, type: integer}}`, or timestamp.", name,
        )  # fmt: skip
    return term.sql


def later_states(table: Table, name: str, as_of: exp.Expr) -> exp.Select | None:
    """The rows without states of an event log that as_of does not know yet, by computed columns; None without such.

    States that a column of the source dates were not read at all.
    """
    computed = [ordering(table, c) for c in table.dataset.ordered_by if c not in table.bases and _is_time(table, c)]
    known = [disjunction(binary(exp.LT, moment, as_of), is_null(moment)) for moment in computed]
    condition = conjunction(*known)
    return exp.select("*").from_(name).where(condition) if condition is not None else None


def _is_time(table: Table, name: str) -> bool:
    return table.fresh_scope().term(name).type == "timestamp"


def count_query(name: str, load: Load) -> exp.Select:
    """Rows, then the rows with each mark."""
    every = range(len(load.marks))
    any_mark = marked(every)
    if any_mark is None:
        return exp.select(_ROWS.copy()).from_(name)
    # Most rows carry no mark, and the engine skips a block of rows of which none does.
    rows = exp.select(_ROWS.copy()).from_(name).subquery()
    return exp.select(rows, *(_rows_where(marked([i])) for i in every)).from_(name).where(any_mark)


def _rows_where(condition: exp.Expr | None) -> exp.Expr:
    return filtered(_ROWS.copy(), condition) if condition is not None else exp.Literal.number("0")


def clash_query(name: str, keys: Sequence[str]) -> exp.Select:
    """How many keys stand in more than one row."""
    several = exp.GT(this=_ROWS.copy(), expression=exp.Literal.number("1"))
    doubled = exp.select("1").from_(name).group_by(*map(exp.column, keys)).having(several)
    return exp.select(_ROWS.copy()).from_(doubled.subquery("doubled"))


def differing_query(table: Table, name: str, columns: Sequence[str]) -> exp.Select:
    """For each column, the number of keys whose chosen rows differ in it."""
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
    """Each key's last row, or its first; of rows that tie, the same one on every run, whatever else is loaded."""
    own = table.source_columns(frozenset())
    ties = sorted(columns, key=lambda column: column not in own)
    numbered = exp.alias_(_ranked(exp.RowNumber(), table, ties), "_rank")
    own_columns = [exp.column(c) for c in columns]
    ranked = exp.select(*own_columns, numbered).from_(name).subquery("ranked")
    first = exp.EQ(this=exp.column("_rank"), expression=exp.Literal.number("1"))
    return exp.select(*own_columns).from_(ranked).where(first)


def _ranked(function: exp.Expr, table: Table, ties: Sequence[str]) -> exp.Expr:
    descending = bool(table.dataset.latest_by)
    chosen = [ordering(table, c) for c in table.dataset.ordered_by]
    latest = [exp.Ordered(this=t, desc=descending, nulls_first=False) for t in chosen]
    order = [*latest, *(exp.Ordered(this=exp.column(c), nulls_first=False) for c in ties)]
    return exp.Window(
        this=function, partition_by=[exp.column(k) for k in table.keys],
        order=exp.Order(expressions=order) if order else None,
    )  # fmt: skip


def rule_query(table: Table, condition: exp.Expr) -> exp.Select:
    """In how many rows a condition holds, and in how many it is known."""
    true = exp.Count(this=exp.Nullif(this=condition.copy(), expression=exp.Boolean(this=False)))
    return exp.select(true, exp.Count(this=condition.copy())).from_(table_name(table))
