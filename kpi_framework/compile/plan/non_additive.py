"""What does not add up: quantiles, distinct counts …, taken from the rows themselves for every breakdown.

The engine holds each value of such an aggregate until its group is complete, so a chunk of periods is taken
at a time: memory grows with a chunk, not with the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlglot import exp

from ..language.aggregates import SPREADS, Aggregate, Shape
from ..sql.operations import ItemOf, aggregation
from ..sql.typed_sql import alias, conjunction, filtered, not_null, scaled
from .cube import AxisPlan, aggregate_call, argument_of, counted

VALUES_AT_ONCE = 2_000_000
"""At most so many values are held, if no single period has more: some 20 MB."""


def rows_at_once(plan: AxisPlan) -> int:
    """How many rows of periods may be taken at a time."""
    return VALUES_AT_ONCE // (len(plan.breakdowns) * len(_calls(plan.holding)))


def chunks(plan: AxisPlan, sizes: Sequence[tuple[int, int]]) -> Iterator[range]:
    """Runs of periods with few enough rows; `sizes` are the periods that have any, by number, and how many."""
    most = rows_at_once(plan)
    first, rows = 0, 0
    for period, size in sizes:
        if rows and rows + size > most:
            yield range(first, period)
            first, rows = period, 0
        rows += size
    yield range(first, len(plan.axis.periods))


def held_query(plan: AxisPlan, chunk: range) -> exp.Select:
    """What does not add up, in the periods of a chunk: a row a period and part, as `AxisPlan.held` has them."""
    inner, outer = [], []
    for number, group in enumerate(_calls(plan.holding)):
        shared = exp.column(f"_held_{number}")
        inner.append(alias(held_call(group), shared.name))
        outer += [alias(picked(group, i, shared), a.name) for i, a in enumerate(group)]
    grouped = plan.grouped(plan.rows(chunk), inner)
    return exp.select(*plan.join, *outer).from_(grouped.subquery("grouped", copy=False), copy=False)


def bounds_query(plan: AxisPlan, period: int, wanted: Sequence[tuple[Shape, Sequence[float]]]) -> exp.Select:
    """Order statistics in one period: for each shape of a quantile, a list of its argument's at these levels.

    A row begins as `AxisPlan.part` reads it; the lists follow.
    """
    lists = [alias(_statistics(shape, levels), f"_bounds_{i}") for i, (shape, levels) in enumerate(wanted)]
    return plan.grouped(plan.rows(range(period, period + 1)), lists)


def _statistics(shape: Shape, levels: Sequence[float]) -> exp.Expr:
    assert shape.argument is not None, "a quantile has an argument"
    argument = scaled(shape.argument, shape.unit) if shape.unit else shape.argument
    listed = exp.Array(expressions=[exp.Literal.number(repr(level)) for level in levels])
    statistics = aggregation("quantile_disc", argument.copy(), listed)
    return filtered(statistics, conjunction(shape.condition, not_null(argument)))


def _calls(aggregates: Sequence[Aggregate]) -> list[list[Aggregate]]:
    """Quantiles of one column under one condition are one call."""
    groups: dict[object, list[Aggregate]] = defaultdict(list)
    for aggregate in aggregates:
        shared: object = (
            aggregate.key
            if aggregate.level is None
            else (aggregate.function, aggregate.arguments[0], aggregate.condition)
        )
        groups[shared].append(aggregate)
    return list(groups.values())


def held_call(group: Sequence[Aggregate]) -> exp.Expr:
    """The one call of a group of aggregates that do not add up."""
    first = group[0]
    if first.rollup:
        return aggregate_call(first)
    if first.function == "distinct":
        return counted(exp.Count(this=exp.Distinct(expressions=[argument_of(first)])))
    if first.function in SPREADS:
        return aggregation(first.function, argument_of(first))
    arguments = [a.copy() for a in first.arguments]
    if first.level is not None:
        arguments.append(exp.Array(expressions=[exp.Literal.number(str(float(a.level or 0))) for a in group]))
    return filtered(aggregation(first.function, *arguments), first.condition)


def picked(group: Sequence[Aggregate], index: int, called: exp.Expr) -> exp.Expr:
    """One aggregate's value out of the call that its group shares."""
    return called if group[0].level is None else ItemOf(expressions=[called, exp.Literal.number(index + 1)])
