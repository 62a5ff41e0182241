"""Dates, timestamps, casts and the time between two instants: the scalars that know the project's calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from sqlglot import exp

from ...model.period import WEEKDAYS
from ...model.quoting import plain_or, shown
from ..sql.errors import FormulaError, mismatch
from ..sql.operations import Boundaries, Micros, StartOf
from ..sql.typed_sql import NUMERIC, Term, binary, case, cast, duration, try_cast
from .scope import OVERLAP, PERIOD, Scope
from .syntax import forbidden

CAST_TYPES = {
    "INT": "integer", "BIGINT": "integer", "SMALLINT": "integer", "TINYINT": "integer",
    "DOUBLE": "double", "FLOAT": "double", "DECIMAL": "decimal", "DATE": "date",
    "TIMESTAMP": "timestamp", "TIMESTAMPNTZ": "timestamp", "VARCHAR": "text", "TEXT": "text",
    "BOOLEAN": "boolean",
}  # fmt: skip
SQL_TYPES = {
    "integer": "BIGINT", "double": "DOUBLE", "decimal": "DECIMAL(18, 6)", "date": "DATE",
    "timestamp": "TIMESTAMP", "text": "VARCHAR", "boolean": "BOOLEAN",
}  # fmt: skip
_EXTRACT = frozenset(
    ["year", "quarter", "month", "day", "hour", "minute", "second", "dow", "isodow", "doy", "week", "isoyear"]
)
_TRUNC = frozenset(["day", "week", "month", "quarter", "year"])
_DIFF_UNITS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days"}
_DIFF = frozenset((*_DIFF_UNITS, "month", "quarter", "year"))
_FISCAL = frozenset(["quarter", "year"])
"""What follows the project's year; a year has the name of the calendar year in which it begins."""
BUSINESS = frozenset({"business_minutes", "business_hours"})
OVERLAPS = frozenset({"overlap_minutes", "overlap_hours"})


class Times:
    """Lowers nodes by the method that `RULES` names; its own are those of time."""

    by_row: ClassVar[bool] = False
    """Whether a node stands for a value of each row."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def lower(self, node: exp.Expr) -> Term:
        """The term of a node. Raises FormulaError."""
        rule = self.RULES.get(type(node))
        if rule is None:
            raise forbidden(node.key)
        lowered: Term = getattr(self, rule)(node)
        return lowered

    # literals

    def _as_time(self, term: Term, other: str) -> Term:
        if term.type != "text" or other not in ("date", "timestamp") or not isinstance(term.sql, exp.Literal):
            return term
        return self._time_literal(term.sql.name, other)

    def _time_literal(self, text: str, kind: str) -> Term:
        try:
            wall = dt.datetime.fromisoformat(text)
            utc = self._in_utc(wall)
        except (ValueError, OverflowError):
            raise mismatch(
                f"{shown(text)} is not a {kind}", "Write it as '2026-01-31' or '2026-01-31 09:00'.", text
            ) from None
        if kind == "date":
            return Term(_typed(wall.date().isoformat(), "DATE"), "date")
        return Term(_typed(utc.isoformat(" "), "TIMESTAMP"), "timestamp")

    def _in_utc(self, wall: dt.datetime) -> dt.datetime:
        """A time on the project's wall, or one with an offset, in UTC. Raises OverflowError at the ends of time."""
        aware = wall if wall.tzinfo else wall.replace(tzinfo=self.scope.almanac.zone)
        return aware.astimezone(dt.UTC).replace(tzinfo=None)

    def _to_date(self, term: Term) -> Term:
        if term.type != "timestamp":
            return term
        return Term(cast(self.scope.local(term.sql), "DATE"), "date")

    # parts of time

    def _extract(self, node: exp.Expr) -> Term:
        part = node.this.name.lower()
        if part not in _EXTRACT:
            raise forbidden("extract", part)
        wall = self._wall(node.expression, "extract")
        if part in _FISCAL:
            wall = _moved(cast(wall, "DATE"), self._shift(part)[0])
        number = exp.Extract(this=exp.Var(this=part), expression=wall)
        return Term(cast(number, "BIGINT"), "integer")

    def _date_trunc(self, node: exp.Expr) -> Term:
        unit = node.args["unit"].name.lower()
        if unit not in _TRUNC:
            raise forbidden("date_trunc", unit)
        day = cast(self._wall(node.this, "date_trunc"), "DATE")
        back, forward = self._shift(unit)
        cut = StartOf(expressions=[exp.Literal.string(unit), _moved(day, back)])
        return Term(cast(_moved(cut, forward), "DATE"), "date")

    def _shift(self, unit: str) -> tuple[str, str]:
        """How far days move so that the engine's Monday weeks and January years become the project's."""
        almanac = self.scope.almanac
        if unit == "week":
            days = WEEKDAYS.index(almanac.week_starts)
            return (f"-{days} day", f"{days} day") if days else ("", "")
        months = almanac.fiscal_year_starts - 1
        if unit in _FISCAL and months:
            return f"-{months} month", f"{months} month"
        return "", ""

    def _date_diff(self, node: exp.Expr) -> Term:
        unit_node = node.args.get("unit")
        unit = unit_node.name.lower() if unit_node is not None else ""
        if unit not in _DIFF:
            raise forbidden("date_diff", "date_diff")
        back = self._shift(unit)[0] if unit in _FISCAL else ""
        start, end = (_moved(self._wall(n, "date_diff"), back) for n in (node.expression, node.this))
        return Term(Boundaries(expressions=[exp.Literal.string(unit), start, end]), "integer", _DIFF_UNITS.get(unit))

    def _wall(self, node: exp.Expr, what: str) -> exp.Expr:
        term = self.lower(node)
        if term.type == "text" and isinstance(term.sql, exp.Literal):
            term = self._time_literal(term.sql.name, "timestamp")
        if term.type not in ("date", "timestamp", "null"):
            raise mismatch(f"`{what}` takes a date or a timestamp, not a {term.type}", name=what)
        return self.scope.local(term.sql) if term.type == "timestamp" else term.sql

    # casts

    def _cast(self, node: exp.Expr) -> Term:
        target = CAST_TYPES.get(node.args["to"].this.value)
        if target is None:
            raise forbidden(f"cast to {node.args['to'].sql()}", "cast")
        term = self.lower(node.this)
        if isinstance(term.sql, exp.Literal) and term.type == "text" and target in ("date", "timestamp"):
            return self._time_literal(term.sql.name, target)
        if target == "date" and term.type == "timestamp":
            return self._to_date(term)
        return self._converted(term, target)

    def _converted(self, term: Term, target: str) -> Term:
        if target == "timestamp":
            if term.type == "timestamp":
                return term
            wall = try_cast(term.sql, "TIMESTAMP")
            return Term(self.scope.to_instant(wall), "timestamp")
        if "timestamp" in (term.type,) or (target == "date" and term.type not in ("date", "text", "null")):
            raise mismatch(
                f"a {term.type} cannot be cast to {target}", "Use extract or a function such as hours_between."
            )
        sql = try_cast(term.sql, SQL_TYPES[target])
        unit = term.unit if target in NUMERIC else None
        return Term(sql, target, unit, degree=term.degree)

    # from one instant to another

    def _own(self, node: exp.Expr) -> Term:
        name = str(node.this)
        if name.endswith("_between"):
            return self._between(name, node.expressions)
        if name in BUSINESS:
            return self._business(name, node.expressions)
        if name in OVERLAPS:
            return self._overlap(name, node.expressions)
        raise forbidden(name)

    def _between(self, name: str, arguments: list[exp.Expr]) -> Term:
        if len(arguments) != 2:
            raise mismatch(f"`{name}` takes two timestamps", f"Write {name}(start, end).", name)
        ends = [Micros(expressions=[self._instant(a, name)]) for a in arguments]
        return duration(self._possible(binary(exp.Sub, ends[1], ends[0]), arguments), name.removesuffix("_between"))

    def _possible(self, micros: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
        """A time between columns that the contract orders, missing where it goes against their order.

        Such a time is a slip of the source; in an average it would make slow work look quick.
        """
        starts, ends = ({c.name for c in _itself_or_instead(a)} for a in arguments[:2])
        zero = exp.Literal.number("0")
        if any(first in starts and second in ends for first, second in self.scope.order):
            return case(binary(exp.GTE, micros, zero), micros)
        if any(first in ends and second in starts for first, second in self.scope.order):
            return case(binary(exp.LTE, micros, zero), micros)
        return micros

    def _business(self, name: str, arguments: list[exp.Expr]) -> Term:
        """Working time from a to b: W(b) − W(a), negative where b lies before a, as elapsed time is."""
        if len(arguments) not in (2, 3):
            raise mismatch(
                f"`{name}` takes two timestamps and a calendar", f"Write {name}(start, end, 'business').", name
            )
        calendar = self._calendar(arguments[2] if len(arguments) > 2 else None, name)
        ends = [
            self.scope.worked(calendar, self._instant(a, name), by_row=self.by_row) for a in arguments[:2]
        ]  # fmt: skip
        return duration(self._possible(binary(exp.Sub, ends[1], ends[0]), arguments), name.removeprefix("business_"))

    def _overlap(self, name: str, arguments: list[exp.Expr]) -> Term:
        """The part of a row's span that lies in the period; with a calendar, the working time in it."""
        if not self.scope.spans:
            raise mismatch(
                f"`{name}` measures a part of a row's span, and this has no `spans`",
                "Write `spans: [started_at, ended_at]` in the definition, in place of `time`.", name,
            )  # fmt: skip
        if not self.by_row:
            raise FormulaError(
                "not-an-aggregate", f"`{name}` is used outside an aggregate", f"Write sum({name}()).", name
            )
        if len(arguments) > 1:
            raise mismatch(f"`{name}` takes a calendar or nothing", f"Write {name}() or {name}('business').", name)
        self.scope.used.update(PERIOD)
        columns = [exp.column(end) for end in OVERLAP]
        if arguments:
            calendar = self._calendar(arguments[0], name)
            start, end = (self.scope.worked(calendar, column, by_row=True) for column in columns)
        else:
            start, end = (Micros(expressions=[column]) for column in columns)
        return duration(binary(exp.Sub, end, start), name.removeprefix("overlap_"))

    def _calendar(self, node: exp.Expr | None, what: str) -> exp.Expr:
        """A calendar's name: the usual one, one in quotes, or a column that names one for each row."""
        if node is None or (isinstance(node, exp.Literal) and node.is_string):
            return self.scope.calendar(node.name if node is not None else None)
        term = self.lower(node)
        if term.type != "text":
            raise mismatch(f"`{what}` takes a calendar's name, not a {term.type}", "Write it in quotes.", what)
        self.scope.any_calendar()
        return term.sql

    def _instant(self, node: exp.Expr, what: str) -> exp.Expr:
        term = self.lower(node)
        if term.type == "text" and isinstance(term.sql, exp.Literal):
            term = self._time_literal(term.sql.name, "timestamp")
        if term.type == "date":
            wall = cast(term.sql, "TIMESTAMP")
            return self.scope.to_instant(wall)
        if term.type not in ("timestamp", "null"):
            column = node.name or node.sql()
            raise mismatch(
                f"`{what}` takes timestamps, and {shown(column)} is a {term.type}",
                f"Map it in kpi.yaml: `{plain_or(column, 'NAME')}: {{from: …, type: timestamp}}`.", column,
            )  # fmt: skip
        return term.sql

    RULES: ClassVar[Mapping[type[exp.Expr], str]] = {
        exp.Extract: "_extract", exp.TimestampTrunc: "_date_trunc", exp.DateTrunc: "_date_trunc",
        exp.DateDiff: "_date_diff", exp.Cast: "_cast", exp.Anonymous: "_own",
    }  # fmt: skip
    """The method that lowers each node."""


def _itself_or_instead(node: exp.Expr) -> list[exp.Expr]:
    """The columns that a time may be: itself, or what stands in for it where it is empty."""
    choices = [node.this, *node.expressions] if isinstance(node, exp.Coalesce) else [node]
    return [choice for choice in choices if isinstance(choice, exp.Column)]


def _typed(text: str, kind: str) -> exp.Expr:
    return cast(exp.Literal.string(text), kind)


def _moved(day: exp.Expr, by: str) -> exp.Expr:
    if not by:
        return day
    number, unit = by.split()
    return exp.Add(this=day.copy(), expression=exp.Interval(this=exp.Literal.string(number), unit=exp.Var(this=unit)))
