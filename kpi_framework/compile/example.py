"""The query of one example: its rows as a typed table, and the measure's aggregates over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from .axis import Measure
from .plan import aggregate_call, held_call, picked
from .scalars import SQL_TYPES
from .table import Table
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
    over = exp.select(*adding, *holding).from_(_typed(table, rows, _needed(measure, table)).subquery("typed")).subquery("aggregated")
    value = formula.value if formula.type == "integer" else as_double(formula.value)
    if formula.type == "boolean":
        value = exp.Cast(this=formula.value.copy(), to=exp.DataType.build("INT"))
    return exp.select(value, *(a.column for a in counts)).from_(over)


def _needed(measure: Measure, table: Table) -> frozenset[str]:
    """The base columns that the formula and its condition read."""
    return table.reach(measure.formula.columns, own=False)


def _typed(table: Table, rows: Sequence[Row], needed: frozenset[str]) -> exp.Select:
    """The given cells, cast as the canonical columns are; a column nobody gave is NULL."""
    names = sorted({n for row in rows for n in row if n != "times"})
    tuples = [exp.Tuple(expressions=[_cell(row.get(n)) for n in names]) for row in rows for _ in range(_times(row))]
    cells = [exp.alias_(table.cell(table.bases[n]), n) for n in names if n in needed and n in table.bases]
    absent = [exp.alias_(_null(table.bases[n].type), n) for n in needed if n in table.bases and n not in names]
    edges = [exp.alias_(_null("timestamp"), n) for n in ("period_start", "period_end")]
    raws = [exp.alias_(_null("text"), n) for n in needed if n in table.raws]
    if not tuples:
        nothing = exp.select(*(exp.alias_(_null("text"), n) for n in names or ["_none"])).where(exp.Boolean(this=False))
        return exp.select(*cells, *absent, *edges, *raws).from_(nothing.subquery("source"))
    columns = [exp.to_identifier(n, quoted=True) for n in names] or [exp.to_identifier("_none")]
    alias = exp.TableAlias(this=exp.to_identifier("source"), columns=columns)
    return exp.select(*cells, *absent, *edges, *raws).from_(exp.Values(expressions=tuples, alias=alias))


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


