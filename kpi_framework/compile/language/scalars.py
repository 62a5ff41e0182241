"""Scalar expressions: each node is checked for type and unit, and lowered to SQL that means the same everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import ClassVar

from sqlglot import exp

from ...model.period import WEEKDAYS
from ...model.quoting import plain_or, shown
from ...model.record import replace
from ...model.unit import MICROSECONDS, is_currency
from ..sql.errors import FormulaError
from ..sql.typed_sql import (
    NUMERIC,
    Term,
    as_double,
    binary,
    bracket,
    call,
    case,
    cast,
    conjunction,
    disjunction,
    duration,
    is_null,
    not_null,
    try_cast,
)
from .scope import Scope
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
BUSINESS = frozenset({"business_minutes", "business_hours"})
_ORDERED = ("integer", "decimal", "double", "date", "timestamp", "text", "boolean")


def mismatch(message: str, hint: str = "", name: str | None = None) -> FormulaError:
    """The error for parts that do not fit."""
    return FormulaError("type-mismatch", message, hint, name)


class Scalars:
    """Lowers scalar nodes. What a column or an aggregate is, its two children say: rows and finals."""

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

    # leaves

    def _column(self, node: exp.Expr) -> Term:
        return self.scope.term(node.name)

    def _literal(self, node: exp.Expr) -> Term:
        if node.args.get("is_string"):
            return Term(exp.Literal.string(node.name), "text")
        kind = "integer" if node.name.isdigit() else "decimal"
        return Term(exp.Literal.number(node.name), kind, number=Fraction(node.name))

    def _boolean(self, node: exp.Expr) -> Term:
        return Term(node.copy(), "boolean")

    def _null(self, _node: exp.Expr) -> Term:
        return Term(exp.Null(), "null")

    # arithmetic

    def _sum(self, node: exp.Expr) -> Term:
        left, right = self._numbers(node)
        unit = _common_unit(left, right, "add" if isinstance(node, exp.Add) else "subtract")
        kind: type[exp.Binary] = type(node)  # type: ignore[assignment]
        degree = left.degree if left.degree == right.degree else None
        if unit in MICROSECONDS:
            a, b = left.in_micros(unit), right.in_micros(unit)
            if a is not None and b is not None:
                return duration(binary(kind, a, b), unit, degree)
        hundredfold = left.hundredfold or right.hundredfold
        sql = binary(kind, left.sql, right.sql)
        return Term(sql, _wider(left, right), unit, degree=degree, hundredfold=hundredfold)

    def _product(self, node: exp.Expr) -> Term:
        left, right = self._numbers(node)
        degree = None if left.degree is None or right.degree is None else left.degree + right.degree
        unit = _product_unit(left, right)
        hundred = {left.number, right.number} & {Fraction(100)} and "percent" in (left.unit, right.unit)
        sql = binary(exp.Mul, left.sql, right.sql)
        return Term(sql, _wider(left, right), unit, degree=degree, hundredfold=bool(hundred))

    def _quotient(self, node: exp.Expr) -> Term:
        left, right = self._numbers(node)
        degree = None if left.degree is None or right.degree is None else left.degree - right.degree
        # x / 0 is NULL on every engine; `/` is double division.
        below = exp.Nullif(this=as_double(right.sql), expression=exp.Literal.number("0"))
        sql = exp.Div(this=as_double(left.sql), expression=below)
        return Term(sql, "double", _quotient_unit(left, right), degree=degree)

    def _negative(self, node: exp.Expr) -> Term:
        term = self._number(node.this)
        micros = exp.Neg(this=bracket(term.micros)) if term.micros is not None else None
        number = -term.number if term.number is not None else None
        return replace(term, sql=exp.Neg(this=bracket(term.sql)), micros=micros, number=number)

    def _abs(self, node: exp.Expr) -> Term:
        term = self._number(node.this)
        micros = exp.Abs(this=term.micros) if term.micros is not None else None
        return replace(term, sql=exp.Abs(this=term.sql), micros=micros, number=None)

    def _curve(self, node: exp.Expr) -> Term:
        """ln, exp and sqrt: NULL where the engine would raise."""
        term = self._number(node.this)
        inside = as_double(term.sql)
        zero = exp.Literal.number("0")
        if isinstance(node, exp.Ln):
            inside = case(binary(exp.GT, inside, zero), inside)
        elif isinstance(node, exp.Sqrt):
            inside = case(binary(exp.GTE, inside, zero), inside)
        return Term(type(node)(this=inside), "double", degree=0 if term.degree == 0 else None)

    # comparison and logic

    def _compare(self, node: exp.Expr) -> Term:
        left, right = self.lower(node.this), self.lower(node.expression)
        return self._compared(type(node), left, right)

    def _compared(self, kind: type[exp.Expr], left: Term, right: Term) -> Term:
        left, right = self._alike(left, right)
        unit = _common_unit(left, right, "compare") if left.is_number and right.is_number else None
        a, b = left.sql, right.sql
        if unit in MICROSECONDS:
            exact_a, exact_b = left.in_micros(unit), right.in_micros(unit)
            a, b = (exact_a, exact_b) if exact_a is not None and exact_b is not None else (a, b)
        return Term(binary(kind, a, b), "boolean")  # type: ignore[arg-type]

    def _alike(self, left: Term, right: Term) -> tuple[Term, Term]:
        """Both sides in one type: a text literal beside a time is read as a time."""
        left, right = self._as_time(left, right.type), self._as_time(right, left.type)
        if "null" in (left.type, right.type) or left.type == right.type:
            return left, right
        if left.is_number and right.is_number:
            return left, right
        if {left.type, right.type} == {"date", "timestamp"}:
            return self._to_date(left), self._to_date(right)
        raise mismatch(
            f"a {left.type} cannot be compared with a {right.type}",
            f"Cast one side, or compare with {_literal_of(left.type)}.",
        )

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

    def _both(self, node: exp.Expr) -> Term:
        left, right = self._condition(node.this), self._condition(node.expression)
        return Term(binary(type(node), left.sql, right.sql), "boolean")  # type: ignore[arg-type]

    def _not(self, node: exp.Expr) -> Term:
        return Term(exp.Not(this=bracket(self._condition(node.this).sql)), "boolean")

    def _is(self, node: exp.Expr) -> Term:
        if isinstance(node.expression, exp.Boolean):
            term = self._condition(node.this)
        elif isinstance(node.expression, exp.Null):
            term = self.lower(node.this)
        else:
            raise forbidden("is")
        return Term(exp.Is(this=bracket(term.sql), expression=node.expression.copy()), "boolean")

    def _in(self, node: exp.Expr) -> Term:
        left = self.lower(node.this)
        tests = [self._compared(exp.EQ, left, self.lower(item)).sql for item in node.expressions]
        sql = disjunction(*tests)
        if sql is None:
            raise mismatch("`in` needs at least one value")
        return Term(sql, "boolean")

    def _like(self, node: exp.Expr) -> Term:
        left, pattern = self.lower(node.this), self.lower(node.expression)
        if left.type not in ("text", "null") or not isinstance(pattern.sql, exp.Literal):
            raise mismatch("`like` compares a text column with a text in quotes")
        return Term(type(node)(this=bracket(left.sql), expression=pattern.sql), "boolean")

    # choice

    def _case(self, node: exp.Expr) -> Term:
        operand = self.lower(node.this) if node.this is not None else None
        branches = [(self._when(operand, one), self.lower(one.args["true"])) for one in node.args["ifs"]]
        default = node.args.get("default")
        otherwise = self.lower(default) if default is not None else Term(exp.Null(), "null")
        terms = self._same_type([then for _, then in branches] + [otherwise])
        conditions = [condition for condition, _ in branches]
        return _merged(terms, lambda values: exp.Case(
            ifs=[exp.If(this=c.copy(), true=v.copy()) for c, v in zip(conditions, values, strict=False)],
            default=values[-1].copy(),
        ))  # fmt: skip

    def _when(self, operand: Term | None, one: exp.Expr) -> exp.Expr:
        if operand is None:
            return self._condition(one.this).sql
        return self._compared(exp.EQ, operand, self.lower(one.this)).sql

    def _coalesce(self, node: exp.Expr) -> Term:
        terms = self._same_type([self.lower(node.this), *map(self.lower, node.expressions)])
        return _merged(terms, lambda values: exp.Coalesce(this=values[0], expressions=list(values[1:])))

    def _extreme(self, node: exp.Expr) -> Term:
        """greatest and least: NULL if any argument is, as everywhere else in SQL; engines differ here."""
        terms = self._same_type([self.lower(node.this), *map(self.lower, node.expressions)])
        unknown = disjunction(*(is_null(t.sql) for t in terms))
        assert unknown is not None, "an extreme has at least one argument"
        kind = type(node)
        return _merged(terms, lambda values: case(unknown, exp.Null(), kind(
            this=values[0].copy(), expressions=[v.copy() for v in values[1:]], ignore_nulls=True
        )))  # fmt: skip

    def _nullif(self, node: exp.Expr) -> Term:
        left, right = self._same_type([self.lower(node.this), self.lower(node.expression)])
        same = self._compared(exp.EQ, left, right).sql
        micros = case(same, exp.Null(), left.micros) if left.micros is not None else None
        return replace(left, sql=case(same, exp.Null(), left.sql), micros=micros, number=None)

    def _same_type(self, terms: list[Term]) -> list[Term]:
        known = [t for t in terms if t.type != "null" and not isinstance(t.sql, exp.Literal)] or terms
        terms = [self._as_time(t, known[0].type) for t in terms]
        kinds = {"number" if t.is_number else t.type for t in terms if t.type != "null"}
        if len(kinds) > 1:
            raise mismatch(
                f"the parts are of different types: {', '.join(sorted(kinds))}", "Give all of them one type."
            )
        for other in terms[1:]:
            _common_unit(terms[0], other, "mix")
        return terms

    # text and time

    def _text(self, node: exp.Expr) -> Term:
        term = self.lower(node.this)
        if term.type not in ("text", "null"):
            raise mismatch(f"`{node.key}` takes a text, not a {term.type}", name=node.key)
        kind = "integer" if isinstance(node, exp.Length) else "text"
        return Term(type(node)(this=term.sql), kind)

    def _extract(self, node: exp.Expr) -> Term:
        part = node.this.name.lower()
        if part not in _EXTRACT:
            raise forbidden("extract", part)
        wall = self._wall(node.expression, "extract")
        number = exp.Extract(this=exp.Var(this=part), expression=wall)
        return Term(cast(number, "BIGINT"), "integer")

    def _date_trunc(self, node: exp.Expr) -> Term:
        unit = node.args["unit"].name.lower()
        if unit not in _TRUNC:
            raise forbidden("date_trunc", unit)
        day = cast(self._wall(node.this, "date_trunc"), "DATE")
        back, forward = self._shift(unit)
        cut = call("date_trunc", exp.Literal.string(unit), _moved(day, back))
        return Term(cast(_moved(cut, forward), "DATE"), "date")

    def _shift(self, unit: str) -> tuple[str, str]:
        """How far days move so that the engine's Monday weeks and January years become the project's."""
        almanac = self.scope.almanac
        if unit == "week":
            days = WEEKDAYS.index(almanac.week_starts)
            return (f"-{days} day", f"{days} day") if days else ("", "")
        months = almanac.fiscal_year_starts - 1
        if unit in ("quarter", "year") and months:
            return f"-{months} month", f"{months} month"
        return "", ""

    def _date_diff(self, node: exp.Expr) -> Term:
        unit_node = node.args.get("unit")
        unit = unit_node.name.lower() if unit_node is not None else ""
        if unit not in _DIFF:
            raise forbidden("date_diff", "date_diff")
        start, end = self._wall(node.expression, "date_diff"), self._wall(node.this, "date_diff")
        return Term(call("date_diff", exp.Literal.string(unit), start, end), "integer", _DIFF_UNITS.get(unit))

    def _wall(self, node: exp.Expr, what: str) -> exp.Expr:
        term = self.lower(node)
        if term.type == "text" and isinstance(term.sql, exp.Literal):
            term = self._time_literal(term.sql.name, "timestamp")
        if term.type not in ("date", "timestamp", "null"):
            raise mismatch(f"`{what}` takes a date or a timestamp, not a {term.type}", name=what)
        return self.scope.local(term.sql) if term.type == "timestamp" else term.sql

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
            raise mismatch(f"a {term.type} cannot be cast to {target}", "Use extract or `*_between`.")
        sql = try_cast(term.sql, SQL_TYPES[target])
        unit = term.unit if target in NUMERIC else None
        return Term(sql, target, unit, degree=term.degree)

    def _own(self, node: exp.Expr) -> Term:
        name = str(node.this)
        if name.endswith("_between"):
            return self._between(name, node.expressions)
        if name in BUSINESS:
            return self._business(name, node.expressions)
        raise forbidden(name)

    def _between(self, name: str, arguments: list[exp.Expr]) -> Term:
        if len(arguments) != 2:
            raise mismatch(f"`{name}` takes two timestamps", f"Write {name}(start, end).", name)
        ends = [call("epoch_us", self._instant(a, name)) for a in arguments]
        return duration(binary(exp.Sub, ends[1], ends[0]), name.removesuffix("_between"))

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
        return duration(binary(exp.Sub, ends[1], ends[0]), name.removeprefix("business_"))

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

    # what the others need

    def _number(self, node: exp.Expr) -> Term:
        term = self.lower(node)
        if not term.is_number:
            hint = "Use count_if or share for conditions." if term.type == "boolean" else "Cast it to a number."
            raise mismatch(
                f"{shown(node.sql(dialect='duckdb'))} is a {term.type}, not a number", hint, node.name or None
            )
        return term

    def _numbers(self, node: exp.Expr) -> tuple[Term, Term]:
        return self._number(node.this), self._number(node.expression)

    def _condition(self, node: exp.Expr) -> Term:
        return self.condition_of(self.lower(node), node)

    def condition_of(self, term: Term, node: exp.Expr) -> Term:
        """The term, if it is a condition. Raises FormulaError (type-mismatch)."""
        if term.type not in ("boolean", "null"):
            raise mismatch(
                f"{shown(node.sql(dialect='duckdb'))} is a {term.type}, not a condition",
                "Compare it with something.", node.name or None,
            )  # fmt: skip
        return term

    RULES: ClassVar[Mapping[type[exp.Expr], str]] = {
        exp.Column: "_column", exp.Literal: "_literal", exp.Boolean: "_boolean", exp.Null: "_null",
        exp.Add: "_sum", exp.Sub: "_sum", exp.Mul: "_product", exp.Div: "_quotient", exp.Neg: "_negative",
        exp.EQ: "_compare", exp.NEQ: "_compare", exp.LT: "_compare", exp.LTE: "_compare",
        exp.And: "_both", exp.Or: "_both", exp.Not: "_not", exp.Is: "_is", exp.In: "_in",
        exp.Like: "_like", exp.ILike: "_like", exp.Case: "_case", exp.Coalesce: "_coalesce",
        exp.Nullif: "_nullif", exp.Abs: "_abs", exp.Greatest: "_extreme", exp.Least: "_extreme",
        exp.Ln: "_curve", exp.Exp: "_curve", exp.Sqrt: "_curve", exp.Lower: "_text", exp.Upper: "_text",
        exp.Length: "_text", exp.Extract: "_extract", exp.TimestampTrunc: "_date_trunc",
        exp.DateTrunc: "_date_trunc", exp.DateDiff: "_date_diff", exp.Cast: "_cast", exp.Anonymous: "_own",
    }  # fmt: skip
    """The scalar part of the language: the method that lowers each node."""


def _merged(terms: list[Term], build: Callable[[list[exp.Expr]], exp.Expr]) -> Term:
    """One term out of several alternatives, in exact microseconds where all of them are."""
    known = next((t for t in terms if t.unit is not None), None)
    unit = known.unit if known else None
    kind = next((t.type for t in terms if t.type != "null"), "null")
    for term in terms:
        kind = _wider_type(kind, term.type)
    degree = terms[0].degree if len({t.degree for t in terms if t.number is None}) <= 1 else None
    if unit in MICROSECONDS:
        micros = [t.in_micros(unit) for t in terms]
        if all(m is not None for m in micros):
            return duration(build([m.copy() for m in micros if m is not None]), unit, degree)
    return Term(build([t.sql for t in terms]), kind, unit, degree=degree)


def _wider_type(one: str, other: str) -> str:
    if one in NUMERIC and other in NUMERIC:
        return NUMERIC[max(NUMERIC.index(one), NUMERIC.index(other))]
    return one


def _wider(left: Term, right: Term) -> str:
    kinds = [t.type for t in (left, right) if t.type in NUMERIC]
    return max(kinds, key=NUMERIC.index) if kinds else "null"


def _common_unit(left: Term, right: Term, verb: str) -> str | None:
    """The unit of both; a bare number takes the other's. Raises FormulaError (type-mismatch)."""
    if left.unit is None or right.unit is None or left.unit == right.unit:
        return left.unit or right.unit
    if {left.unit, right.unit} <= {"percent", "ratio"}:
        return "ratio"
    like = f"{left.unit}, for example with {left.unit}_between" if left.unit in MICROSECONDS else "one unit"
    raise mismatch(f"cannot {verb} {left.unit} and {right.unit}", f"Bring both to {like}.")


def _product_unit(left: Term, right: Term) -> str | None:
    """A share of something has its unit; other products are not followed."""
    if "ratio" in (left.unit, right.unit) and None not in (left.unit, right.unit):
        return left.unit if right.unit == "ratio" else right.unit
    return None


def _quotient_unit(left: Term, right: Term) -> str | None:
    """Like over like is a ratio; a duration or money per count keeps its unit."""
    if left.unit is None or right.unit is None:
        return None
    if left.unit == right.unit:
        return "ratio"
    keeps = left.unit in MICROSECONDS or is_currency(left.unit) or left.unit == "score"
    return left.unit if right.unit == "count" and keeps else None


def _typed(text: str, kind: str) -> exp.Expr:
    return cast(exp.Literal.string(text), kind)


def _moved(day: exp.Expr, by: str) -> exp.Expr:
    if not by:
        return day
    number, unit = by.split()
    return exp.Add(this=day.copy(), expression=exp.Interval(this=exp.Literal.string(number), unit=exp.Var(this=unit)))


def _literal_of(kind: str) -> str:
    return {"text": "a text in quotes", "boolean": "true or false", "date": "a date in quotes",
            "timestamp": "a time in quotes"}.get(kind, "a number")  # fmt: skip


__all__ = ["CAST_TYPES", "SQL_TYPES", "Scalars", "conjunction", "mismatch", "not_null"]
