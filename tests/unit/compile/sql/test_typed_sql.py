"""The small trees that every statement is made of mean in the engine what their names say."""

from __future__ import annotations

from fractions import Fraction

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dialect.duckdb.dialect import DUCKDB
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.sql.spelling import spelling
from kpi_framework.compile.sql.typed_sql import (
    Term,
    binary,
    case,
    cast,
    conjunction,
    disjunction,
    duration,
    filtered,
    is_null,
    is_one_of,
    not_null,
    null,
    try_cast,
)

A, B, C = map(exp.column, "abc")
number = exp.Literal.number


def over(sql: exp.Expr, **row: object) -> object:
    """What the engine makes of an expression over one row."""
    names = ", ".join(f"? AS {name}" for name in row) or "1 AS nothing"
    [(value,)] = duckdb.connect().execute(f"SELECT {sql_of(sql)} FROM (SELECT {names})", [*row.values()]).fetchall()  # noqa: S608 - our own words
    return value


@pytest.mark.parametrize(("a", "b", "c"), [(7, 2, 3), (1, 5, 9), (0, 0, 4)])
def test_operands_keep_together(a: int, b: int, c: int) -> None:
    """An operand that is an operation is bracketed: (a - (b - c)) * (a + b), as Python reckons it."""
    tree = binary(exp.Mul, binary(exp.Sub, A, binary(exp.Sub, B, C)), binary(exp.Add, A, B))
    assert over(tree, a=a, b=b, c=c) == (a - (b - c)) * (a + b)


@pytest.mark.parametrize("count", [1, 2, 16, 17, 100, 1000])
def test_any_number_of_conditions_is_joined(count: int) -> None:
    """All of 1,000 hold, or one does not; the tree stays shallow enough for the engine."""
    conditions = [binary(exp.NEQ, A, number(n)) for n in range(count)]
    every, some = conjunction(*conditions), disjunction(*conditions)
    assert every is not None
    assert some is not None
    assert over(every, a=-1) is True
    assert over(every, a=count - 1) is False
    assert over(some, a=0) is (count > 1)


def test_no_condition_is_none() -> None:
    """What is not there is left out, and the same condition twice is one."""
    assert conjunction() is None
    assert conjunction(None, None) is None
    assert conjunction(None, A) == A
    assert disjunction(is_null(A), is_null(A)) == is_null(A)


@pytest.mark.parametrize("value", [None, 3])
def test_unknown_is_told_apart(value: int | None) -> None:
    """IS NULL and IS NOT NULL, of an operation too."""
    tree = binary(exp.Add, A, number(1))
    assert over(is_null(tree), a=value) is (value is None)
    assert over(not_null(tree), a=value) is (value is not None)


def test_words_of_a_list() -> None:
    """A word with a quote is itself; no words hold for nothing."""
    assert over(is_one_of(A, ["x", "it's"]), a="it's") is True
    assert over(is_one_of(A, ["x", "it's"]), a="its") is False
    assert over(is_one_of(A, []), a="x") is False


def test_casts() -> None:
    """A cast that may fail gives NULL; a typed NULL is one."""
    assert over(cast(A, "BIGINT"), a="12") == 12
    assert over(try_cast(A, "BIGINT"), a="twelve") is None
    assert over(null("DATE")) is None
    assert (
        over(case(binary(exp.GT, A, number(1)), exp.Literal.string("more"), exp.Literal.string("less")), a=1) == "less"
    )


def test_a_filtered_aggregate_sees_only_its_rows() -> None:
    """FILTER (WHERE …); without a condition the aggregate is what it was."""
    assert filtered(exp.Count(this=exp.Star()), None) == exp.Count(this=exp.Star())
    tree = filtered(exp.Sum(this=A), binary(exp.GT, A, number(2)))
    [(total,)] = duckdb.connect().execute(f"SELECT {sql_of(tree)} FROM range(6) AS r(a)").fetchall()  # noqa: S608
    assert total == 3 + 4 + 5


def test_a_duration_is_exact_and_reads_in_its_unit() -> None:
    """90 seconds are 1.5 minutes; as microseconds they are a whole number."""
    term = duration(number(90_000_000), "minutes")
    assert (over(term.sql), term.type, term.unit) == (1.5, "double", "minutes")
    micros = term.in_micros("minutes")
    assert micros is not None
    assert over(micros) == 90_000_000
    assert term.in_micros("hours") is None


@pytest.mark.parametrize(
    ("text", "unit", "micros"),
    [
        ("1.5", "minutes", 90_000_000),
        ("2", "days", 2 * 86_400_000_000),
        ("0.0000001", "seconds", None),
        ("-1", "hours", None),
    ],
)
def test_a_plain_number_beside_a_duration_is_exact_or_none(text: str, unit: str, micros: int | None) -> None:
    """What is no whole number of microseconds, or negative, has no exact form."""
    exact = Term(number(text), "decimal", number=Fraction(text)).in_micros(unit)
    assert (None if exact is None else over(exact)) == micros


def test_a_readable_statement_is_the_same_statement() -> None:
    """Broken into lines, it gives the same rows; what cannot be parsed stays in one line."""
    sql = "SELECT a, count(*) AS n FROM range(4) AS r(a) WHERE a % 2 = 1 GROUP BY a ORDER BY a"
    engine = duckdb.connect()
    assert "\n" in DUCKDB.readable(sql)
    assert engine.execute(DUCKDB.readable(sql)).fetchall() == engine.execute(sql).fetchall() == [(1, 1), (3, 1)]
    assert DUCKDB.readable("SELECT (((") == "SELECT (((;"


def test_a_spelling_tells_trees_apart() -> None:
    """Equal trees have one, different trees have two."""
    assert spelling(binary(exp.Add, A, B)) == spelling(binary(exp.Add, exp.column("a"), exp.column("b")))
    assert spelling(binary(exp.Add, A, B)) != spelling(binary(exp.Sub, A, B))
