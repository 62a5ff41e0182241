"""Working time: a calendar as a table of UTC days, so that business time is one subtraction, W(b) − W(a).

W(t) is the working time of a calendar from 1990 up to the instant t. A minute is working time if the zone's
wall clock shows a working hour in it: an hour that the clocks repeat counts twice, one they skip not at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice, pairwise

from sqlglot import exp

from ...model.calendar import Calendar
from ...model.period import Almanac, is_zone
from ...model.quoting import listed, shown
from ...model.record import Record
from ..sql.errors import FormulaError
from ..sql.operations import Micros, Worked
from ..sql.spelling import spelling
from .holidays import days_off, unknown_holiday
from .zone import transitions

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2061, 1, 1)
"""The days the tables cover; working time up to an instant outside is NULL: unknown."""
TABLE = "working_time"
DAY = 86_400
_EPOCH = dt.date(1970, 1, 1)
_MICRO = 1_000_000
Query = exp.Select
Span = tuple[int, int]
"""Seconds since 1970 in UTC, [start, end)."""
Days = list[list[Span]]
"""For each UTC day of the table, its intervals in seconds from its midnight."""


class Lookup(Record):
    """The working time of a calendar up to an instant of each row: computed once, when the rows are loaded."""

    calendar: exp.Expr
    instant: exp.Expr

    @property
    def name(self) -> str:
        """The column that holds it."""
        text = f"{spelling(self.calendar)}|{spelling(self.instant)}"
        return f"_worked_{hashlib.sha256(text.encode()).hexdigest()[:10]}"


class WorkingTime(Record):
    """What an expression needs of working time: columns that are computed row by row, and calendars."""

    lookups: tuple[Lookup, ...] = ()
    calendars: frozenset[str] = frozenset()

    def __or__(self, other: WorkingTime) -> WorkingTime:
        """What both need."""
        lookups = {k.name: k for k in (*self.lookups, *other.lookups)}
        return WorkingTime(tuple(lookups.values()), self.calendars | other.calendars)


def working_time_in(trees: Iterable[exp.Expr], known: Mapping[str, Lookup], almanac: Almanac) -> WorkingTime:
    """What these expressions need of it; `known` are the lookups by the names of their columns.

    Where a column names the calendar of each row, any of them may be meant.
    """
    if not almanac.calendars:
        return WorkingTime()
    lookups: dict[str, Lookup] = {}
    named: list[exp.Expr] = []
    for node in (node for tree in trees for node in tree.find_all(exp.Column, Worked)):
        if isinstance(node, exp.Column) and node.name in known:
            lookups[node.name] = known[node.name]
        elif isinstance(node, Worked):
            named.append(node.expressions[0])
    named += [lookup.calendar for lookup in lookups.values()]
    return WorkingTime(tuple(lookups.values()), calendars_of(named, almanac))


def calendars_of(named: Iterable[exp.Expr], almanac: Almanac) -> frozenset[str]:
    """The calendars that expressions name: by name, or all of them where a column does."""
    by_name = (frozenset({c.name}) if isinstance(c, exp.Literal) else frozenset(almanac.calendars) for c in named)
    return frozenset().union(*by_name)


# intervals


def wall_spans(calendar: Calendar) -> Iterator[Span]:
    """The working intervals on the wall clock, day by day; a holiday takes all that starts on it."""
    weeks = [((start or FIRST - dt.timedelta(days=2)) - _EPOCH, week) for start, week in calendar.weeks()]
    off = frozenset().union(*(days_off(h) for h in calendar.holidays))
    for number in range((FIRST - _EPOCH).days - 1, (LAST - _EPOCH).days + 1):
        # 1970-01-01 was a Thursday.
        while len(weeks) > 1 and weeks[1][0].days <= number:
            del weeks[0]
        intervals = weeks[0][1][(number + 3) % 7]
        if intervals and (not off or _EPOCH + dt.timedelta(days=number) not in off):
            for start, end in intervals:
                yield number * DAY + start * 60, number * DAY + end * 60


def utc_spans(calendar: Calendar, zone: str) -> list[Span]:
    """The instants at which the wall clock shows a working hour: sorted, apart from each other."""
    first, changes = transitions(zone)
    edges = [0, *(_seconds(c.at) for c in changes), (LAST - _EPOCH).days * DAY + 10 * DAY]
    offsets = [int(o.total_seconds()) for o in (first, *(c.after for c in changes))]
    offset_spans = list(zip(pairwise(edges), offsets, strict=False))
    spans: list[Span] = []
    behind = 0
    for start, end in wall_spans(calendar):
        while offset_spans[behind][0][1] + DAY < start - DAY:
            behind += 1
        for (low, high), offset in islice(offset_spans, behind, None):
            if low > end + DAY:
                break
            begin, stop = max(start - offset, low), min(end - offset, high)
            if begin < stop:
                spans.append((begin, stop))
    return _merged(sorted(spans))


def _seconds(moment: dt.datetime) -> int:
    return int(moment.replace(tzinfo=dt.UTC).timestamp())


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def by_day(spans: Iterable[Span]) -> Days:
    """For each UTC day of the table, its intervals in seconds from its midnight."""
    begin, count = (FIRST - _EPOCH).days, (LAST - FIRST).days
    days: Days = [[] for _ in range(count)]
    for start, end in spans:
        for day in range(start // DAY, (end - 1) // DAY + 1):
            if 0 <= day - begin < count:
                days[day - begin].append((max(start - day * DAY, 0), min(end - day * DAY, DAY)))
    return days


# the engine's table


def sound_calendar(almanac: Almanac, name: str) -> Calendar:
    """A calendar by name, with everything it names. Raises FormulaError (unknown-reference)."""
    calendar = almanac.calendars.get(name)
    if calendar is None:
        known = 'Add it to kpi.yaml: `calendars: {business: {hours: {mon-fri: ["09:00-17:00"]}}}`.'
        if almanac.calendars:
            known = f"There are: {listed(almanac.calendars)}."
        raise FormulaError("unknown-reference", f"there is no calendar {shown(name)}", known, name)
    if not is_zone(calendar.timezone or almanac.zone.key) or any(map(unknown_holiday, calendar.holidays)):
        raise FormulaError("unknown-reference", f"calendar `{name}` names a time zone or a holiday that does not exist",
                           "Correct the calendar in kpi.yaml.", name)  # fmt: skip
    return calendar


def parts_of(width: int) -> list[str]:
    """The columns that hold start and length of each interval of a day, in microseconds."""
    return [f"_{part}{i}" for i in range(width) for part in ("start", "long")]


@lru_cache
def _days_cached(calendar: str, zone: str) -> Days:
    return by_day(utc_spans(Calendar.model_validate_json(calendar), zone))


def days_of(almanac: Almanac, name: str) -> Days:
    """The intervals of each UTC day of a calendar. Raises FormulaError."""
    calendar = sound_calendar(almanac, name)
    return _days_cached(calendar.model_dump_json(), calendar.timezone or almanac.zone.key)


def width_of_days(tables: Iterable[Days]) -> int:
    """The most intervals that any day has; 1 where none has any."""
    return max((len(day) for table in tables for day in table), default=1) or 1


def day_of(micros: exp.Expr) -> exp.Expr:
    """The number of the UTC day of an instant in microseconds."""
    return exp.IntDiv(this=micros.copy(), expression=exp.Literal.number(DAY * _MICRO))


def worked_until(micros: exp.Expr, table: str | None, width: int) -> exp.Expr:
    """W(t), beside the row of t's day."""
    within_day = exp.Mod(this=exp.Paren(this=micros.copy()), expression=exp.Literal.number(DAY * _MICRO))
    total: exp.Expr = exp.column("_worked", table=table)
    for i in range(width):
        past = exp.Sub(this=exp.Paren(this=within_day.copy()), expression=exp.column(f"_start{i}", table=table))
        inside = exp.Least(
            this=_at_least_none(past), expressions=[exp.column(f"_long{i}", table=table)], ignore_nulls=True
        )
        total = exp.Add(this=total, expression=inside)
    return total


def _at_least_none(value: exp.Expr) -> exp.Expr:
    return exp.Greatest(this=value, expressions=[exp.Literal.number(0)], ignore_nulls=True)


def with_worked(rows: exp.Select, lookups: Collection[Lookup], columns: Collection[str], width: int) -> exp.Select:
    """The rows' columns, and a column of working time for each lookup: the table is joined once for each."""
    if not lookups:
        return exp.select(*map(exp.column, columns)).from_(rows.subquery("_rows"))
    dated = [exp.alias_(Micros(expressions=[k.instant.copy()]), f"_at{k.name}") for k in lookups]
    named = [exp.alias_(k.calendar.copy(), f"_by{k.name}") for k in lookups]
    timed = exp.select("*", *dated, *named).from_(rows.subquery("_rows")).subquery("_placed")
    own_columns = [exp.column(c, table="_placed") for c in columns]
    query = exp.select(*own_columns).from_(timed)
    for lookup in lookups:
        at, table = exp.column(f"_at{lookup.name}", table="_placed"), f"_time{lookup.name}"
        query = query.select(exp.alias_(worked_until(at, table, width), lookup.name)).join(
            exp.to_table(TABLE).as_(table), join_type="left",
            on=exp.and_(exp.column("_calendar", table=table).eq(exp.column(f"_by{lookup.name}", table="_placed")),
                        exp.column("_day", table=table).eq(day_of(at))),
        )  # fmt: skip
    return query


def worked_query(source: str, lookups: Collection[Lookup], columns: Collection[str], width: int) -> Query:
    """A table's columns, and a column of working time for each lookup."""
    return with_worked(exp.select(*map(exp.column, columns)).from_(source), lookups, columns, width)


def width_of(almanac: Almanac, names: Collection[str]) -> int:
    """The most intervals that a UTC day of these calendars has. Raises FormulaError."""
    return width_of_days(days_of(almanac, name) for name in names)
