"""The order statistics that enclose a quantile, for one period and every breakdown of a measure."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from .axis import Measure
from .plan import AxisPlan
from .term import alias, bracket, conjunction, not_null, scaled


def interval_query(plan: AxisPlan, measure: Measure, period: int, levels: Sequence[float]) -> exp.Select:
    """Exact quantiles of the measure's argument at `levels`, laid out as `AxisPlan.part` reads them."""
    shape = measure.formula.shape
    assert shape.argument is not None, "a quantile has an argument"
    this_period = exp.EQ(this=exp.column("_period"), expression=exp.Literal.number(str(period)))
    where = conjunction(this_period, shape.condition, not_null(shape.argument))
    source = exp.select("*").from_(plan.rows(), copy=False).where(where).subquery("placed", copy=False)
    listed = exp.Array(expressions=[exp.Literal.number(repr(level)) for level in levels])
    call = exp.Anonymous(this="quantile_disc", expressions=[shape.argument.copy(), listed])
    grouped = plan.grouped(source, [alias(call, "_list")]).subquery("grouped", copy=False)
    picked: list[exp.Expr] = []
    for number in range(len(levels)):
        value: exp.Expr = exp.Anonymous(
            this="list_extract", expressions=[exp.column("_list"), exp.Literal.number(str(number + 1))]
        )
        picked.append(scaled(bracket(value), shape.unit) if shape.unit else value)
    return exp.select(*plan.join, *picked).from_(grouped, copy=False)
