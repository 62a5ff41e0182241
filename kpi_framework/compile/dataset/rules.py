"""What a dataset promises of each of its rows: a condition, and the columns that it stands on."""

from __future__ import annotations

from sqlglot import exp

from ...model.record import Record
from ..language.formula import compile_condition
from ..sql.errors import FormulaError
from ..time.working_time import WorkingTime, working_time_in
from .table import Table


class RowRule(Record):
    """A rule's condition over one row, and what has to be there before it is computed."""

    condition: exp.Expr
    used: frozenset[str]
    working_time: WorkingTime


def compile_rule(text: str, table: Table) -> RowRule | FormulaError:
    """A condition over the rows of a dataset, or why it does not compile."""
    scope = table.fresh_scope()
    try:
        condition, _ = compile_condition(text, scope)
    except FormulaError as error:
        return error
    return RowRule(condition, frozenset(scope.used), working_time_in([condition], table.lookups, table.almanac))
