"""An axis: timestamps cut into periods. All metrics that share it are computed together.

A flow's row belongs to the one period its timestamp stands in. A stock's row (open from one timestamp to
another), a row that lasts (it touches each period between its start and its end) and a trailing window's row belong
to a run of periods: from `_first` up to, not including, `_last`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from sqlglot import exp

from ...model.period import Almanac, Period
from ...model.record import Record, replace
from ..language.aggregates import Formula
from ..language.scope import OVERLAP, PERIOD
from ..sql.spelling import spelling
from ..sql.typed_sql import alias, binary, case, cast, is_null, not_null
from ..time.working_time import WorkingTime
from ..time.zone import step, timestamp

_LEAST = dt.timedelta(microseconds=1)
"""No two instants are nearer to each other."""


class Closing(Record):
    """The timestamp at which a stock's row is no longer open, or a span ends; NULL while it goes on."""

    time: exp.Expr
    by_day: bool
    ends_span: bool = False
    """It ends a span: the row counts in each period that it touches, not at their ends alone."""


class CompiledMetric(Record):
    """A compiled definition, ready to be planned: its formula, its timestamp and its breakdowns."""

    id: str
    formula: Formula
    time: exp.Expr
    by_day: bool
    """Its timestamp is a date: a day of the project's own calendar."""
    breakdowns: tuple[tuple[str, ...], ...]
    keys: dict[str, exp.Expr]
    """The SQL of each segment column."""
    named: dict[str, frozenset[str]]
    """Segment values that a target names: never folded into `(other)`."""
    closing: Closing | None = None
    """The other end of a stock's row, or of a span."""
    window: int | None = None
    """The days of its trailing window."""
    used: frozenset[str] = frozenset()
    """The columns that its value, its dating and its segments name."""
    working_time: WorkingTime = WorkingTime()
    """What has to be known of working time before it is computed."""

    @property
    def has_spans(self) -> bool:
        """Whether its rows last, and count in each period that they touch."""
        return self.closing is not None and self.closing.ends_span

    @property
    def dating(self) -> str:
        """Equal for metrics whose rows fall into the same periods."""
        closing = spelling(self.closing.time) if self.closing else ""
        return f"{spelling(self.time)}|{closing}|{'spans' if self.has_spans else ''}|{self.window or ''}"


class Axis(Record):
    """Sorted periods that do not overlap, over one timestamp. Rows at or after `until` belong to none."""

    time: exp.Expr
    by_day: bool
    periods: tuple[Period, ...]
    almanac: Almanac
    until: dt.datetime
    closing: Closing | None = None
    window: int | None = None
    lasting: dt.datetime | None = None
    """Until when a span lasts that has not ended: as far as the data reach; None: until `until`."""
    number: int = 0
    """The number of its first period: more than 0 where it is cut from a longer one."""

    def cut(self, chunk: range) -> Axis:
        """The axis of a chunk of its periods; they keep their numbers."""
        return replace(self, periods=self.periods[chunk.start : chunk.stop], number=chunk.start)

    @property
    def is_spanning(self) -> bool:
        """Whether a row may belong to several periods."""
        return self.closing is not None or self.window is not None

    @property
    def has_spans(self) -> bool:
        """Whether its rows last, and touch periods."""
        return self.closing is not None and self.closing.ends_span

    def times(self) -> list[exp.Expr]:
        """A row's timestamps: `_time`, and `_closed` where it has another end."""
        times = [alias(cast(self.time.copy(), "TIMESTAMP"), "_time")]
        if self.closing is not None:
            closed = cast(self.closing.time.copy(), "TIMESTAMP")
            times.append(alias(self._lasting(closed) if self.has_spans else closed, "_closed"))
        return times

    def _lasting(self, closed: exp.Expr) -> exp.Expr:
        """The end of a span as it is known at `until`: one that goes on lasts as far as the data reach."""
        known = exp.Coalesce(this=closed, expressions=[timestamp(min(self.until, self.lasting or self.until))])
        return exp.Least(this=known, expressions=[timestamp(self.until)], ignore_nulls=True)

    def starts(self) -> list[dt.datetime]:
        """The instants at which the periods, or their trailing windows, begin."""
        if self.window is None:
            return [self.almanac.instant(p.start) for p in self.periods]
        # The running period's window ends with as_of's day.
        back, tomorrow = dt.timedelta(days=self.window), self.almanac.day_until(self.until) + dt.timedelta(days=1)
        return [self.almanac.instant(min(p.end, tomorrow) - back) for p in self.periods]

    def ends(self) -> list[dt.datetime]:
        """The instants at which they end; the running period ends at as_of."""
        return [min(self.almanac.instant(p.end), self.until) for p in self.periods]

    def _read(self, moment: dt.datetime, *, by_day: bool) -> dt.datetime:
        """An instant as a timestamp column tells it: dates stand for midnights on the project's wall."""
        moment = min(moment, self.until)
        return moment.astimezone(self.almanac.zone) if by_day else moment

    def first(self) -> exp.Expr:
        """The number of the first period a spanning row belongs to: of the ends it comes after."""
        return self._passed("_time", self.ends(), by_day=self.by_day)

    def last(self) -> exp.Expr:
        """The number after the last period a spanning row belongs to."""
        if self.closing is None:
            return self._passed("_time", self.starts(), by_day=self.by_day)
        if self.has_spans:
            return self._touched()
        passed = self._passed("_closed", self.ends(), by_day=self.closing.by_day)
        passed = case(exp.Not(this=exp.Paren(this=self._is_before_opening())), passed)
        return exp.Coalesce(this=passed, expressions=[exp.Literal.number(self.number + len(self.periods))])

    def _touched(self) -> exp.Expr:
        """The number after the last period that a span touches: it ends after that period's start.

        A span without length, or with an end before its start, touches the period that its start stands in.
        """
        after = [start + _LEAST for start in self.starts()]
        ended = self._passed("_closed", after, by_day=False)
        lasts = binary(exp.GT, exp.column("_closed"), exp.column("_time"))
        return case(lasts, ended, self._passed("_time", self.starts(), by_day=False))

    def _passed(self, column: str, moments: Sequence[dt.datetime], *, by_day: bool) -> exp.Expr:
        """Which of the moments, in order and by period, a row's timestamp reaches next; NULL without one."""
        bounds = [self._read(m, by_day=by_day) for m in moments]
        return step(exp.column(column), bounds, [exp.Literal.number(self.number + n) for n in range(len(bounds) + 1)])

    def index(self) -> exp.Expr:
        """The number of the period that a row's `_time` stands in; NULL in none."""
        bounds: list[dt.datetime] = []
        values: list[exp.Expr] = [exp.Null()]
        edges = zip(self.starts(), self.ends(), strict=True)
        for number, (start, end) in enumerate(
            (self._read(start, by_day=self.by_day), self._read(end, by_day=self.by_day)) for start, end in edges
        ):
            if bounds and bounds[-1] == start:
                values[-1] = exp.Literal.number(self.number + number)
            else:
                bounds.append(start)
                values.append(exp.Literal.number(self.number + number))
            bounds.append(end)
            values.append(exp.Null())
        return step(exp.column("_time"), bounds, values)

    def within(self) -> exp.Expr:
        """Whether a row may belong to any period: a look at its timestamps' ends, before they are placed."""
        first, last = self.ends()[0], self.ends()[-1]
        time, read = exp.column("_time"), partial(self._read, by_day=self.by_day)
        begun = binary(exp.LT, time, timestamp(read(last)))
        if self.closing is None:
            return exp.and_(binary(exp.GTE, time, timestamp(read(self.starts()[0]))), begun)
        closed = exp.column("_closed")
        if self.has_spans:
            start = timestamp(self.starts()[0])
            return exp.and_(begun, exp.or_(binary(exp.GT, closed, start), binary(exp.GTE, time, start)))
        left = binary(exp.GTE, closed, timestamp(self._read(first, by_day=self.closing.by_day)))
        # A closing time before the opening, such as 1900-01-01 for a ticket that is not solved, is none.
        return exp.and_(begun, exp.or_(is_null(closed), self._is_before_opening(), left))

    def _is_before_opening(self) -> exp.Expr:
        """Whether a stock's row closes before it opens, of a day and an instant: by more than their zones can make."""
        assert self.closing is not None, "only a stock closes"
        closed: exp.Expr = exp.column("_closed")
        if self.closing.by_day != self.by_day:
            days = exp.Interval(this=exp.Literal.string("2"), unit=exp.var("DAY"))
            closed = exp.Add(this=cast(closed, "TIMESTAMP"), expression=days)
        return binary(exp.LT, closed, exp.column("_time"))

    def edges(self) -> dict[str, exp.Expr]:
        """The ends of a row's period, by the names that formulas give them."""
        return dict(zip(PERIOD, (self._edge(self.starts()), self._edge(self.ends())), strict=True))

    def _edge(self, moments: Sequence[dt.datetime]) -> exp.Expr:
        """One of the moments, by the period's number."""
        return exp.Case(
            this=exp.column("_period"),
            ifs=[exp.If(this=exp.Literal.number(self.number + i), true=timestamp(m)) for i, m in enumerate(moments)],
        )


def overlap(start: exp.Expr, end: exp.Expr) -> list[exp.Expr]:
    """The part of a row's span from `start` to `end` that lies between the ends of its period, where it has any.

    `[08:00, 12:00)` and the period from 10:00 on → `[10:00, 12:00)`; what lies outside is `[10:00, 10:00)`.
    """
    period_start, period_end = map(exp.column, PERIOD)
    begun = exp.Greatest(this=start.copy(), expressions=[period_start], ignore_nulls=True)
    within = exp.Least(this=end.copy(), expressions=[period_end], ignore_nulls=True)
    ended = exp.Greatest(this=within, expressions=[begun.copy()], ignore_nulls=True)
    known = case(not_null(end), ended)
    return [alias(sql, name) for sql, name in zip((begun, known), OVERLAP, strict=True)]
