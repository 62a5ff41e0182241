"""Tree → the SQL an engine runs."""

from __future__ import annotations

from sqlglot import exp


def render(tree: exp.Expr, *, pretty: bool = False) -> str:
    """DuckDB's SQL of a tree. `pretty` breaks it into lines for people."""
    return tree.sql(dialect="duckdb", pretty=pretty)
