"""Scalar expressions: each node is checked for type and unit, and lowered to SQL that means the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from sqlglot import exp

from ...model.quoting import plain_or, shown
from ...model.record import replace
from ...model.unit import MICROSECONDS
from ..sql.errors import mismatch
from ..sql.spelling import as_written
from ..sql.typed_sql import Term, as_double, binary, bracket, case, disjunction, duration, is_null
from .syntax import forbidden
from .times import Times
from .units import common_unit, merged, number_type, product_unit, quotient_unit

_MOMENTS = ("date", "timestamp")


class Scalars(Times):
    """Lowers scalar nodes. What a column or an aggregate is, its two children say: rows and finals."""

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
        left, right = self._summands(node)
        unit = common_unit(left, right, "add" if isinstance(node, exp.Add) else "subtract")
        kind: type[exp.Binary] = type(node)  # type: ignore[assignment]
        degree = left.degree if left.degree == right.degree else None
        if unit in MICROSECONDS:
            a, b = left.in_micros(unit), right.in_micros(unit)
            if a is not None and b is not None:
                return duration(binary(kind, a, b), unit, degree)
        hundredfold = left.hundredfold or right.hundredfold
        sql = binary(kind, left.sql, right.sql)
        return Term(sql, number_type(left, right), unit, degree=degree, hundredfold=hundredfold)

    def _product(self, node: exp.Expr) -> Term:
        left, right = self._numbers(node)
        degree = None if left.degree is None or right.degree is None else left.degree + right.degree
        unit = product_unit(left, right)
        hundred = {left.number, right.number} & {Fraction(100)} and "percent" in (left.unit, right.unit)
        sql = binary(exp.Mul, left.sql, right.sql)
        return Term(sql, number_type(left, right), unit, degree=degree, hundredfold=bool(hundred))

    def _quotient(self, node: exp.Expr) -> Term:
        left, right = self._numbers(node)
        degree = None if left.degree is None or right.degree is None else left.degree - right.degree
        # x / 0 is NULL on every engine; `/` is double division.
        below = exp.Nullif(this=as_double(right.sql), expression=exp.Literal.number("0"))
        sql = exp.Div(this=as_double(left.sql), expression=below)
        return Term(sql, "double", quotient_unit(left, right), degree=degree)

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
        unit = common_unit(left, right, "compare") if left.is_number and right.is_number else None
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
        tests = [self._compared(exp.EQ, left, self.lower(value)).sql for value in node.expressions]
        sql = disjunction(*tests)
        if sql is None:
            raise mismatch("`in` needs at least one value")
        return Term(sql, "boolean")

    def _like(self, node: exp.Expr) -> Term:
        left, pattern = self.lower(node.this), self.lower(node.expression)
        if left.type not in ("text", "null") or not isinstance(pattern.sql, exp.Literal):
            raise mismatch("`like` needs a text column and a text in quotes")
        return Term(type(node)(this=bracket(left.sql), expression=pattern.sql), "boolean")

    # choice

    def _case(self, node: exp.Expr) -> Term:
        operand = self.lower(node.this) if node.this is not None else None
        branches = [(self._when(operand, branch), self.lower(branch.args["true"])) for branch in node.args["ifs"]]
        default = node.args.get("default")
        otherwise = self.lower(default) if default is not None else Term(exp.Null(), "null")
        terms = self._same_type([then for _, then in branches] + [otherwise])
        conditions = [condition for condition, _ in branches]
        return merged(terms, lambda values: exp.Case(
            ifs=[exp.If(this=c.copy(), true=v.copy()) for c, v in zip(conditions, values, strict=False)],
            default=values[-1].copy(),
        ))  # fmt: skip

    def _when(self, operand: Term | None, branch: exp.Expr) -> exp.Expr:
        if operand is None:
            return self._condition(branch.this).sql
        return self._compared(exp.EQ, operand, self.lower(branch.this)).sql

    def _coalesce(self, node: exp.Expr) -> Term:
        terms = self._same_type([self.lower(node.this), *map(self.lower, node.expressions)])
        return merged(terms, lambda values: exp.Coalesce(this=values[0], expressions=list(values[1:])))

    def _extreme(self, node: exp.Expr) -> Term:
        """greatest and least: NULL if any argument is, as everywhere else in SQL; engines differ here."""
        terms = self._same_type([self.lower(node.this), *map(self.lower, node.expressions)])
        unknown = disjunction(*(is_null(t.sql) for t in terms))
        assert unknown is not None, "an extreme has at least one argument"
        kind = type(node)
        return merged(terms, lambda values: case(unknown, exp.Null(), kind(
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
            raise mismatch(f"the values have different types: {', '.join(sorted(kinds))}", "Cast them to one type.")
        for other in terms[1:]:
            common_unit(terms[0], other, "mix")
        return terms

    # text

    def _text(self, node: exp.Expr) -> Term:
        term = self.lower(node.this)
        if term.type not in ("text", "null"):
            raise mismatch(f"`{node.key}` takes a text, not a {term.type}", name=node.key)
        kind = "integer" if isinstance(node, exp.Length) else "text"
        return Term(type(node)(this=term.sql), kind)

    # what the others need

    def _summands(self, node: exp.Expr) -> tuple[Term, Term]:
        """Two numbers. The difference of two times has a function of its own."""
        left, right = self.lower(node.this), self.lower(node.expression)
        if isinstance(node, exp.Sub) and left.type in _MOMENTS and right.type in _MOMENTS:
            start, end = (plain_or(as_written(side), "…") for side in (node.expression, node.this))
            raise mismatch(
                "two times cannot be subtracted",
                f"Write hours_between({start}, {end}), or seconds_between, minutes_between or days_between.",
                node.this.name or None,
            )
        return self._number_of(left, node.this), self._number_of(right, node.expression)

    def _number(self, node: exp.Expr) -> Term:
        return self._number_of(self.lower(node), node)

    def _number_of(self, term: Term, node: exp.Expr) -> Term:
        if not term.is_number:
            hint = "Use count_if or share for conditions." if term.type == "boolean" else "Cast it to a number."
            raise mismatch(f"{shown(as_written(node))} is a {term.type}, not a number", hint, node.name or None)
        return term

    def _numbers(self, node: exp.Expr) -> tuple[Term, Term]:
        return self._number(node.this), self._number(node.expression)

    def _condition(self, node: exp.Expr) -> Term:
        return self.condition_of(self.lower(node), node)

    def condition_of(self, term: Term, node: exp.Expr) -> Term:
        """The term, if it is a condition. Raises FormulaError (type-mismatch)."""
        if term.type not in ("boolean", "null"):
            raise mismatch(
                f"{shown(as_written(node))} is a {term.type}, not a condition",
                "Compare it with something.", node.name or None,
            )  # fmt: skip
        return term

    RULES: ClassVar[Mapping[type[exp.Expr], str]] = {
        **Times.RULES,
        exp.Column: "_column", exp.Literal: "_literal", exp.Boolean: "_boolean", exp.Null: "_null",
        exp.Add: "_sum", exp.Sub: "_sum", exp.Mul: "_product", exp.Div: "_quotient", exp.Neg: "_negative",
        exp.EQ: "_compare", exp.NEQ: "_compare", exp.LT: "_compare", exp.LTE: "_compare",
        exp.And: "_both", exp.Or: "_both", exp.Not: "_not", exp.Is: "_is", exp.In: "_in",
        exp.Like: "_like", exp.ILike: "_like", exp.Case: "_case", exp.Coalesce: "_coalesce",
        exp.Nullif: "_nullif", exp.Abs: "_abs", exp.Greatest: "_extreme", exp.Least: "_extreme",
        exp.Ln: "_curve", exp.Exp: "_curve", exp.Sqrt: "_curve", exp.Lower: "_text", exp.Upper: "_text",
        exp.Length: "_text",
    }  # fmt: skip
    """The scalar part of the language: the method that lowers each node."""


def _literal_of(kind: str) -> str:
    return {"text": "a text in quotes", "boolean": "true or false", "date": "a date in quotes",
            "timestamp": "a time in quotes"}.get(kind, "a number")  # fmt: skip
