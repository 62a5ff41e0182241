"""How large an expression becomes once it is lowered, and the room that one of bounded size needs.

Some functions stand for more than one copy of their argument: `ln(x)` is `CASE WHEN x > 0 THEN ln(x) END`. Twenty of
them inside each other would be a million copies, and columns that stand on each other multiply in the same way. So the
size is reckoned first, from the author's tree, and what would grow beyond bounds is never built.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlglot import exp

from ...model.record import Record
from .errors import FormulaError

MAX_SIZE = 5_000
MAX_DEPTH = 240
_FRAMES = 12_000
_TWICE = (exp.Ln, exp.Sqrt, exp.Greatest, exp.Least, exp.Nullif, exp.Between)


class Size(Record):
    """How many parts an expression has when every copy is written out, and how deep they stand inside each other."""

    parts: int = 1
    depth: int = 1


LEAF = Size()


def sized(tree: exp.Expr, of_column: Callable[[str], Size] = lambda _: LEAF) -> Size:
    """The size of an expression whose columns have sizes of their own. Raises FormulaError where it is too large."""
    sizes: dict[int, Size] = {}
    for node in reversed(list(tree.walk(bfs=True))):
        sizes[id(node)] = of_column(node.name) if isinstance(node, exp.Column) else _sum(node, sizes)
        if sizes[id(node)].parts > MAX_SIZE or sizes[id(node)].depth > MAX_DEPTH:
            raise FormulaError(
                "formula-syntax", "the expression is too large, with all that it and its columns stand for",
                "Split it: fewer functions inside each other, and fewer columns that stand on each other.",
            )  # fmt: skip
    return sizes[id(tree)]


def _sum(node: exp.Expr, sizes: dict[int, Size]) -> Size:
    inner = [(child, sizes[id(child)]) for child in node.iter_expressions()]
    parts = 1 + sum(_copies(node, child) * size.parts for child, size in inner)
    return Size(parts, 1 + max((size.depth for _, size in inner), default=0))


def _copies(node: exp.Expr, child: exp.Expr) -> int:
    """How often a part of a node is written when the node is lowered."""
    if isinstance(node, _TWICE):
        return 2
    if isinstance(node, exp.Case | exp.In) and child is node.this:
        return max(1, len(node.args["ifs"] if isinstance(node, exp.Case) else node.expressions))
    return 1


@contextmanager
def deep() -> Iterator[None]:
    """Room on Python's stack for an expression within these bounds: its default is for programs, not for data."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
