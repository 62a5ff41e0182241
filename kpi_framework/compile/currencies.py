"""How many amounts of a definition are of another currency than its own."""

from __future__ import annotations

from sqlglot import exp

from ..model.kpi import Metric
from ..model.record import Record
from ..model.unit import is_currency
from .dataset.dedupe import table_name
from .dataset.table import Table
from .plan.axis import CompiledMetric
from .sql.typed_sql import binary, conjunction, disjunction, filtered, is_null, not_null


class Amounts(Record):
    """A column of amounts that a definition uses, and the column with their currencies."""

    column: str
    currency: str


def amounts_of(table: Table, compiled: CompiledMetric) -> tuple[Amounts, ...]:
    """The columns of amounts that a definition uses and whose rows name their currency. Raises FormulaError."""
    bases = (table.base(n) for n in sorted(table.source_columns(compiled.used, own=False)))
    return tuple(Amounts(b.name, b.currency) for b in bases if b.currency is not None)


def counting_others(table: Table, metric: Metric, compiled: CompiledMetric, amounts: Amounts) -> exp.Select:
    """The amounts of its population that name another currency than the definition's, or none; then, how many
    currencies there are besides the first: for a definition that is not in a currency, such as a ratio."""
    code = exp.Upper(this=exp.Trim(this=exp.column(amounts.currency)))
    amount = not_null(exp.column(amounts.column))
    population = conjunction(compiled.formula.population.condition, amount)
    other = binary(exp.NEQ, code, exp.Literal.string(metric.unit)) if is_currency(metric.unit) else None
    strange = filtered(exp.Count(this=exp.Star()), conjunction(population, disjunction(is_null(code), other)))
    kinds = filtered(exp.Count(this=exp.Distinct(expressions=[code.copy()])), population)
    return exp.select(strange, kinds).from_(table_name(table))
