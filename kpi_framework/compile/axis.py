"""An axis: one timestamp column cut into periods. All measures that share it are computed together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from ..model.period import Almanac, Period
from .formula import Formula
from .zone import step, timestamp


@dataclass(frozen=True)
class Measure:
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


@dataclass(frozen=True)
class Axis:
    """Sorted periods that do not overlap, over one timestamp. Rows at or after `until` belong to none."""

    time: exp.Expr
    by_day: bool
    periods: tuple[Period, ...]
    almanac: Almanac
    until: dt.datetime

    @property
    def key(self) -> str:
        """Equal for axes that can share one cube."""
        return f"{self.time.sql()}|{'|'.join(f'{p.start}:{p.end}' for p in self.periods)}"

    def starts(self) -> list[dt.datetime]:
        """The instants at which the periods begin."""
        return [self.almanac.instant(p.start) for p in self.periods]

    def ends(self) -> list[dt.datetime]:
        """The instants at which they end."""
        return [self.almanac.instant(p.end) for p in self.periods]

    def _read(self, moment: dt.datetime) -> dt.datetime:
        """An instant as `_time` tells it: dates stand for midnights on the project's wall."""
        moment = min(moment, self.until)
        return moment.astimezone(self.almanac.zone) if self.by_day else moment

    def index(self) -> exp.Expr:
        """The number of the period that a row's `_time` stands in; NULL in none."""
        bounds: list[dt.datetime] = []
        values: list[exp.Expr] = [exp.Null()]
        for number, (start, end) in enumerate(
            zip(map(self._read, self.starts()), map(self._read, self.ends()), strict=True)
        ):
            if bounds and bounds[-1] == start:
                values[-1] = _number(number)
            else:
                bounds.append(start)
                values.append(_number(number))
            bounds.append(end)
            values.append(exp.Null())
        return step(exp.column("_time"), bounds, values)

    def edge(self, moments: Sequence[dt.datetime]) -> exp.Expr:
        """One of the moments, by the period's number."""
        return exp.Case(
            this=exp.column("_period"),
            ifs=[exp.If(this=_number(i), true=timestamp(m)) for i, m in enumerate(moments)],
        )


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(str(value))
