"""Rows that last: which of them end before they begin, and which go on past the period in which they begin."""

from __future__ import annotations

import datetime as dt
from functools import partial

from sqlglot import exp

from ..model.kpi import Metric
from .dataset.dedupe import table_name
from .dataset.table import Table
from .language.aggregates import Aggregate
from .language.formula import compile_condition
from .language.scope import EDGES, Scope
from .plan.axis import CompiledMetric
from .plan.cube import aggregate_call
from .sql.tree import Query
from .sql.typed_sql import Term, binary, cast, conjunction
from .time.zone import timestamp

Ends = tuple[str, ...]
"""The columns that hold the start and the end of a span."""


def unordered_ends(metric: Metric, table: Table) -> Ends | None:
    """The ends of the definition's spans, unless loading compares them already, as the contract orders them."""
    ends = metric.spans
    if ends is None or (table.contract and ends in table.contract.order and _are_alike(table, ends)):
        return None
    return ends


def _are_alike(table: Table, ends: Ends) -> bool:
    return len({table.bases[name].type for name in ends if name in table.bases}) == 1


def uncut_ends(metric: Metric, compiled: CompiledMetric, table: Table) -> Ends | None:
    """The ends of rows that last, where a definition adds up their whole time in the period that dates them.

    A row that crosses a period's end gives one period the time of several. Averages, quantiles and extremes of
    whole rows mean what they say, and so does a count of those that began.
    """
    ends, formula = table.contract.spans if table.contract else None, compiled.formula
    if ends is None or metric.spans or metric.open_between or formula.is_range:
        return None
    adds_up = any(aggregate.function in ("sum", "fsum") for aggregate in formula.aggregates.values())
    reached = formula.columns | table.source_columns(formula.columns, own=False)
    return ends if adds_up and reached.issuperset(ends) else None


def backward_query(table: Table, ends: Ends) -> Query:
    """How many rows end before they begin."""
    start, end = (_instant(table, name) for name in ends)
    return _counted(table, binary(exp.LT, end, start))


def crossing_query(metric: Metric, compiled: CompiledMetric, table: Table, ends: Ends, lasting: dt.datetime) -> Query:
    """How many rows of the definition go on past the period in which they begin; those without end, until `lasting`."""
    start, end = (_instant(table, name) for name in ends)
    known = exp.Coalesce(this=end.copy(), expressions=[timestamp(lasting)])
    # A row that ends with its period does not go on: its last moment lies before its end.
    moment = exp.Interval(this=exp.Literal.string("-1"), unit=exp.Var(this="microsecond"))
    last = exp.Paren(this=exp.Add(this=known, expression=moment))
    names = {"began": partial(Term, start, "timestamp"), "lasted": partial(Term, last, "timestamp")}
    text = f"began < lasted and date_trunc('{metric.period}', began) <> date_trunc('{metric.period}', lasted)"
    crosses, _ = compile_condition(text, Scope(names, table.almanac))
    return _counted(table, conjunction(_population(compiled), crosses))


def _counted(table: Table, condition: exp.Expr | None) -> Query:
    return exp.select(aggregate_call(Aggregate("count", (), condition))).from_(table_name(table))


def _population(compiled: CompiledMetric) -> exp.Expr | None:
    """What a row of the population fulfils, as far as it can be known without a period."""
    condition = compiled.formula.population.condition
    if condition is None or any(c.name in EDGES for c in condition.find_all(exp.Column)):
        return None
    return condition


def _instant(table: Table, name: str) -> exp.Expr:
    term = table.fresh_scope().term(name)
    return term.sql if term.type == "timestamp" else table.scope.to_instant(cast(term.sql, "TIMESTAMP"))
