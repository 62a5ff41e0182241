"""Tickets that are done by their status, and of which nothing says since when."""

from __future__ import annotations

from sqlglot import exp

from ..sql.typed_sql import is_null, is_one_of
from .dedupe import table_name
from .table import Table

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
    query = (
        exp.select(exp.Count(this=exp.Star()))
        .from_(table_name(table))
        .where(is_one_of(status, _DONE), is_null(resolved))
    )
    if not table.has("merged") or scope.term("merged").type != "boolean":
        return query
    # A merged ticket lives on in another one, and no KPI counts it.
    return query.where(exp.Not(this=exp.Coalesce(this=scope.term("merged").sql, expressions=[exp.Boolean(this=False)])))
