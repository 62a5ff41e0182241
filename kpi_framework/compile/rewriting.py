"""Texts of the formula language with one thing said otherwise; what has nothing of it stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from .language.canonical import names_in
from .language.syntax import parse
from .sql.errors import FormulaError
from .sql.spelling import as_written

Rewrite = Callable[[exp.Expr], exp.Expr | None]
"""A node → what stands in its place; None where it stays."""

_WORKING = {"minutes_between": "business_minutes", "hours_between": "business_hours"}
_ELAPSED = {working: elapsed for elapsed, working in _WORKING.items()}
_PARTS = frozenset({"overlap_minutes", "overlap_hours"})


def rewritten(text: str, rewrite: Rewrite) -> str:
    """The text with every node in the other's place; itself where nothing changes, or where it cannot be read."""
    try:
        tree = exp.Paren(this=parse(text))
    except FormulaError:
        return text
    is_changed = False
    for node in reversed([node for node in tree.this.walk(bfs=True) if isinstance(node, exp.Expr)]):
        replacement = rewrite(node)
        if replacement is not None:
            node.replace(replacement)
            is_changed = True
    return as_written(tree.this) if is_changed else text


def mentions(text: str, column: str) -> bool:
    """Whether a text names a column."""
    return column in (name.lower() for name in names_in(text))


def in_elapsed_time(node: exp.Expr) -> exp.Expr | None:
    """`business_minutes(a, b, 'desk')` → `minutes_between(a, b)`, `overlap_hours('desk')` → `overlap_hours()`."""
    name = _function(node)
    if name in _ELAPSED:
        return exp.Anonymous(this=_ELAPSED[name], expressions=node.expressions[:2])
    return exp.Anonymous(this=name, expressions=[]) if name in _PARTS and node.expressions else None


def in_calendar(calendar: str) -> Rewrite:
    """`minutes_between(a, b)` → `business_minutes(a, b, 'desk')`; so with the working time of another calendar."""

    def rewrite(node: exp.Expr) -> exp.Expr | None:
        name, named = _function(node), exp.Literal.string(calendar)
        if name in _WORKING or name in _ELAPSED:
            return exp.Anonymous(this=_WORKING.get(name, name), expressions=[*node.expressions[:2], named])
        return exp.Anonymous(this=name, expressions=[named]) if name in _PARTS else None

    return rewrite


def named_otherwise(column: str, name: str) -> Rewrite:
    """A column → another one."""
    return lambda node: exp.column(name) if _is_column(node, column) else None


def untrue(column: str) -> Rewrite:
    """A column → `false`, as if no row had it."""
    return lambda node: exp.Boolean(this=False) if _is_column(node, column) else None


def _function(node: exp.Expr) -> str:
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else ""


def _is_column(node: exp.Expr, name: str) -> bool:
    return isinstance(node, exp.Column) and node.name.lower() == name
