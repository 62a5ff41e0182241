"""Time zones as step functions, so that every engine reads the clock by one table: Python's.

Engines carry their own zone tables and disagree on hours that occur twice. Here a wall time that occurs
twice is the first one, and one that does not exist moves forward (PEP 495, fold=0).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from ...model.record import Record
from ..sql.typed_sql import cast

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
