"""Queries over the rows of an export that nobody has mapped yet: every column is text, called by its number."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ..sql.tree import Query
from ..sql.typed_sql import alias, case, cast, not_null
from .casts import typed_cell
from .source_type import SourceType

TEXTS = "export_texts"
"""The table of the rows, a column of text for each of the source's."""
TIMES = "export_times"
"""The table of the same rows, some columns read as times."""
_LONGEST = 200


def text_rows(rows: Query, columns: Sequence[str]) -> Query:
    """Rows as trimmed texts; rows without any value are none."""
    texts = [_text(exp.column(exp.to_identifier(name, quoted=True))) for name in columns]
    named = exp.select(*(alias(text, _name(n)) for n, text in enumerate(texts))).from_(rows.subquery("rows"))
    cells = [exp.column(_name(n)) for n in range(len(columns))]
    held = exp.Coalesce(this=cells[0], expressions=cells[1:]) if len(cells) > 1 else cells[0]
    return exp.select("*").from_(named.subquery("texts")).where(not_null(held))


def counts_query(numbers: Sequence[int]) -> Query:
    """How many rows there are; then for each column its cells, and about how many different ones."""
    counts: list[exp.Expr] = [exp.Count(this=exp.Star())]
    for number in numbers:
        counts += [exp.Count(this=_cell(number)), exp.ApproxDistinct(this=_cell(number))]
    return exp.select(*counts).from_(TEXTS)


def distinct_query(numbers: Sequence[int]) -> Query:
    """How many different cells each of these columns has."""
    counts = [exp.Count(this=exp.Distinct(expressions=[_cell(number)])) for number in numbers]
    return exp.select(*counts).from_(TEXTS)


def texts_query(number: int, limit: int) -> Query:
    """The different cells of a column, the most frequent first."""
    cell, rows = _cell(number), exp.Count(this=exp.Star())
    query = exp.select(alias(cell, "cell")).from_(TEXTS).where(not_null(cell)).group_by(cell.copy())
    return query.order_by(exp.Ordered(this=rows, desc=True), exp.column("cell")).limit(limit)


def sample_query(numbers: Sequence[int], step: int) -> Query:
    """The cells of every so many rows, in their order."""
    place = exp.column("rowid")
    is_chosen = exp.EQ(this=exp.Mod(this=place, expression=exp.Literal.number(step)), expression=exp.Literal.number(0))
    cells = [exp.Left(this=_cell(number), expression=exp.Literal.number(_LONGEST)) for number in numbers]
    return exp.select(*cells).from_(TEXTS).where(is_chosen).order_by(place.copy())


def time_rows(wanted: Sequence[tuple[int, tuple[str, ...]]]) -> Query:
    """The rows with some of their columns read as times, each by its formats."""
    return exp.select(*(alias(_time(c, f), _name(n)) for n, (c, f) in enumerate(wanted))).from_(TEXTS)


def readings_query(count: int) -> Query:
    """For each column of times its cells, the oldest and the newest."""
    wanted: list[exp.Expr] = []
    for number in range(count):
        cell = _cell(number)
        wanted += [exp.Count(this=cell), *(cast(kind(this=cell.copy()), "VARCHAR") for kind in (exp.Min, exp.Max))]
    return exp.select(*wanted).from_(TIMES)


def unread_query(number: int, formats: tuple[str, ...], limit: int) -> Query:
    """Different cells of a column that the formats do not read."""
    cell = _cell(number)
    unread = exp.And(
        this=not_null(cell), expression=exp.Is(this=exp.Paren(this=_time(number, formats)), expression=exp.Null())
    )
    return exp.select(cell.copy()).distinct().from_(TEXTS).where(unread).order_by(cell.copy()).limit(limit)


def orders_query(count: int) -> Query:
    """For each two columns of times: the rows that have both, and those in which the first is not later."""
    wanted: list[exp.Expr] = []
    for first, second in pairs(count):
        kept = exp.LTE(this=_cell(first), expression=_cell(second))
        wanted += [exp.Count(this=kept), exp.CountIf(this=kept.copy())]
    return exp.select(*wanted).from_(TIMES)


def pairs(count: int) -> list[tuple[int, int]]:
    """Each two of so many columns, in either order."""
    return [(a, b) for a in range(count) for b in range(count) if a != b]


def days_query(number: int) -> Query:
    """The days of a column of times, in their order, and how many rows each has."""
    day = cast(_cell(number), "DATE")
    days = exp.select(alias(day, "day"), alias(exp.Count(this=exp.Star()), "rows")).from_(TIMES)
    return days.where(not_null(_cell(number))).group_by(day.copy()).order_by(day.copy())


def _text(column: exp.Expr) -> exp.Expr:
    trimmed = exp.Trim(this=cast(column, "VARCHAR"))
    return case(exp.NEQ(this=trimmed, expression=exp.Literal.string("")), trimmed.copy())


def _time(number: int, formats: tuple[str, ...]) -> exp.Expr:
    return typed_cell(_cell(number), SourceType.TEXT, "timestamp", formats, None)


def _cell(number: int) -> exp.Expr:
    return exp.column(_name(number))


def _name(number: int) -> str:
    return f"c{number}"
