"""Tree → the SQL an engine runs."""

from __future__ import annotations

import sqlglot
from sqlglot import exp


def readable(sql: str) -> str:
    """A rendered statement, broken into lines for people."""
    return sqlglot.transpile(sql, read="duckdb", write="duckdb", pretty=True)[0]


def render(tree: exp.Expr) -> str:
    """DuckDB's SQL of a tree."""
    return tree.sql(dialect="duckdb")
