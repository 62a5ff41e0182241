"""A formula becomes aggregates and one expression over them: together they give what plain Python gives."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.language.aggregates import Aggregate, Formula
from kpi_framework.compile.language.formula import compile_formula
from kpi_framework.compile.language.scope import Scope
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.compile.sql.typed_sql import Term
from kpi_framework.model.period import Almanac

Row = tuple[int | None, float | None, str | None]
ROWS: tuple[Row, ...] = (
    (1, 0.5, "x"),
    (2, None, "x"),
    (2, 2.5, "y"),
    (None, 4.0, "y"),
    (5, 1.0, None),
    (9, 8.0, "z"),
)
A, B = [a for a, _, _ in ROWS if a is not None], [b for _, b, _ in ROWS if b is not None]


def compiled(text: str, where: str | None = None, *, exact: bool = True) -> Formula:
    """A formula over three columns, of which `who` names people."""
    columns = {name: partial(Term, exp.column(name), kind) for name, kind in (("a", "integer"), ("b", "double"))}
    columns["t"] = partial(Term, exp.column("t"), "text")
    columns["who"] = partial(Term, exp.column("who"), "text", personal="who")
    return compile_formula(text, where, Scope(columns, Almanac(ZoneInfo("UTC"))), exact=exact)


def call_of(aggregate: Aggregate) -> str:
    """An aggregate as a person would write it."""
    inner = ", ".join(map(sql_of, aggregate.arguments)) or "*"
    name = {"distinct": "count", "fsum": "sum"}.get(aggregate.function, aggregate.function)
    inner = f"DISTINCT {inner}" if aggregate.function == "distinct" else inner
    level = f", {float(aggregate.level)}" if aggregate.level is not None else ""
    condition = f" FILTER (WHERE {sql_of(aggregate.condition)})" if aggregate.condition is not None else ""
    return f"{name}({inner}{level}){condition}"


def computed(formula: Formula, rows: Sequence[Row] = ROWS) -> tuple[object, int, int, int]:
    """The value, the population, how many rows were measured, and how many were missing."""
    engine = duckdb.connect()
    engine.execute("CREATE TABLE rows (a INTEGER, b DOUBLE, t VARCHAR)")
    if rows:
        engine.executemany("INSERT INTO rows VALUES (?, ?, ?)", [*rows])
    named = [f"{call_of(aggregate)} AS {name}" for name, aggregate in formula.aggregates.items()]
    counts = [("population", formula.population), ("measured", formula.measured), ("missing", formula.missing)]
    named += [f"{call_of(aggregate) if aggregate else 'NULL'} AS _{name}" for name, aggregate in counts]
    query = (
        f"SELECT {sql_of(formula.value)}, _population, _measured, _missing FROM (SELECT {', '.join(named)} FROM rows)"  # noqa: S608
    )
    [(value, population, measured, missing)] = engine.execute(query).fetchall()
    return value, population, measured, population - measured if missing is None else missing


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("count(*)", 6),
        ("count(a)", 5),
        ("count(distinct t)", 3),
        ("sum(a)", sum(A)),
        ("avg(a)", statistics.fmean(A)),
        ("sum(b) / sum(a)", sum(B) / sum(A)),
        ("min(a) + max(b)", min(A) + max(B)),
        ("median(b)", statistics.median(B)),
        ("quantile_cont(b, 0.25)", statistics.quantiles(B, n=4, method="inclusive")[0]),
        ("quantile_disc(a, 0.5)", statistics.median_low(A)),
        ("share(a > 1)", sum(a > 1 for a in A) / len(A)),
        ("count_if(t = 'x')", 2),
        ("stddev(b)", statistics.stdev(B)),
        ("var_pop(b)", statistics.pvariance(B)),
        ("sum(a) filter (where t = 'y') + count(*) * 2", 2 + 12),
        ("bool_and(a > 0)", True),
        ("bool_or(a > 9)", False),
    ],
)
def test_a_formula_gives_what_python_gives(text: str, value: float) -> None:
    """Each aggregate of the language, alone or reckoned with; NULL enters none."""
    assert computed(compiled(text))[0] == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["avg(a)", "share(a > 1)", "median(b)", "sum(b) / sum(a)", "bool_and(a > 0)", "min(a)"]
)
def test_nothing_of_no_rows(text: str) -> None:
    """A mean, a share, a quantile of nothing is unknown, never zero."""
    assert computed(compiled(text), ())[:2] == (None, 0)


@pytest.mark.parametrize(
    ("text", "where", "population", "measured", "missing"),
    [
        ("avg(a)", None, 6, 5, 1),
        ("avg(a)", "t = 'y'", 2, 1, 1),
        ("count(*)", "t = 'x'", 2, 2, 0),
        ("sum(a) / sum(b)", None, 6, 6, 2),  # a row enters one of both
        ("avg(a) filter (where t = 'x')", None, 6, 2, 0),
    ],
)
def test_rows_are_measured_or_missing(
    text: str, where: str | None, population: int, measured: int, missing: int
) -> None:
    """The condition makes the population; of it, what entered an aggregate is measured, what was NULL is missing."""
    assert computed(compiled(text, where))[1:] == (population, measured, missing)


def test_equal_aggregates_are_shared() -> None:
    """Two spellings of one sum have one name; another condition is another aggregate."""
    one, other = compiled("sum(a) + count(*)"), compiled("COUNT(1) * sum(A)")
    assert set(one.aggregates) == set(other.aggregates)
    assert not set(one.aggregates) & set(compiled("sum(a) + count(*)", "t = 'x'").aggregates)


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("count(*)", 1),
        ("sum(a)", 1),
        ("avg(a)", 0),
        ("sum(a) / count(*)", 0),
        ("median(a)", 0),
        ("max(a)", None),
        ("sum(a) * sum(a)", 2),
        ("count(distinct t)", None),
    ],
)
def test_how_a_value_grows_with_time_is_known(text: str, degree: int | None) -> None:
    """A sum doubles over two months, an average does not, of a maximum nothing can be said."""
    formula = compiled(text)
    assert (formula.degree, formula.is_range) == (degree, degree == 0)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("share(a > 1)", "share"),
        ("avg(a)", "mean"),
        ("median(a)", "quantile"),
        ("count(*)", "count"),
        ("avg(a) + 1", "other"),
    ],
)
def test_the_statistic_is_known_for_its_interval(text: str, shape: str) -> None:
    """Only where the formula is nothing but that."""
    assert compiled(text).shape.kind == shape


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a", "not-an-aggregate"),
        ("1 + 1", "not-an-aggregate"),
        ("sum(sum(a))", "not-an-aggregate"),
        ("sum(t)", "type-mismatch"),
        ("max(t)", "type-mismatch"),
        ("median(who)", "personal-column"),
        ("quantile_cont(a, 1.5)", "type-mismatch"),
        ("approx_count_distinct(a)", "forbidden-function"),
        ("random()", "forbidden-function"),
        ("sum(c)", "unknown-column"),
        ("sum(a", "formula-syntax"),
    ],
)
def test_what_is_no_formula_is_refused_by_its_rule(text: str, rule: str) -> None:
    """Before any row is read."""
    with pytest.raises(FormulaError) as refused:
        compiled(text)
    assert refused.value.rule == rule


def test_people_may_be_counted() -> None:
    """And nothing else; what is approximate has to be wished for."""
    assert call_of(next(iter(compiled("count(distinct who)").aggregates.values()))) == "count(DISTINCT who)"
    assert compiled("approx_count_distinct(a)", exact=False).type == "integer"
