"""The rows of one metric in one period in place of its aggregates: by the same axis, the same conditions, the same
loaded table. So they add up to what the aggregates count.

axis rows ──▶ of the segment ──▶ traced: what is shown, how each counts, its own value ──▶ counts, and lists
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sqlglot import exp

from ...model.measurement import Goal, Segment
from ...model.record import Record
from ...model.rows import Standing
from ..dataset.loading import flaw_name
from ..dataset.table import Table
from ..language.canonical import names_in
from ..sql.typed_sql import Term, alias, as_double, binary, case, cast, conjunction, is_null, not_null, null, scaled
from .cube import OTHER, AxisPlan, is_one_of

TRACED = "traced"
"""The table of the rows of a number, as long as they are looked at."""
_NO = exp.Boolean(this=False)


class RowsPlan(Record, dict=True):
    """The rows of a metric's value: `plan` is of it alone, over one period, broken down by the segment's columns."""

    plan: AxisPlan
    table: Table
    segment: Segment
    columns: tuple[str, ...]
    """What is shown of each row."""
    formula: str
    goal: Goal | None
    parts: tuple[tuple[str | None, ...], ...] = ()
    """The parts that are shown by themselves: `(other)` are the rows of none of them."""

    @cached_property
    def read(self) -> tuple[str, ...]:
        """The columns that the formula itself names, its condition aside."""
        return tuple(n for n in dict.fromkeys(names_in(self.formula)) if n in self._terms)

    @property
    def numbers(self) -> tuple[bool, ...]:
        """Which of the shown columns hold numbers."""
        return tuple(self._terms[c].is_number for c in self.columns)

    @cached_property
    def flawed(self) -> tuple[str, ...]:
        """The base columns behind them: their cells may not have fitted."""
        return tuple(sorted(self.table.source_columns(frozenset(self.read), own=False)))

    @cached_property
    def _terms(self) -> Mapping[str, Term]:
        scope = self.table.fresh_scope()
        names = {*self.columns, *self.plan.metrics[0].formula.columns}
        return {n: scope.term(n) for n in sorted(names) if not n.startswith(("period_", "_"))}

    @property
    def tells_misses(self) -> bool:
        """Whether a row has a value of its own that can lie past the target."""
        shape = self.plan.metrics[0].formula.shape
        has_value = shape.argument is not None and shape.kind in ("share", "mean", "quantile")
        return has_value and self.goal is not None and not (shape.kind == "share" and self.goal.between)

    # the statements

    def traced_query(self) -> exp.Select:
        """Each row: the shown cells as text, what is empty or did not fit, how it counts, its own value."""
        shown = [alias(self._text(self._terms[c]), f"_shown_{i}") for i, c in enumerate(self.columns)]
        empty = [alias(is_null(self._terms[c].sql), f"_empty_{i}") for i, c in enumerate(self.read)]
        flaws = [alias(exp.column(flaw_name(b)), f"_flaw_{i}") for i, b in enumerate(self.flawed)]
        counts = [alias(_sure(condition), name) for name, condition in self._conditions().items()]
        value, past = self._value()
        every = [*shown, *empty, *flaws, *counts, alias(value, "_value"), alias(past, "_past")]
        query = exp.select(*every).from_(self.plan.rows(), copy=False)
        return query.where(self._is_of_segment()) if self.segment else query

    def counts_query(self) -> exp.Select:
        """Population, measured, missing, excluded; then the rows of each standing, in the order of `Standing`."""
        excluded = exp.Not(this=exp.column("_population"))
        counted = [exp.column("_population"), exp.column("_measured"), exp.column("_missing"), excluded]
        standing = [binary(exp.EQ, self._standing(), exp.Literal.string(s.value)) for s in Standing]
        return exp.select(*(_count(condition) for condition in (*counted, *standing))).from_(TRACED)

    def list_query(self, standing: Standing, limit: int) -> exp.Select:
        """The first rows of a standing: those that are furthest past the target, then by what is shown."""
        shown = [exp.column(f"_shown_{i}") for i in range(len(self.columns))]
        names = [*(f"_empty_{i}" for i in range(len(self.read))), *(f"_flaw_{i}" for i in range(len(self.flawed)))]
        order = [exp.Ordered(this=exp.column("_past"), desc=True, nulls_first=False)]
        order += [exp.Ordered(this=column, nulls_first=False) for column in shown]
        query = exp.select(*shown, "_value", *names).from_(TRACED)
        own = binary(exp.EQ, self._standing(), exp.Literal.string(standing.value))
        return query.where(own).order_by(*order).limit(limit)

    # how a row counts

    def _conditions(self) -> dict[str, exp.Expr | None]:
        formula = self.plan.metrics[0].formula
        population, measured = formula.population.condition, formula.measured.condition
        left = exp.And(this=_sure(population), expression=exp.Not(this=exp.Paren(this=_sure(measured))))
        missing = formula.missing.condition if formula.missing is not None else left
        return {"_population": population, "_measured": measured, "_missing": missing}

    def _standing(self) -> exp.Expr:
        missed = conjunction(exp.column("_measured"), binary(exp.GT, exp.column("_past"), exp.Literal.number(0)))
        tests = {
            Standing.EXCLUDED: exp.Not(this=exp.column("_population")),
            Standing.MISSED: missed, Standing.MEASURED: exp.column("_measured"),
            Standing.MISSING: exp.column("_missing"),
        }  # fmt: skip
        ifs = [exp.If(this=test, true=exp.Literal.string(s.value)) for s, test in tests.items() if test is not None]
        return exp.Case(ifs=ifs, default=exp.Literal.string(Standing.FILTERED.value))

    def _value(self) -> tuple[exp.Expr, exp.Expr]:
        """A row's own value, and how far it lies past the target: both NULL where it has none."""
        shape = self.plan.metrics[0].formula.shape
        if not self.tells_misses or shape.argument is None or self.goal is None:
            return null("DOUBLE"), null("DOUBLE")
        value = scaled(shape.argument, shape.unit) if shape.unit and shape.kind == "quantile" else shape.argument
        if shape.kind == "share":
            value = as_double(cast(value, "INT"))
        value = as_double(value) if shape.condition is None else case(shape.condition, as_double(value))
        return value, _past(value, self.goal, is_share=shape.kind == "share")

    def _is_of_segment(self) -> exp.Expr:
        """Whether a row belongs to the segment; of the rest, whether it belongs to no part that is shown."""
        keys: list[exp.Expr] = [exp.column(f"_by_{column}") for column, _ in self.segment]
        part = tuple(value for _, value in self.segment)
        if any(value != OTHER for value in part):
            return is_one_of(keys, (part,))
        shown = tuple(p for p in self.parts if p != part)
        return exp.Not(this=exp.Paren(this=is_one_of(keys, shown))) if shown else exp.Boolean(this=True)

    def _text(self, term: Term) -> exp.Expr:
        """A cell for people: instants on the project's wall, durations in their unit."""
        if term.type == "timestamp":
            return cast(self.table.scope.local(term.sql), "VARCHAR")
        if term.micros is not None and term.unit:
            return cast(scaled(term.micros, term.unit), "VARCHAR")
        return cast(term.sql, "VARCHAR")


def _past(value: exp.Expr, goal: Goal, *, is_share: bool) -> exp.Expr:
    """How far past the target's limit a row's value lies; a share is missed by each row on its losing side."""
    if is_share:
        half = exp.Literal.number("0.5")
        return binary(exp.Sub, value, half) if goal.at_most is not None else binary(exp.Sub, half, value)
    if goal.at_most is not None:
        return binary(exp.Sub, value, _number(goal.at_most))
    if goal.at_least is not None:
        return binary(exp.Sub, _number(goal.at_least), value)
    assert goal.between is not None, "a goal has one limit"
    low, high = goal.between
    below, above = binary(exp.Sub, _number(low), value), binary(exp.Sub, value, _number(high))
    return case(not_null(value), exp.Greatest(this=below, expressions=[above], ignore_nulls=True))


def _number(limit: float) -> exp.Expr:
    return as_double(exp.Literal.string(repr(float(limit))))


def _sure(condition: exp.Expr | None) -> exp.Expr:
    """Whether a condition is known to hold."""
    return exp.Boolean(this=True) if condition is None else exp.Coalesce(this=condition, expressions=[_NO])


def _count(condition: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Nullif(this=exp.Paren(this=condition), expression=_NO))
