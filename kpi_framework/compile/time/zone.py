"""Time zones as step functions, so that every engine reads the clock by one table: Python's.

Engines carry their own zone tables and disagree on hours that occur twice. Here a wall time that occurs
twice is the first one, and one that does not exist moves forward (PEP 495, fold=0).
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from ...model.record import Record, field
from ..sql.typed_sql import call, cast

FIRST, LAST = dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1)
_STRIDE = dt.timedelta(days=7)


class Transition(Record):
    """The instant (UTC) at which a zone's offset changes from `before` to `after`."""

    at: dt.datetime
    before: dt.timedelta
    after: dt.timedelta

    @property
    def wall(self) -> dt.datetime:
        """The wall time from which the new offset reads it: after a gap, or after the second pass of an hour."""
        return self.at + max(self.before, self.after)

    @property
    def odd(self) -> tuple[dt.datetime, dt.datetime]:
        """The wall times [start, end) that do not exist or occur twice."""
        return self.at + min(self.before, self.after), self.wall


@lru_cache
def transitions(key: str) -> tuple[dt.timedelta, tuple[Transition, ...]]:
    """A zone's first offset and all its changes from 1970 to 2100."""
    zone = ZoneInfo(key)
    changes, day, offset = [], FIRST, _offset(zone, FIRST)
    first = offset
    while day < LAST:
        later = day + _STRIDE
        if _offset(zone, later) != offset:
            at = _bisect(zone, day, later)
            after = _offset(zone, at)
            changes.append(Transition(at, offset, after))
            offset = after
        day = later
    return first, tuple(changes)


def _offset(zone: ZoneInfo, utc: dt.datetime) -> dt.timedelta:
    offset = zone.fromutc(utc.replace(tzinfo=zone)).utcoffset()
    assert offset is not None, "an aware time has an offset"
    return offset


def _bisect(zone: ZoneInfo, low: dt.datetime, high: dt.datetime) -> dt.datetime:
    """The second at which the offset of `low` ends."""
    before = _offset(zone, low)
    seconds = int((high - low).total_seconds())
    left, right = 0, seconds
    while right - left > 1:
        middle = (left + right) // 2
        if _offset(zone, low + dt.timedelta(seconds=middle)) == before:
            left = middle
        else:
            right = middle
    return low + dt.timedelta(seconds=right)


def step(
    argument: exp.Expr,
    bounds: Sequence[dt.datetime],
    values: Sequence[exp.Expr],
    default: exp.Expr | None = None,
) -> exp.Expr:
    """A step function as a balanced CASE: `values[i]` from `bounds[i - 1]` up to, not including, `bounds[i]`.

    There is one value more than bounds. NULL gives `default`, or NULL.
    """
    if default is None:
        unknown = exp.Is(this=argument.copy(), expression=exp.Null())
        return exp.Case(ifs=[exp.If(this=unknown, true=exp.Null())], default=step(argument, bounds, values, exp.Null()))
    if not bounds:
        return values[0].copy()
    middle = len(bounds) // 2
    return exp.Case(
        ifs=[exp.If(
            this=exp.LT(this=argument.copy(), expression=timestamp(bounds[middle])),
            true=step(argument, bounds[:middle], values[: middle + 1], default),
        )],
        default=step(argument, bounds[middle + 1 :], values[middle + 1 :], default),
    )  # fmt: skip


def timestamp(moment: dt.datetime) -> exp.Expr:
    """A timestamp literal, without zone."""
    text = moment.replace(tzinfo=None).isoformat(" ")
    return cast(exp.Literal.string(text), "TIMESTAMP")


def macro_name(kind: str, key: str) -> str:
    """The name of a zone's macro: `wall_in_europe_london`."""
    return f"{kind}_in_{''.join(c if c.isalnum() else '_' for c in key.lower())}"


@lru_cache
def macros(key: str) -> tuple[str, ...]:
    """The three functions of a zone, as DuckDB macros over its tables: wall_in, instant_in and odd_hour_in."""
    first, changes = transitions(key)
    tables = Tables(macro_name("clock", key))
    moment = exp.column("t")
    offsets = [int(o.total_seconds()) for o in (first, *(c.after for c in changes))]
    forward = _moved(moment, lookup(tables, moment, [c.at for c in changes], offsets))
    back = _moved(moment, lookup(tables, moment, [c.wall for c in changes], [-o for o in offsets]))
    edges = [edge for c in changes for edge in c.odd]
    odd = exp.EQ(
        this=lookup(tables, moment, edges, [i % 2 for i in range(len(edges) + 1)]), expression=exp.Literal.number(1)
    )
    bodies = {"wall": forward, "instant": back, "odd_hour": odd}
    named = {macro_name(kind, key): body.sql(dialect="duckdb") for kind, body in bodies.items()}
    return (*tables.statements(), *(f"CREATE TEMP MACRO {name}(t) AS {body}" for name, body in named.items()))


class Tables(Record):
    """Lists of whole numbers and moments, side by side in the only row of a table of the engine's.

    A macro selects them: as constants inside it, the engine would copy them at each use, for milliseconds.
    """

    name: str
    lists: dict[str, str] = field(default_factory=dict)

    def at(self, values: Sequence[object], kind: str, index: exp.Expr) -> exp.Expr:
        """The value at an index counted from 0."""
        written = exp.Literal.string(f"[{', '.join(map(str, values))}]")
        text = cast(written, kind).sql(dialect="duckdb")
        column = self.lists.setdefault(text, f"list_{len(self.lists)}")
        position = exp.Add(this=index, expression=exp.Literal.number(1))
        return exp.Anonymous(
            this="list_extract", expressions=[exp.select(column).from_(self.name).subquery(), position]
        )

    def statements(self) -> tuple[str, ...]:
        """What makes the table; nothing where nothing was looked up."""
        columns = ", ".join(f"{text} AS {column}" for text, column in self.lists.items())
        return (f"CREATE TEMP TABLE {self.name} AS SELECT {columns}",) if columns else ()


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
    year, month = (call(n, cast(moment.copy(), "TIMESTAMP")) for n in ("year", "month"))
    years = exp.Paren(this=exp.Sub(this=year, expression=exp.Literal.number(FIRST.year)))
    months = exp.Add(this=exp.Mul(this=years, expression=exp.Literal.number(12)), expression=month)
    return exp.Sub(this=months, expression=exp.Literal.number(1))


def _clamped(number: exp.Expr, most: int) -> exp.Expr:
    least = call("least", number, exp.Literal.number(most))
    return call("greatest", least, exp.Literal.number(0))


def _moved(moment: exp.Expr, seconds: exp.Expr) -> exp.Expr:
    return exp.Add(this=moment.copy(), expression=call("to_seconds", seconds))
