"""What an expression costs once it is written out is known before it is built."""

from __future__ import annotations

import sys

import pytest
import sqlglot
from sqlglot import exp

from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.compile.sql.size import MAX_DEPTH, MAX_SIZE, Size, deep, sized


def tree(text: str) -> exp.Expr:
    """The tree of an expression."""
    return sqlglot.parse_one(text, dialect="duckdb")


def test_parts_and_depth_are_those_of_the_tree() -> None:
    """`a + b * c`: five nodes, three levels; a column counts as one, whatever its identifier is."""
    assert sized(tree("a + b * c")) == Size(5, 3)


@pytest.mark.parametrize(("nested", "parts"), [("ln(a)", 3), ("ln(ln(a))", 7), ("ln(ln(ln(a)))", 15)])
def test_what_is_written_twice_counts_twice(nested: str, parts: int) -> None:
    """`ln(x)` stands for two copies of x, so that each level doubles what is inside it."""
    assert sized(tree(nested)).parts == parts


def test_a_column_is_as_large_as_what_it_stands_for() -> None:
    """Columns that stand on each other multiply."""
    assert sized(tree("a + a"), lambda _: Size(10, 4)) == Size(21, 5)


def test_at_the_bound_is_taken_and_beyond_it_refused() -> None:
    """Twelve logarithms inside each other are 8,191 parts; eleven are 4,095."""
    assert 4_095 < MAX_SIZE < 8_191
    assert sized(tree("ln(" * 11 + "a" + ")" * 11)).parts == 4_095
    with pytest.raises(FormulaError) as refused:
        sized(tree("ln(" * 12 + "a" + ")" * 12))
    assert refused.value.rule == "formula-syntax"


def test_a_deep_expression_is_refused() -> None:
    """However few parts it has."""
    column = Size(1, MAX_DEPTH)
    with pytest.raises(FormulaError):
        sized(tree("-a"), lambda _: column)


def test_the_room_on_the_stack_is_given_back() -> None:
    """Also where the work inside fails."""
    before = sys.getrecursionlimit()
    inside: list[int] = []

    @deep()
    def fail() -> None:
        inside.append(sys.getrecursionlimit())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert inside[0] >= before
    assert sys.getrecursionlimit() == before
