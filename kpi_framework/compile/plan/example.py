"""The query of one example: its rows as a typed table, and the metric's aggregates over all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlglot import exp

from ...model.period import Almanac, Grain, Period
from ...model.record import Record
from ..dataset.loading import typed_rows
from ..dataset.staging import staged
from ..dataset.table import Table
from ..language.times import SQL_TYPES
from ..sql.errors import FormulaError
from ..sql.operations import Numbers, Worked
from ..sql.typed_sql import alias, as_double, binary, cast, disjunction, is_null, null
from ..time.zone import timestamp
from .axis import CompiledMetric, overlap
from .cube import aggregate_call
from .non_additive import held_call, picked

Row = Mapping[str, str | int | float | bool | None]


class Moment(Record):
    """The end of an example's period, as an instant, and the day it ends or stands in.

    `start` is the day on which the period of things that last begins, where the example names one.
    """

    instant: dt.datetime
    day: dt.date
    start: dt.date | None = None


def read_moment(text: str, almanac: Almanac) -> Moment:
    """A time on the project's wall, or a date: its end. Raises FormulaError."""
    try:
        if len(text) == len("2026-01-31"):
            day = dt.date.fromisoformat(text)
            return Moment(almanac.instant(day + dt.timedelta(days=1)), day)
        wall = dt.datetime.fromisoformat(text)
    except ValueError:
        raise FormulaError(
            "type-mismatch",
            f"`at: {text}` is not a date or a time",
            "Write it as 2026-01-31 or 2026-01-31 09:00.",
            name="at",
        ) from None
    return Moment(wall.replace(tzinfo=almanac.zone).astimezone(dt.UTC), wall.date())


def read_period(text: str, grain: Grain, almanac: Almanac) -> Moment:
    """The period of a grain that begins on a day, or in a month or year that is named. Raises FormulaError."""
    periods = _beginning_in(text, grain, almanac)
    if len(periods) != 1:
        raise FormulaError(
            "type-mismatch", f"`period: {text}` does not name one {grain}",
            f"Write the first day of the {grain}.", name="period",
        )  # fmt: skip
    end = periods[0].end
    return Moment(almanac.instant(end), end - dt.timedelta(days=1), periods[0].start)


def _beginning_in(text: str, grain: Grain, almanac: Almanac) -> list[Period]:
    """The first two periods that begin on the day, or in the month or year."""
    try:
        period = almanac.period_of(dt.date(*map(int, (*text.split("-"), "1", "1")[:3])), grain)
    except ValueError:
        return []
    candidates = (almanac.shift(period, n) for n in range(3))
    return [p for p in candidates if p.start.isoformat().startswith(text)][:2]


def example_query(metric: CompiledMetric, table: Table, rows: Sequence[Row], at: Moment | None = None) -> exp.Select:
    """One row: value, population, measured, and missing where it is counted on its own."""
    formula = metric.formula
    counts = [a for a in (formula.population, formula.measured, formula.missing) if a is not None]
    aggregates = {**formula.aggregates, **{a.name: a for a in counts}}
    adding = [alias(aggregate_call(a), a.name) for a in aggregates.values() if a.rollup]
    held = [a for a in aggregates.values() if not a.rollup]
    holding = [alias(picked([a], 0, held_call([a])), a.name) for a in held]
    over = exp.select(*adding, *holding).from_("typed", copy=False)
    if at is not None:
        over = over.where(_counts(metric, table.almanac, at))
    value = formula.value if formula.type == "integer" else as_double(formula.value)
    if formula.type == "boolean":
        value = cast(formula.value.copy(), "INT")
    # Materialized: inlined, the instant of a wall time would stand in each of a zone's steps that reads it.
    typed = _typed(table, rows, _needed(metric, table, at), _edges(metric, table.almanac, at))
    outer = exp.select(value, *(a.column for a in counts)).from_(over.subquery("aggregated", copy=False), copy=False)
    beside = [alias(Worked(expressions=[k.calendar, k.instant]), k.name) for k in metric.working_time.lookups]
    if metric.has_spans:
        beside += _overlap(metric)
    if not beside:
        return outer.with_("typed", as_=typed, materialized=True)
    outer = outer.with_("given_cells", as_=typed, materialized=True, copy=False)
    return outer.with_("typed", as_=exp.select("*", *beside).from_("given_cells"), materialized=True, copy=False)


def _overlap(metric: CompiledMetric) -> list[exp.Expr]:
    """The part of each row inside the example's period; without one, the whole row, and nothing of one that goes on."""
    assert metric.closing is not None, "a span has an end"
    end = exp.Coalesce(this=metric.closing.time.copy(), expressions=[exp.column("period_end")])
    return overlap(metric.time, end)


def _needed(metric: CompiledMetric, table: Table, at: Moment | None) -> frozenset[str]:
    """The base columns that the formula, its condition and, at a moment, its dating read."""
    is_dated = at is not None or metric.has_spans
    dating = [metric.time, *([metric.closing.time] if metric.closing else [])] if is_dated else []
    named = {c.name for tree in dating for c in tree.find_all(exp.Column)}
    return table.source_columns(metric.formula.columns | named, own=False)


def _edges(metric: CompiledMetric, almanac: Almanac, at: Moment | None) -> dict[str, exp.Expr]:
    if at is None:
        return dict.fromkeys(("period_start", "period_end"), null(SQL_TYPES["timestamp"]))
    start = _start(metric, almanac, at)
    known = timestamp(start) if start is not None else null(SQL_TYPES["timestamp"])
    return {"period_start": known, "period_end": timestamp(at.instant)}


def _start(metric: CompiledMetric, almanac: Almanac, at: Moment) -> dt.datetime | None:
    """When the example's window or period begins; a stock has none."""
    if metric.window:
        return almanac.instant(at.day + dt.timedelta(days=1 - metric.window))
    return almanac.instant(at.start) if at.start is not None else None


def _counts(metric: CompiledMetric, almanac: Almanac, at: Moment) -> exp.Expr:
    """Whether a row counts at the moment: open at it, inside the window that ends with it, or touching the period."""

    def read(moment: dt.datetime, *, by_day: bool) -> exp.Expr:
        return timestamp(moment.astimezone(almanac.zone) if by_day else moment)

    opened, start = cast(metric.time.copy(), "TIMESTAMP"), _start(metric, almanac, at)
    before = binary(exp.LT, opened, read(at.instant, by_day=metric.by_day))
    if metric.closing is None:
        assert start is not None, "a window has a start"
        later = binary(exp.GTE, opened, read(start, by_day=metric.by_day))
    elif metric.has_spans:
        assert start is not None, "a span's example has a period"
        closed = cast(metric.closing.time.copy(), "TIMESTAMP")
        later = disjunction(
            is_null(closed), binary(exp.GT, closed, timestamp(start)), binary(exp.GTE, opened, timestamp(start))
        ) or is_null(closed)
    else:
        closed = cast(metric.closing.time.copy(), "TIMESTAMP")
        end = read(at.instant, by_day=metric.closing.by_day)
        later = disjunction(is_null(closed), binary(exp.GTE, closed, end)) or is_null(closed)
    return exp.and_(before, later)


def _typed(table: Table, rows: Sequence[Row], needed: frozenset[str], edges: Mapping[str, exp.Expr]) -> exp.Select:
    """The given cells, cast as the canonical columns are; a column nobody gave is NULL."""
    names = sorted({n for row in rows for n in row if n != "times"})
    stages = [staged(table, table.bases[n]) for n in names if n in needed and n in table.bases]
    cells = [alias(exp.column(f"_typed_{s.base.name}"), s.base.name) for s in stages]
    absent = [alias(null(SQL_TYPES[table.bases[n].type]), n) for n in needed if n in table.bases and n not in names]
    raws = [alias(null(SQL_TYPES["text"]), n) for n in needed if n in table.raws]
    ends = [alias(sql, name) for name, sql in edges.items()]
    return exp.select(*cells, *absent, *ends, *raws).from_(typed_rows(stages, _given_rows(names, rows)), copy=False)


def _given_rows(names: Sequence[str], rows: Sequence[Row]) -> exp.Subquery:
    """The rows as they are given, each as often as its `times` says."""
    tuples = [
        exp.Tuple(expressions=[*(_cell(row.get(n)) for n in names), exp.Literal.number(_times(row))]) for row in rows
    ]
    # A row of no times stands for no rows at all.
    tuples = tuples or [exp.Tuple(expressions=[*(null(SQL_TYPES["text"]) for _ in names), exp.Literal.number(0)])]
    columns = [exp.to_identifier(n, quoted=True) for n in (*names, "_times")]
    values = exp.Values(expressions=tuples, alias=exp.TableAlias(this=exp.to_identifier("given"), columns=columns))
    repeated = Numbers(expressions=[exp.Literal.number(0), exp.column("_times")])
    return exp.select("*", alias(repeated, "_time")).from_(values, copy=False).subquery("source", copy=False)


def _times(row: Row) -> int:
    times = row.get("times", 1)
    return times if isinstance(times, int) and not isinstance(times, bool) and 0 <= times <= 1_000_000 else 1


def _cell(value: str | int | float | bool | None) -> exp.Expr:
    """A given cell as the text a source would hold."""
    if value is None:
        return null(SQL_TYPES["text"])
    return exp.Literal.string(str(value).lower() if isinstance(value, bool) else str(value))
