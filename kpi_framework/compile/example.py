"""The query of one example: its rows as a typed table, and the measure's aggregates over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from .axis import Measure
from .plan import aggregate_call, held_call, picked
from .scalars import SQL_TYPES
from .table import Table, typed_rows
from .term import as_double

Row = Mapping[str, str | int | float | bool | None]


def example_query(measure: Measure, table: Table, rows: Sequence[Row]) -> exp.Select:
    """One row: value, population, measured, and missing where it is counted on its own."""
    formula = measure.formula
    counts = [a for a in (formula.population, formula.measured, formula.missing) if a is not None]
    aggregates = {**formula.aggregates, **{a.name: a for a in counts}}
    adding = [exp.alias_(aggregate_call(a), a.name) for a in aggregates.values() if a.rollup]
    held = [a for a in aggregates.values() if not a.rollup]
    holding = [exp.alias_(picked([a], 0, held_call([a])), a.name) for a in held]
    over = exp.select(*adding, *holding).from_("typed").subquery("aggregated")
    value = formula.value if formula.type == "integer" else as_double(formula.value)
    if formula.type == "boolean":
        value = exp.Cast(this=formula.value.copy(), to=exp.DataType.build("INT"))
    # Materialized: inlined, the instant of a wall time would stand in each of a zone's steps that reads it.
    typed = _typed(table, rows, _needed(measure, table))
    return exp.select(value, *(a.column for a in counts)).from_(over).with_("typed", as_=typed, materialized=True)


def _needed(measure: Measure, table: Table) -> frozenset[str]:
    """The base columns that the formula and its condition read."""
    return table.reach(measure.formula.columns, own=False)


def _typed(table: Table, rows: Sequence[Row], needed: frozenset[str]) -> exp.Select:
    """The given cells, cast as the canonical columns are; a column nobody gave is NULL."""
    names = sorted({n for row in rows for n in row if n != "times"})
    stages = [table.staged(table.bases[n]) for n in names if n in needed and n in table.bases]
    cells = [exp.alias_(exp.column(f"_typed_{s.base.name}"), s.base.name) for s in stages]
    absent = [exp.alias_(_null(table.bases[n].type), n) for n in needed if n in table.bases and n not in names]
    edges = [exp.alias_(_null("timestamp"), n) for n in ("period_start", "period_end")]
    raws = [exp.alias_(_null("text"), n) for n in needed if n in table.raws]
    return exp.select(*cells, *absent, *edges, *raws).from_(typed_rows(stages, _given(names, rows)))


def _given(names: Sequence[str], rows: Sequence[Row]) -> exp.Subquery:
    """The rows as they are given, each as often as its `times` says."""
    tuples = [exp.Tuple(expressions=[*(_cell(row.get(n)) for n in names), _count(_times(row))]) for row in rows]
    # A row of no times stands for no rows at all.
    tuples = tuples or [exp.Tuple(expressions=[*(_null("text") for _ in names), _count(0)])]
    columns = [exp.to_identifier(n, quoted=True) for n in (*names, "_times")]
    values = exp.Values(expressions=tuples, alias=exp.TableAlias(this=exp.to_identifier("given"), columns=columns))
    repeated = exp.Anonymous(
        this="unnest", expressions=[exp.Anonymous(this="range", expressions=[exp.column("_times")])]
    )
    return exp.select("*", exp.alias_(repeated, "_time")).from_(values).subquery("source")


def _count(value: int) -> exp.Expr:
    return exp.Literal.number(str(value))


def _times(row: Row) -> int:
    times = row.get("times", 1)
    return times if isinstance(times, int) and not isinstance(times, bool) and 0 <= times <= 1_000_000 else 1


def _cell(value: str | int | float | bool | None) -> exp.Expr:
    """A given cell as the text a source would hold."""
    if value is None:
        return _null("text")
    return exp.Literal.string(str(value).lower() if isinstance(value, bool) else str(value))


def _null(kind: str) -> exp.Expr:
    return exp.Cast(this=exp.Null(), to=exp.DataType.build(SQL_TYPES[kind], dialect="duckdb"))
