"""Functions that DuckDB is given: what a zone's clocks show, and a calendar's working time.

A zone's changes are lists of whole numbers and moments, side by side in the only row of a table; a macro selects
them: as constants inside it, the engine would copy them at each use, for milliseconds.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from sqlglot import exp

from ....model.period import Almanac
from ....model.record import Record, field
from ...sql.operations import InstantOf, IsOddHour, Micros, WallOf, ZoneOperation
from ...sql.statements import create_empty_table, create_function, create_table, explained, insert
from ...sql.typed_sql import cast
from ...time.working_time import FIRST as FIRST_DAY
from ...time.working_time import TABLE, Days, day_of, days_of, parts_of, width_of_days, worked_until
from ...time.zone import FIRST, transitions

WORKED = "worked"
_KINDS: dict[type[ZoneOperation], str] = {WallOf: "wall", InstantOf: "instant", IsOddHour: "odd_hour"}
_MICRO = 1_000_000
_EPOCH = dt.date(1970, 1, 1)


# zones


def zone_function(kind: type[ZoneOperation], zone: str) -> str:
    """The name of a zone's macro."""
    return function_name(_KINDS[kind], zone)


def function_name(kind: str, zone: str) -> str:
    """A name of a zone's own: `wall_in_europe_london`."""
    return f"{kind}_in_{''.join(c if c.isalnum() else '_' for c in zone.lower())}"


@lru_cache
def zone_functions(zone: str) -> tuple[exp.Expr, ...]:
    """The macros of a zone's wall, instant and odd_hour, and the table that they select from."""
    first, changes = transitions(zone)
    tables = Tables(function_name("clock", zone))
    moment = exp.column("t")
    offsets = [int(o.total_seconds()) for o in (first, *(c.after for c in changes))]
    forward = _moved(moment, lookup(tables, moment, [c.at for c in changes], offsets))
    back = _moved(moment, lookup(tables, moment, [c.wall for c in changes], [-o for o in offsets]))
    edges = [edge for c in changes for edge in c.odd]
    odd = exp.EQ(
        this=lookup(tables, moment, edges, [i % 2 for i in range(len(edges) + 1)]), expression=exp.Literal.number(1)
    )
    bodies = {"wall": forward, "instant": back, "odd_hour": odd}
    return (*tables.statements(), *(_zone_macro(function_name(kind, zone), body) for kind, body in bodies.items()))


def _zone_macro(name: str, body: exp.Expr) -> exp.Expr:
    words = f"{name}(t): a step function over the changes of the zone's clocks"
    return explained(create_function(name, ["t"], body), words)


class Tables(Record):
    """Lists side by side in the only row of a table."""

    name: str
    lists: dict[str, exp.Expr] = field(default_factory=dict)
    """Each list by the name of its column."""

    def at(self, values: Sequence[object], kind: str, index: exp.Expr) -> exp.Expr:
        """The value at an index counted from 0."""
        written = cast(exp.Literal.string(f"[{', '.join(map(str, values))}]"), kind)
        column = next((name for name, known in self.lists.items() if known == written), f"list_{len(self.lists)}")
        self.lists[column] = written
        position = exp.Add(this=index, expression=exp.Literal.number(1))
        selected = exp.select(column).from_(self.name).subquery()
        return exp.Anonymous(this="list_extract", expressions=[selected, position])

    def statements(self) -> tuple[exp.Expr, ...]:
        """What makes the table; nothing where nothing was looked up."""
        columns = [exp.alias_(written, name) for name, written in self.lists.items()]
        words = f"{self.name}: when the zone's clocks change, and what they show from then on"
        return (explained(create_table(self.name, exp.select(*columns)), words),) if columns else ()


def lookup(tables: Tables, moment: exp.Expr, bounds: Sequence[dt.datetime], values: Sequence[int]) -> exp.Expr:
    """A step function of whole numbers by tables: `values[i]` from `bounds[i - 1]` up to `bounds[i]`; NULL of NULL.

    A moment's month tells how many bounds lie before that month; comparing with the next few, as many as any
    month holds, tells how many lie before the moment.
    """
    if not bounds:
        unknown = exp.Is(this=moment.copy(), expression=exp.Null())
        return exp.Case(ifs=[exp.If(this=unknown, true=exp.Null())], default=exp.Literal.number(values[0]))
    months = [_month(b) for b in bounds]
    before = [bisect_left(months, m) for m in range(months[-1] + 2)]
    most = max(Counter(months).values())
    far = [dt.datetime.max.replace(microsecond=0)] * most
    passed = tables.at(before, "INT[]", _clamped(_month_of(moment), months[-1] + 1))
    count: exp.Expr = exp.Paren(this=passed)
    for ahead in range(most):
        bound = tables.at(
            [*bounds, *far], "TIMESTAMP[]", exp.Add(this=passed.copy(), expression=exp.Literal.number(ahead))
        )
        reached = cast(exp.Paren(this=exp.GTE(this=moment.copy(), expression=bound)), "INT")
        count = exp.Add(this=count, expression=reached)
    return tables.at(values, "INT[]", count)


def _month(moment: dt.datetime) -> int:
    """Months since 1970 began."""
    return (moment.year - FIRST.year) * 12 + moment.month - 1


def _month_of(moment: exp.Expr) -> exp.Expr:
    """`_month`, in SQL."""
    year, month = (_call(n, cast(moment.copy(), "TIMESTAMP")) for n in ("year", "month"))
    years = exp.Paren(this=exp.Sub(this=year, expression=exp.Literal.number(FIRST.year)))
    months = exp.Add(this=exp.Mul(this=years, expression=exp.Literal.number(12)), expression=month)
    return exp.Sub(this=months, expression=exp.Literal.number(1))


def _clamped(number: exp.Expr, most: int) -> exp.Expr:
    least = _call("least", number, exp.Literal.number(most))
    return _call("greatest", least, exp.Literal.number(0))


def _moved(moment: exp.Expr, seconds: exp.Expr) -> exp.Expr:
    return exp.Add(this=moment.copy(), expression=_call("to_seconds", seconds))


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


# working time


def working_time(almanac: Almanac, calendars: Collection[str]) -> tuple[exp.Expr, ...]:
    """The table of these calendars' working time and its function, anew; nothing without calendars.

    Raises FormulaError.
    """
    if not calendars:
        return ()
    days = {name: days_of(almanac, name) for name in sorted(calendars)}
    width = width_of_days(days.values())
    columns = {"_calendar": "TEXT", **dict.fromkeys(("_day", "_worked", *parts_of(width)), "BIGINT")}
    words = f"{WORKED}(calendar, t): the calendar's working time up to t, from the table {TABLE}"
    return (
        create_empty_table(TABLE, columns),
        *(_inserted(name, table, width) for name, table in days.items()),
        explained(create_function(WORKED, ["name", "t"], _worked_of(width), replace=True), words),
    )


def _inserted(name: str, days: Days, width: int) -> exp.Expr:
    """A row a day: its number, the working time before it, and its intervals.

    Most days are like others: the text names each kind of day once, and the kind of every day.
    """
    numbers: dict[tuple[tuple[int, int], ...], int] = {}
    kinds = ",".join(str(numbers.setdefault(tuple(day), len(numbers))) for day in days)
    fields = ["_kind", *parts_of(width)]
    values = exp.values([(n, *_micros(kind, width)) for kind, n in numbers.items()], alias="kinds", columns=fields)
    listed = cast(_call("string_split", exp.Literal.string(kinds), exp.Literal.string(",")), "INT[]")
    numbered = exp.select(
        exp.alias_(_call("unnest", _call("range", exp.Literal.number(len(days)))), "_number"),
        exp.alias_(_call("unnest", listed), "_kind"),
    ).subquery("days")  # fmt: skip
    day = exp.Add(this=exp.column("_number"), expression=exp.Literal.number((FIRST_DAY - _EPOCH).days))
    query = exp.select(exp.Literal.string(name), day, _before(width), *parts_of(width))
    words = f"{TABLE}: a calendar's working time, a row for each UTC day"
    return explained(insert(TABLE, query.from_(numbered).join(values, using=["_kind"])), words)


def _before(width: int) -> exp.Expr:
    """The working time before a day: that of all days up to it, without its own."""
    lengths: exp.Expr = exp.column("_long0")
    for i in range(1, width):
        lengths = exp.Add(this=lengths, expression=exp.column(f"_long{i}"))
    until = exp.Window(
        this=exp.Sum(this=lengths), order=exp.Order(expressions=[exp.Ordered(this=exp.column("_number"))]),
        spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"),
    )  # fmt: skip
    return exp.Sub(this=until, expression=exp.Paren(this=lengths.copy()))


def _micros(kind: tuple[tuple[int, int], ...], width: int) -> Iterator[int]:
    for start, end in (*kind, *[(0, 0)] * (width - len(kind))):
        yield start * _MICRO
        yield (end - start) * _MICRO


def _worked_of(width: int) -> exp.Expr:
    """W(t) as a function: for examples, and for the edges of periods, that no table holds."""
    micros = Micros(expressions=[exp.column("t")])
    place = exp.and_(exp.column("_calendar").eq(exp.column("name")), exp.column("_day").eq(day_of(micros)))
    return exp.Subquery(this=exp.select(worked_until(micros, None, width)).from_(TABLE).where(place))
