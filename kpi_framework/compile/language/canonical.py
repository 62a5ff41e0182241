"""Small pure passes that bring expressions of one meaning to one tree, and that tree to one text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from sqlglot import exp

from ..sql.errors import FormulaError
from ..sql.size import sized
from ..sql.spelling import as_written
from .syntax import parse

_SWAPPED: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.GTE: exp.LTE}
_COMMUTATIVE = (exp.EQ, exp.NEQ, exp.Add, exp.Mul)


def drop_brackets(node: exp.Expr) -> exp.Expr:
    """`((a))` → `a`: the tree itself says what belongs together."""
    return _this(node) if isinstance(node, exp.Paren) else node


def _this(node: exp.Expr) -> exp.Expr:
    inner: exp.Expr = node.this
    return inner


def lower_names(node: exp.Expr) -> exp.Expr:
    """`Created_At` → `created_at`: names of columns and functions have no case."""
    if isinstance(node, exp.Identifier):
        return exp.to_identifier(node.name.lower(), quoted=False)
    if isinstance(node, exp.Anonymous):
        return exp.Anonymous(this=str(node.this).lower(), expressions=node.expressions)
    return node


def plain_numbers(node: exp.Expr) -> exp.Expr:
    """`0.90` → `0.9`, `1e3` → `1000.0`, `-(5)` → `-5`."""
    if isinstance(node, exp.Literal) and not node.is_string:
        text = node.name
        if not text.isdigit():
            return exp.Literal.number(format(Decimal(text).normalize(), "f") + _fraction(text))
        return exp.Literal.number(str(int(text)))
    return node


def _fraction(text: str) -> str:
    """Keep a decimal's type: `1.0` stays a decimal, though its value is whole."""
    return ".0" if Decimal(text) == Decimal(text).to_integral_value() else ""


def one_spelling(node: exp.Expr) -> exp.Expr:
    """`if(a,b,c)` → case; `x not like y` → not (x like y); `a >= b` → `b <= a`; between → two comparisons."""
    if isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
        return exp.Case(ifs=[exp.If(this=node.this, true=node.args["true"])], default=node.args.get("false"))
    if isinstance(node, exp.Like | exp.ILike) and node.args.get("negate"):
        return exp.Not(this=type(node)(this=node.this, expression=node.expression))
    if type(node) in _SWAPPED:
        return _SWAPPED[type(node)](this=node.expression, expression=node.this)
    if isinstance(node, exp.Between):
        low = exp.LTE(this=node.args["low"], expression=node.this)
        return exp.And(this=low, expression=exp.LTE(this=node.this.copy(), expression=node.args["high"]))
    if isinstance(node, exp.TryCast):
        return exp.Cast(this=node.this, to=node.args["to"])
    return node


def one_aggregate(node: exp.Expr) -> exp.Expr:
    """`count(1)` → `count(*)`; median → quantile_cont at 0.5; share(c) → avg(c); within group → quantile_cont."""
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Literal):
        return exp.Count(this=exp.Star())
    if isinstance(node, exp.Median):
        return exp.PercentileCont(this=node.this, expression=exp.Literal.number("0.5"))
    if isinstance(node, exp.Anonymous) and node.this == "share" and len(node.expressions) == 1:
        return exp.Anonymous(this="avg_of", expressions=node.expressions)
    if isinstance(node, exp.WithinGroup):
        return _within_group(node)
    return node


def _within_group(node: exp.WithinGroup) -> exp.Expr:
    ordered = node.expression.expressions if isinstance(node.expression, exp.Order) else []
    if len(ordered) != 1 or ordered[0].args.get("desc") or node.this.expression is not None:
        return node
    return (
        exp.PercentileCont(this=ordered[0].this, expression=node.this.this)
        if isinstance(node.this, exp.PercentileCont)
        else node
    )


def sort_operands(node: exp.Expr) -> exp.Expr:
    """`b and a` → `a and b`, `x in (2, 1)` → `x in (1, 2)`: order that does not matter is one order."""
    if isinstance(node, exp.And | exp.Or):
        return _sorted_chain(node)
    if isinstance(node, _COMMUTATIVE) and canonical_text(node.expression) < canonical_text(node.this):
        return type(node)(this=node.expression, expression=node.this)
    if isinstance(node, exp.In):
        unique = {canonical_text(e): e for e in node.expressions}
        return exp.In(this=node.this, expressions=[unique[k] for k in sorted(unique)])
    return node


def _sorted_chain(node: exp.And | exp.Or) -> exp.Expr:
    parts = {canonical_text(part): part for part in _flat(node, type(node))}
    ordered = [parts[key] for key in sorted(parts)]
    tree = ordered[0]
    for part in ordered[1:]:
        tree = type(node)(this=tree, expression=part)
    return tree


def _flat(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    if not isinstance(node, kind):
        return [node]
    return _flat(node.this, kind) + _flat(node.expression, kind)


PASSES: tuple[Callable[[exp.Expr], exp.Expr], ...] = (
    drop_brackets,
    lower_names,
    plain_numbers,
    one_spelling,
    one_aggregate,
    sort_operands,
)
"""In this order. Each is applied from the leaves up."""


def canonical(tree: exp.Expr) -> exp.Expr:
    """The one tree of all expressions that mean the same, as far as the passes see."""
    tree = tree.copy()
    for rewrite in PASSES:
        tree = _bottom_up(tree, rewrite)
    return tree


def canonical_of(text: str) -> exp.Expr:
    """The canonical tree of a formula's text, a copy of one's own. Raises FormulaError."""
    return _sound(text).copy()


def _sound(text: str) -> exp.Expr:
    tree = _canonical_of(text)
    if isinstance(tree, FormulaError):
        raise tree.with_traceback(None)
    return tree


@lru_cache(maxsize=4096)
def _canonical_of(text: str) -> exp.Expr | FormulaError:
    """The canonical tree, or why there is none: either is asked for several times in a run."""
    try:
        tree = parse(text)
        sized(tree)
        return canonical(tree)
    except FormulaError as error:
        return error


def _bottom_up(tree: exp.Expr, rewrite: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Apply a pass to every node, children first (sqlglot's transform skips the children of replaced nodes)."""
    nodes = [node for node in tree.walk(bfs=True) if isinstance(node, exp.Expr)]
    for node in reversed(nodes):
        changed = rewrite(node)
        if changed is node:
            continue
        if node is tree:
            changed.pop()
            return changed
        node.replace(changed)
    return tree


def is_expression(text: str) -> bool:
    """Whether a text is an expression of the language."""
    return not isinstance(_canonical_of(text), FormulaError)


def names_in(text: str) -> tuple[str, ...]:
    """The columns that an expression names; none where the text is no expression."""
    try:
        return tuple(c.name for c in _sound(text).find_all(exp.Column))
    except FormulaError:
        return ()


def one_text(text: str) -> str:
    """One text for every spelling of an expression; what is no expression stays as it is."""
    try:
        return canonical_text(canonical_of(text))
    except FormulaError:
        return text.strip()


def canonical_text(node: exp.Expr) -> str:
    """A text of the tree that is equal for equal trees and owes nothing to any SQL dialect's spelling."""
    if isinstance(node, exp.Literal):
        return repr(node.name) if node.is_string else node.name
    if isinstance(node, exp.Identifier | exp.Var):
        return node.name.lower()
    if isinstance(node, exp.Column):
        return node.name
    if isinstance(node, exp.DataType):
        return as_written(node).lower()
    name = str(node.this) if isinstance(node, exp.Anonymous) else node.key
    parts = [
        canonical_text(child)
        for key, value in sorted(node.args.items())
        for child in (value if isinstance(value, list) else [value])
        if isinstance(child, exp.Expr)
    ]
    flags = [str(node.this).lower()] if isinstance(node, exp.Boolean) else []
    return f"({' '.join([name, *flags, *parts])})"
