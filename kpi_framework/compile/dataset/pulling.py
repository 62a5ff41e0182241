"""What `kpi pull` asks a database for: the columns that a dataset maps, and the rows that can still count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from sqlglot import exp

from ...model.header import folded, snake_case
from ...model.project import Column
from ...model.quoting import listed, shown
from ...model.record import Record
from ..language.canonical import names_in
from ..sql.errors import FormulaError
from ..sql.typed_sql import alias, cast, disjunction, is_null
from .source_type import SourceType
from .table import Table

Reading = Literal["plain", "text", "filled", "number", "hex", "utc"]
"""How a database is asked for a column: as it is, or made into what can be sent and kept without loss."""
MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMPTZ")
_MARGIN = dt.timedelta(days=2)
"""A wall time may be up to a day from the project's zone: rows at the edge are read rather than missed."""


class RemoteColumn(Record):
    """A column of a database's table: what it is in a snapshot, and how it is asked for."""

    stored: str = "VARCHAR"
    reading: Reading = "plain"
    may_be_no_day: bool = False
    """Whether it may hold 0000-00-00, which is no value and compares as an early one."""

    @property
    def type(self) -> SourceType:
        """Its type in the snapshot, as far as a column's name is resolved by it."""
        return SourceType.TEXT if self.stored == "VARCHAR" else SourceType.OTHER

    @property
    def is_moment(self) -> bool:
        """Whether the database itself compares it as a day or a time."""
        return self.stored in MOMENTS


Condition = exp.Expr
"""A condition on the rows of a table."""
Remote = Mapping[str, RemoteColumn]


class Selection(Record):
    """The columns of a table that go into a snapshot."""

    columns: Remote
    hashed: tuple[str, ...]
    dropped: tuple[str, ...]
    time: str | None
    """The column of the dataset's `time`, if it is one of these."""
    key: tuple[str, ...]
    """The columns of the key; empty where some of it is computed."""
    order: tuple[str, ...]
    """The columns of `latest_by`; empty where some of it is computed."""


def selection_of(table: Table, remote: Remote, *, has_key: bool) -> Selection:
    """The columns that a dataset maps; personal ones are hashed if there is a key, else dropped.

    Raises FormulaError for a mapped column that the table does not have.
    """
    named = {*_mapped(table, remote), *_mentioned(table, remote)}
    columns = {name: column for name, column in remote.items() if name in named}
    if not columns:
        raise FormulaError(
            "source-unreadable", f"`{table.name}` maps no column of its table", f"It has: {listed(remote)}."
        )
    personal = sorted({base.source for base in table.bases.values() if base.personal} & columns.keys())
    left_out = () if has_key else tuple(personal)
    open_ = {name: column for name, column in columns.items() if name not in left_out}
    dropped = {name for name in remote if folded(name) in _declared_dropped(table)}
    return Selection(
        open_, tuple(personal) if has_key else (), tuple(sorted({*left_out, *dropped})),
        next(iter(_sources(table, [table.time or ""], open_)), None),
        _sources(table, table.keys, open_), _sources(table, table.dataset.ordered_by, open_),
    )  # fmt: skip


def _mapped(table: Table, remote: Remote) -> Iterator[str]:
    """The columns that `columns` and the preset name; without these, those that are called as the contract's."""
    contract = table.contract.columns if table.contract and not table.dataset.columns else {}
    for base in table.bases.values():
        is_mapped = base.name in table.dataset.columns
        if base.source in remote and (is_mapped or base.name in contract):
            yield base.source
        elif is_mapped and base.source not in remote and not base.optional:
            raise FormulaError(
                "source-unreadable", f"the table of `{table.name}` has no column {shown(base.source)}",
                f"It has: {listed(remote)}. Correct `{base.name}` under `columns`, or write `optional: true` there.",
                base.name,
            )  # fmt: skip


def _mentioned(table: Table, remote: Remote) -> Iterator[str]:
    """The columns that the key, the time, computed columns, rules and clocks name by themselves."""
    dataset = table.dataset
    texts = [c for n, c in dataset.columns.items() if isinstance(c, str) and n not in table.bases]
    texts += [*dataset.derive.values(), *(rule.holds for rule in dataset.rules.values())]
    names = {name.lower() for text in texts for name in names_in(text)}
    names |= {*table.keys, *dataset.ordered_by, table.time or "", table.complete_column or ""}
    names |= {column for clock in dataset.timed for column in table.columns_of_clock(clock)}
    taken = {base.source for base in table.bases.values() if base.name in dataset.columns}
    dropped = _declared_dropped(table)
    for header in remote:
        if header not in taken and folded(header) not in dropped and {snake_case(header), header.lower()} & names:
            yield header


def _declared_dropped(table: Table) -> frozenset[str]:
    columns = (c for c in table.dataset.columns.values() if isinstance(c, Column))
    return frozenset(folded(c.from_) for c in columns if c.personal == "drop")


def _sources(table: Table, names: Iterable[str], columns: Remote) -> tuple[str, ...]:
    """The columns behind some names; none where one of them is computed or not there."""
    sources = [table.bases[name].source for name in names if name in table.bases]
    return tuple(sources) if len(sources) == len(tuple(names)) and set(sources) <= columns.keys() else ()


class Question(Record):
    """What a database is asked: a table's columns, and which of its rows."""

    table: str
    columns: Remote
    since: exp.Expr | None = None
    """The condition on the rows; None: all of them."""

    def text(self, dialect: str) -> str:
        """The statement in a database's words; every name is quoted as they do."""
        relation = _relation(self.table)
        query = exp.select(*(_asked(name, column) for name, column in self.columns.items())).from_(relation)
        return (query.where(self.since) if self.since is not None else query).sql(dialect=dialect)


def _relation(name: str) -> exp.Table:
    parts = [exp.to_identifier(part, quoted=True) for part in name.split(".")]
    places = dict(zip(("this", "db", "catalog"), reversed(parts), strict=False))
    return exp.Table(**places)


def quoted(name: str, dialect: str) -> str:
    """A table's name as a database reads it."""
    return _relation(name).sql(dialect=dialect)


def literal(text: str, dialect: str) -> str:
    """A text as a database reads it."""
    return exp.Literal.string(text).sql(dialect=dialect)


def _column(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True))


def _asked(name: str, column: RemoteColumn) -> exp.Expr:
    """`"subject"`, `CAST("cost" AS TEXT) AS "cost"`."""
    cell = _column(name)
    match column.reading:
        case "plain":
            return cell
        case "text":
            cell = cast(cell, "TEXT")
        case "filled":
            cell = exp.Coalesce(this=cast(cell, "TEXT"), expressions=[exp.Literal.string("")])
        case "number":
            cell = cast(cell, "BIGINT")
        case "hex":
            cell = exp.Hex(this=cell)
        case "utc":
            cell = cast(exp.AtTimeZone(this=cell, zone=exp.Literal.string("UTC")), "TIMESTAMP")
    return alias(cell, exp.to_identifier(name, quoted=True))


def touching(columns: Remote, first: dt.datetime) -> exp.Expr | None:
    """The rows with a time from an instant on, or without one: no other can count from then on.

    A ticket that was opened and solved before is in no later period and in no later stock. One that is still open, or
    was solved later, is. None where the database compares no column as a time.
    """
    moments = [name for name, column in columns.items() if column.is_moment]
    edge = (first.astimezone(dt.UTC) - _MARGIN).replace(tzinfo=None)
    return disjunction(*(part for name in moments for part in _since(name, columns[name], edge.isoformat(" "))))


def later(name: str, column: RemoteColumn, value: str) -> Condition | None:
    """The rows whose column has at least a value, or none: those that a pull since the last one asks for."""
    return disjunction(*_since(name, column, value))


def _since(name: str, column: RemoteColumn, value: str) -> Iterator[exp.Expr]:
    """`"closed" >= TIMESTAMP '2026-01-01'`, `"closed" IS NULL`; in MySQL also `MONTH("closed") = 0`."""
    bound = cast(exp.Literal.string(value), "TIMESTAMP") if column.is_moment else exp.Literal.number(value)
    yield exp.GTE(this=_column(name), expression=bound)
    yield is_null(_column(name))
    for part in (exp.Month, exp.Day) if column.may_be_no_day else ():
        yield exp.EQ(this=part(this=_column(name)), expression=exp.Literal.number(0))


def cursor_of(selection: Selection) -> str | None:
    """The column by which rows that changed since are found; None where the dataset has none."""
    first = next(iter(selection.order), None)
    is_ordered = first is not None and (selection.columns[first].stored in (*MOMENTS, "BIGINT"))
    return first if is_ordered and selection.key and first not in selection.hashed else None
