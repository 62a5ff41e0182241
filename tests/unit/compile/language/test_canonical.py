"""Expressions of one meaning have one canonical text, and what is made of it means what the author wrote."""

from __future__ import annotations

import itertools
from functools import partial
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.language.canonical import canonical, names_in, one_text
from kpi_framework.compile.language.formula import compile_column
from kpi_framework.compile.language.scope import Scope
from kpi_framework.compile.language.syntax import parse
from kpi_framework.compile.sql.typed_sql import Term
from kpi_framework.model.period import Almanac

SCOPE = Scope({name: partial(Term, exp.column(name), "integer") for name in "abc"}, Almanac(ZoneInfo("UTC")))
ALIKE = [
    ("a + b", "b+A"),
    ("((a))", "a"),
    ("a >= b", "b <= a"),
    ("a > b", "(b < a)"),
    ("a between 1 and 2", "1 <= a and a <= 2"),
    ("b > 0 and a > 0", "a > 0 and b > 0"),
    ("a in (2, 1, 2)", "a in (1, 2)"),
    ("if(a > 1, 1, 0)", "case when a > 1 then 1 else 0 end"),
    ("0.90", "0.9"),
    ("count(1)", "count(*)"),
    ("median(a)", "percentile_cont(0.5) within group (order by a)"),
    ("a not like 'x%'", "not (a like 'x%')"),
    ("try_cast(a as int)", "cast(a as int)"),
    ("a = b or b = a", "b = a"),
]
DIFFERENT = [
    ("a - b", "b - a"),
    ("a / b", "b / a"),
    ("a > b", "a >= b"),
    ("a and b or c", "a and (b or c)"),
    ("'A'", "'a'"),
    ("1", "1.0"),
    ("a + (b - c)", "(a + b) - c"),
    ("not a and b", "not (a and b)"),
    ("count(a)", "count(*)"),
    ("coalesce(a, b)", "coalesce(b, a)"),
    ("case when a then b end", "case when b then a end"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_spellings_of_one_meaning_have_one_text(one: str, other: str) -> None:
    """Case, brackets, order and synonyms do not matter."""
    assert one_text(one) == one_text(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_meaning_has_another_text(one: str, other: str) -> None:
    """Nothing is taken for the same that is not."""
    assert one_text(one) != one_text(other)


@pytest.mark.parametrize("text", sorted({text for pair in (*ALIKE, *DIFFERENT) for text in pair}))
def test_a_canonical_tree_is_its_own(text: str) -> None:
    """Once is enough, and the tree that was given stays as it was."""
    tree = parse(text)
    before = tree.sql()
    assert canonical(canonical(tree)) == canonical(tree)
    assert tree.sql() == before


@pytest.mark.parametrize(
    "text",
    [
        "a >= b and c < a",
        "a between b and c",
        "not (a = b or c > b)",
        "if(a > b, a - b, b - a) * (c + 1)",
        "a in (b, c, 1)",
        "case when a > 1 then b when b > 1 then c end",
        "coalesce(a, b, c) + -(1)",
        "a - (b - c) - 1e0",
        "a <> b and b <> c",
    ],
)
def test_what_is_compiled_means_what_was_written(text: str) -> None:
    """Over each combination of NULL, 0, 1 and 2: canonical, lowered and rendered, it is the author's expression."""
    engine = duckdb.connect()
    engine.execute("CREATE TABLE numbers (a INTEGER, b INTEGER, c INTEGER)")
    engine.executemany("INSERT INTO numbers VALUES (?, ?, ?)", [*itertools.product((None, 0, 1, 2), repeat=3)])
    query = f"SELECT a, b, c, ({text}), ({sql_of(compile_column(text, SCOPE)[0].sql)}) FROM numbers"  # noqa: S608 - our own texts
    rows = engine.execute(query).fetchall()
    assert len(rows) == 64
    assert [row for row in rows if row[3] != row[4]] == []


def test_names_are_those_of_columns() -> None:
    """In lower case, not those of functions; none of what is no expression."""
    assert set(names_in("share(Priority = 'high') + sum(b) / count(*)")) == {"priority", "b"}
    assert names_in("a +") == ()


def test_what_is_no_expression_stays_as_it_is() -> None:
    """But for the space around it."""
    assert one_text("  a +  ") == "a +"
