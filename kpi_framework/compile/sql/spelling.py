"""Texts of trees that no engine reads: to tell trees apart, and as authors write them."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from .size import deep

LANGUAGE = "duckdb"
"""The SQL that formulas are written in, and shown in: sqlglot's name of it. Whatever engine runs them."""


@deep()
def spelling(tree: exp.Expr) -> str:
    """A text of a tree, equal for equal trees."""
    return tree.sql(copy=False)


def as_written(tree: exp.Expr) -> str:
    """A part of a formula, as its author might have written it."""
    return tree.sql(dialect=LANGUAGE, normalize_functions="lower")


def parsed(text: str) -> list[exp.Expr | None]:
    """The statements of an author's text. Raises SqlglotError."""
    return sqlglot.parse(text, dialect=LANGUAGE)
