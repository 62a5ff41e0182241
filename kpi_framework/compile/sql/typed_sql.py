"""What an expression is known to be: its SQL, its type, its unit, and its exact microseconds if it is a duration.

Lowered trees share their nodes: nothing changes a node once it is made, and rendering copies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

from sqlglot import exp

from ...model.record import Record, replace
from ...model.unit import MICROSECONDS
from ..sql.size import LEAF, Size

NUMERIC = ("integer", "decimal", "double")
_CHAIN = 16
"""More conditions than this are joined as a tree of pairs: engines count how deep they stand."""
_PLAIN = (exp.Column, exp.Literal, exp.Func, exp.Cast, exp.Null, exp.Boolean, exp.Paren, exp.Case)


class Term(Record):
    """A lowered expression.

    `sql` is the tree the engine runs. `micros`, for a duration, is the same value as a whole number of
    microseconds, so that sums are exact. `number` is set for a literal. `degree` says how the value grows
    with the length of time: 1 for a sum or count, 0 for an average, None if it cannot be said.
    """

    sql: exp.Expr
    type: str
    unit: str | None = None
    micros: exp.Expr | None = None
    number: Fraction | None = None
    degree: int | None = 0
    personal: str | None = None
    size: Size = LEAF
    hundredfold: bool = False
    """A share times a hundred: right as a score, wrong as a percent."""

    @property
    def is_number(self) -> bool:
        """It can be reckoned with."""
        return self.type in (*NUMERIC, "null")

    def in_micros(self, unit: str) -> exp.Expr | None:
        """The term as microseconds where that is exact: itself, NULL, or a plain number of `unit`."""
        if self.type == "null":
            return exp.Null()
        if self.unit == unit and self.micros is not None:
            return self.micros
        if self.number is None or self.unit is not None:
            return None
        scaled = self.number * MICROSECONDS[unit]
        return exp.Literal.number(str(scaled)) if scaled.denominator == 1 and scaled >= 0 else None

    def with_sql(self, sql: exp.Expr) -> Term:
        """The same knowledge about another tree."""
        return replace(self, sql=sql)


def duration(micros: exp.Expr, unit: str, degree: int | None = 0) -> Term:
    """A duration in `unit`, from whole microseconds."""
    return Term(scaled(micros, unit), "double", unit, micros, degree=degree)


def scaled(micros: exp.Expr, unit: str) -> exp.Expr:
    """Microseconds as a double of `unit`."""
    per = exp.Literal.number(str(MICROSECONDS[unit]))
    return exp.Div(this=as_double(micros), expression=per)


def as_double(sql: exp.Expr) -> exp.Expr:
    """The value as a double."""
    return cast(sql, "DOUBLE")


def cast(sql: exp.Expr, kind: str) -> exp.Expr:
    """`CAST(sql AS kind)`."""
    return exp.Cast(this=sql, to=data_type(kind))


def try_cast(sql: exp.Expr, kind: str) -> exp.Expr:
    """`TRY_CAST(sql AS kind)`: NULL where the value is none of the kind."""
    return exp.TryCast(this=sql, to=data_type(kind))


@cache
def data_type(kind: str) -> exp.DataType:
    """A type by its name in standard SQL, as far as it has one: `BIGINT`, `DECIMAL(18, 6)`, `INT[]`."""
    plain = exp.DataType.Type.__members__.get(kind)
    return exp.DataType(this=plain) if plain is not None else exp.DataType.build(kind)


def bracket(sql: exp.Expr) -> exp.Expr:
    """Brackets around whatever could be read otherwise beside an operator."""
    return sql if isinstance(sql, _PLAIN) and not isinstance(sql, exp.Connector) else exp.Paren(this=sql)


def alias(sql: exp.Expr, name: str | exp.Identifier) -> exp.Expr:
    """`sql AS name`, over the same tree."""
    return exp.alias_(sql, name, copy=False)


def filtered(aggregate: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    """`aggregate FILTER (WHERE condition)`; the aggregate itself where there is no condition."""
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition)) if condition is not None else aggregate


def is_one_of(sql: exp.Expr, words: Sequence[str]) -> exp.Expr:
    """`sql IN ('a', 'b')`; false where there are no words."""
    if not words:
        return exp.Boolean(this=False)
    return exp.In(this=sql, expressions=[exp.Literal.string(word) for word in words])


def null(kind: str) -> exp.Expr:
    """`CAST(NULL AS kind)`."""
    return cast(exp.Null(), kind)


def binary(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """An operator between two bracketed operands."""
    return kind(this=bracket(left), expression=bracket(right))


def conjunction(*conditions: exp.Expr | None) -> exp.Expr | None:
    """All of the conditions; None where there is none."""
    return _joined(exp.And, conditions)


def disjunction(*conditions: exp.Expr | None) -> exp.Expr | None:
    """Any of the conditions; None where there is none."""
    return _joined(exp.Or, conditions)


def _joined(kind: type[exp.Connector], conditions: tuple[exp.Expr | None, ...]) -> exp.Expr | None:
    unique = tuple(dict.fromkeys(c for c in conditions if c is not None)) if len(conditions) > 1 else conditions
    if len(unique) > _CHAIN:
        middle = len(unique) // 2
        return _joined(kind, (_joined(kind, unique[:middle]), _joined(kind, unique[middle:])))
    joined: exp.Expr | None = None
    for condition in unique:
        joined = condition if joined is None or condition is None else binary(kind, joined, condition)
    return joined


def is_null(sql: exp.Expr) -> exp.Expr:
    """`x IS NULL`."""
    return exp.Is(this=bracket(sql), expression=exp.Null())


def not_null(sql: exp.Expr) -> exp.Expr:
    """`x IS NOT NULL`."""
    return exp.Not(this=is_null(sql))


def case(condition: exp.Expr, then: exp.Expr, default: exp.Expr | None = None) -> exp.Expr:
    """`CASE WHEN condition THEN then ELSE default END`."""
    return exp.Case(
        ifs=[exp.If(this=condition, true=then)],
        default=default,
    )


Lowering = Callable[[exp.Expr], Term]
