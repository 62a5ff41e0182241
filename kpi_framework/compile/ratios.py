"""Ratios in which an empty cell takes a row from one side only: 4 of 5 points and 4 of unknown ones are no 160 %."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product

from sqlglot import exp

from ..model.record import Record
from .language.syntax import parse
from .sql.spelling import as_written, spelling

Columns = frozenset[str]
_NOTHING: Columns = frozenset()
_AGGREGATES = (exp.AggFunc, exp.WithinGroup)
_KEPT = 4096
"""So many formulas stay read: an editor asks for the same ones after each key."""


class Uneven(Record):
    """An aggregate that rows enter which the other side of its ratio leaves out: for want of which columns."""

    aggregate: str
    columns: tuple[str, ...]
    remedy: str
    """The aggregate with the filter that leaves them out as well."""


def uneven_aggregates(formula: str, where: str | None, may_be_empty: Callable[[str], bool]) -> tuple[Uneven, ...]:
    """The aggregates beside a sum, in one ratio, that take in rows which the other side lacks for an empty cell.

    Raises FormulaError.
    """
    common, pairs = _ratios(formula, where)
    lacking: dict[exp.Expr, tuple[_Side, set[str]]] = {}
    for side, other in pairs:
        columns = {c for c in side.needs - other.needs - other.known - common if may_be_empty(c)}
        if columns:
            lacking.setdefault(other.whole, (other, set()))[1].update(columns)
    return tuple(side.lacking(sorted(columns)) for side, columns in lacking.values())


@lru_cache(maxsize=_KEPT)
def _ratios(formula: str, where: str | None) -> tuple[Columns, tuple[tuple[_Side, _Side], ...]]:
    """The columns that have a value in every row that is counted, and the pairs of aggregates. Raises FormulaError."""
    common = known_if_true(parse(where)) if where else _NOTHING
    return common, tuple(_pairs(parse(formula)))


def _pairs(tree: exp.Expr) -> Iterator[tuple[_Side, _Side]]:
    """Aggregates that stand over and under each other, one of them a sum; each pair both ways round."""
    for division in tree.find_all(exp.Div):
        above, below = _sides(division.this), _sides(division.expression)
        for first, second in product(above, below):
            if isinstance(first.call, exp.Sum) or isinstance(second.call, exp.Sum):
                yield first, second
                yield second, first


class _Side(Record):
    """An aggregate of a ratio: the columns without which a row does not enter, and those its filter knows."""

    call: exp.Expr
    condition: exp.Expr | None
    needs: Columns
    known: Columns

    @property
    def whole(self) -> exp.Expr:
        """The aggregate with its filter."""
        own = self.call.parent
        return own if isinstance(own, exp.Filter) else self.call

    def lacking(self, columns: list[str]) -> Uneven:
        """What is wrong without a look at these columns."""
        tests = [f"{c} is not null" for c in columns]
        call, condition = _text(self.call), [_text(self.condition)] if self.condition is not None else []
        return Uneven(call, tuple(columns), f"{call} filter (where {' and '.join([*condition, *tests])})")


def _sides(tree: exp.Expr) -> list[_Side]:
    sides = []
    for call in (n for n in tree.find_all(*_AGGREGATES, exp.Anonymous) if _is_outermost(n)):
        own = call.parent if isinstance(call.parent, exp.Filter) else None
        condition = own.expression.this if own is not None else None
        known = known_if_true(condition) if condition is not None else _NOTHING
        argument = call.expression if isinstance(call, exp.WithinGroup) else call.this
        if isinstance(call, exp.CountIf):
            sides.append(_Side(call, condition, _NOTHING, known | known_if_true(argument)))
        else:
            sides.append(_Side(call, condition, needed(call), known))
    return sides


def _is_outermost(node: exp.Expr) -> bool:
    if isinstance(node, exp.Anonymous) and str(node.this).lower() != "share":
        return False
    return node.find_ancestor(*_AGGREGATES, exp.Where) is None


_ALTERNATIVES: tuple[tuple[type[exp.Expr], Callable[[exp.Expr], list[exp.Expr | None]]], ...] = (
    (exp.Coalesce, lambda node: [node.this, *node.expressions]),
    (exp.Case, lambda node: [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]),
    (exp.If, lambda node: [node.args["true"], node.args.get("false")]),
    (exp.Connector, lambda node: [node.this, node.expression]),
    (exp.Nullif, lambda node: [node.this]),
)
"""What is the value of one of several others, and which these are."""


def needed(node: exp.Expr) -> Columns:
    """The columns without any of which a value is NULL, whatever the others are."""
    if isinstance(node, exp.Column):
        return frozenset({node.name.lower()})
    if isinstance(node, exp.Is | exp.Star):
        return _NOTHING
    alternatives = next((values(node) for kind, values in _ALTERNATIVES if isinstance(node, kind)), None)
    if alternatives is None:
        return _NOTHING.union(*(needed(child) for child in node.iter_expressions()))
    # A branch that is NULL leaves rows out on purpose.
    parts = [needed(value) for value in alternatives if value is not None and not isinstance(value, exp.Null)]
    return frozenset.intersection(*parts) if parts else _NOTHING


def known_if_true(condition: exp.Expr) -> Columns:
    """The columns that have a value wherever a condition is true."""
    condition = condition.unnest()
    if isinstance(condition, exp.Connector):
        left, right = known_if_true(condition.this), known_if_true(condition.expression)
        return left | right if isinstance(condition, exp.And) else left & right
    if isinstance(condition, exp.Not):
        inner = condition.this.unnest()
        return needed(inner.this if _tests_null(inner) else inner)
    if isinstance(condition, exp.Coalesce) and all(_is_false(e) for e in condition.expressions):
        return known_if_true(condition.this)
    is_truth = isinstance(condition, exp.Is) and not _tests_null(condition)
    return needed(condition.this if is_truth else condition)


def _tests_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)


def _is_false(node: exp.Expr) -> bool:
    return isinstance(node, exp.Boolean) and not node.this


def _text(tree: exp.Expr) -> str:
    return as_written(tree) if not isinstance(tree, exp.WithinGroup) else spelling(tree)
