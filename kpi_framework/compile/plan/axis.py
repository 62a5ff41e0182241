"""An axis: timestamps cut into periods. All metrics that share it are computed together.

A flow's row belongs to the one period its timestamp stands in. A stock's row (open from one timestamp to
another) and a trailing window's row belong to a run of periods: from `_first` up to, not including, `_last`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from sqlglot import exp

from ...model.period import Almanac, Period
from ...model.record import Record, replace
from ..language.aggregates import Formula
from ..sql.spelling import spelling
from ..sql.typed_sql import binary, case, cast, is_null
from ..time.working_time import WorkingTime
from ..time.zone import step, timestamp


class Closing(Record):
    """The timestamp at which a stock's row is no longer open; NULL while it is."""

    time: exp.Expr
    by_day: bool


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
    """A stock's other end."""
    window: int | None = None
    """The days of its trailing window."""
    used: frozenset[str] = frozenset()
    """The columns that its value, its dating and its segments name."""
    working_time: WorkingTime = WorkingTime()
    """What has to be known of working time before it is computed."""

    @property
    def dating(self) -> str:
        """Equal for metrics whose rows fall into the same periods."""
        closing = spelling(self.closing.time) if self.closing else ""
        return f"{spelling(self.time)}|{closing}|{self.window or ''}"


class Axis(Record):
    """Sorted periods that do not overlap, over one timestamp. Rows at or after `until` belong to none."""

    time: exp.Expr
    by_day: bool
    periods: tuple[Period, ...]
    almanac: Almanac
    until: dt.datetime
    closing: Closing | None = None
    window: int | None = None
    number: int = 0
    """The number of its first period: more than 0 where it is cut from a longer one."""

    def cut(self, chunk: range) -> Axis:
        """The axis of a chunk of its periods; they keep their numbers."""
        return replace(self, periods=self.periods[chunk.start : chunk.stop], number=chunk.start)

    @property
    def is_spanning(self) -> bool:
        """Whether a row may belong to several periods."""
        return self.closing is not None or self.window is not None

    def starts(self) -> list[dt.datetime]:
        """The instants at which the periods, or their trailing windows, begin."""
        if self.window is None:
            return [self.almanac.instant(p.start) for p in self.periods]
        # The running period's window ends with as_of's day.
        back, tomorrow = dt.timedelta(days=self.window), self.almanac.day(self.until) + dt.timedelta(days=1)
        return [self.almanac.instant(min(p.end, tomorrow) - back) for p in self.periods]

    def ends(self) -> list[dt.datetime]:
        """The instants at which they end; a stock's and a window's running period ends at as_of."""
        ends = [self.almanac.instant(p.end) for p in self.periods]
        return [min(end, self.until) for end in ends] if self.is_spanning else ends

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
        passed = self._passed("_closed", self.ends(), by_day=self.closing.by_day)
        passed = case(exp.Not(this=exp.Paren(this=self._is_before_opening())), passed)
        return exp.Coalesce(this=passed, expressions=[exp.Literal.number(self.number + len(self.periods))])

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

    def edge(self, moments: Sequence[dt.datetime]) -> exp.Expr:
        """One of the moments, by the period's number."""
        return exp.Case(
            this=exp.column("_period"),
            ifs=[exp.If(this=exp.Literal.number(self.number + i), true=timestamp(m)) for i, m in enumerate(moments)],
        )
