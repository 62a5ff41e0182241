"""The columns of a dataset in words: type, unit, what the contract says, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.dataset.table import Table
from ..compile.sql.errors import FormulaError
from ..model.project import ContractColumn
from ..model.record import Record

_OF_PERIODS = {"period_start": "The first instant of the period.", "period_end": "The end of the period, or as_of."}


class ColumnWords(Record):
    """A column as a reader needs it. `origin` is the source's name of it, or the SQL that computes it."""

    name: str
    type: str
    unit: str | None
    meaning: str
    origin: str
    values: tuple[str, ...] = ()
    personal: bool = False
    nullable: bool = True

    @property
    def kind(self) -> str:
        """`timestamp`, `double · minutes`, `text · personal`."""
        return " · ".join(filter(None, (self.type, self.unit, "personal" if self.personal else "")))


def columns(table: Table) -> Iterator[ColumnWords]:
    """The columns that a formula over a dataset may name."""
    for name in table.scope.columns:
        if (words := column(table, name)) is not None:
            yield words


def column(table: Table, name: str) -> ColumnWords | None:
    """A column by its name; None where a dataset has none, or it cannot be computed."""
    if name not in table.scope.columns:
        return None
    if name in _OF_PERIODS:
        return ColumnWords(name, "timestamp", None, _OF_PERIODS[name], "")
    meaning = table.contract.columns.get(name) if table.contract else None
    if name not in table.bases:
        return _computed(table, name, meaning)
    base = table.bases[name]
    words = tuple(dict.fromkeys((*(meaning.values if meaning else ()), *base.values.values())))
    nullable = meaning.nullable if meaning else True
    return ColumnWords(
        name, base.type, base.unit, meaning.description if meaning else "", base.source, words, base.personal, nullable
    )


def _computed(table: Table, name: str, meaning: ContractColumn | None) -> ColumnWords | None:
    try:
        term = table.scope.columns[name]()
    except FormulaError:
        return None
    text = table.dataset.derive.get(name) or table.dataset.columns.get(name)
    origin = text if isinstance(text, str) else "a clock"
    return ColumnWords(
        name, term.type, term.unit, meaning.description if meaning else "", origin, personal=bool(term.personal)
    )
