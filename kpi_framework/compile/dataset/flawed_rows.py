"""Where the cells are that a load marked: a second look at one file, for the first of them by their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from ...model.record import Record, field
from ..sql.operations import first_values
from ..sql.tree import Query
from ..sql.typed_sql import alias, binary, cast, filtered
from .loading import SOURCE, Flaw, filled, from_source, known_by, marks_of, typed_rows
from .staging import staged
from .table import Table

_ROW = exp.to_identifier("row ", quoted=True)
"""The number of a row in its file, counted from 1. No name of a column ends in a blank."""


class Flawed(Record):
    """Cells to be looked for: what is wrong with them, and their column, or pair of columns."""

    flaw: Flaw
    name: str

    @property
    def column(self) -> str:
        """The column of the cells that are wrong: of a pair in the wrong order, the later one."""
        return self.name.split()[-1]


class Search(Record):
    """What is looked for in a file, and how it is asked."""

    table: Table
    loaded: frozenset[str]
    """The columns that were loaded."""
    as_of: exp.Expr
    flawed: Sequence[Flawed]
    shown: int
    """The rows that are wanted of each."""
    sampled: int
    """The cells that are wanted of each."""
    strays_before: Mapping[str, exp.Expr] = field(default_factory=dict)
    """For a column of times, the moment before which its rows stand apart."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns that are read again: those that are wrong, and what decides which rows were read at all."""
        own = {*self.table.keys, self.table.time, *self.table.dataset.ordered_by}
        return frozenset(self.loaded & ({c for f in self.flawed for c in f.name.split()} | own))

    @property
    def named(self) -> Sequence[str]:
        """The columns that name a row: its key, and its time."""
        time = self.table.time
        return [name for name in (*self.table.keys, *([time] if time else ())) if name in self.loaded]

    def query(self, rows: Query) -> Query:
        """Over all columns of one file: for each of the flawed, the rows and the cells; then the last row, and what
        names it.
        """
        stages = [staged(self.table, self.table.base(n)) for n in sorted(self.columns)]
        marks = marks_of(self.table, self.columns, stages)
        row = exp.column(_ROW)
        wanted: list[exp.Expr] = []
        for flawed in self.flawed:
            condition = self._condition(flawed, marks)
            wanted += [filtered(first_values(row, row, self.shown), condition),
                       filtered(first_values(_text(flawed.column), row, self.sampled), condition)]  # fmt: skip
        last = exp.Neg(this=row)
        wanted += [first_values(row, last, 1), *(first_values(_text(name), last, 1) for name in self.named)]
        query = exp.select(*(alias(sql, f"_{i}") for i, sql in enumerate(wanted)))
        limit = known_by(self.table, self.columns, self.as_of)
        query = query.from_(typed_rows(stages, SOURCE), copy=False)
        return from_source(query.where(limit) if limit is not None else query, self._numbered(rows))

    def _condition(self, flawed: Flawed, marks: Mapping[tuple[Flaw, str], exp.Expr]) -> exp.Expr:
        if flawed.flaw is not Flaw.STRAY:
            return marks[flawed.flaw, flawed.name]
        typed = exp.column(f"_typed_{flawed.name}")
        instant = cast(typed, "TIMESTAMP")
        if self.table.base(flawed.name).type == "date":
            instant = self.table.scope.to_instant(instant)
        return binary(exp.LT, instant, self.strays_before[flawed.name])

    def _numbered(self, rows: Query) -> Query:
        """The rows with a value in any of their columns, by their numbers among all rows."""
        number = exp.Window(this=exp.RowNumber())
        return filled(self.table, exp.select(alias(number, _ROW), "*").from_(rows.subquery("unnumbered")))


def _text(column: str) -> exp.Expr:
    """The cell as text; an empty one is an empty text, so that no row is passed over."""
    cell = cast(exp.column(f"_cell_{column}"), "VARCHAR")
    return exp.Coalesce(this=cell, expressions=[exp.Literal.string("")])
