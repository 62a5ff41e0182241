"""Tree → the SQL an engine runs."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ..sql.size import deep


def readable(sql: str) -> str:
    """A rendered statement, broken into lines for people; one that is too deep for that as it is."""
    try:
        with deep():
            return sqlglot.transpile(sql, read="duckdb", write="duckdb", pretty=True)[0]
    except (SqlglotError, RecursionError):
        return sql


@deep()
def render(tree: exp.Expr) -> str:
    """DuckDB's SQL of a tree."""
    return tree.sql(dialect="duckdb")


@deep()
def spelling(tree: exp.Expr) -> str:
    """A text of a tree, equal for equal trees."""
    return tree.sql(copy=False)
