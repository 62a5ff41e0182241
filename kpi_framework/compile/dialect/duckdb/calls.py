"""Calls of DuckDB's own functions."""

from __future__ import annotations

from sqlglot import exp


def called(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A function of DuckDB's."""
    return exp.Anonymous(this=name, expressions=list(arguments))
