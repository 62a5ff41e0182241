"""The type and unit of a term that is made of others."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from ...model.unit import MICROSECONDS, is_currency
from ..sql.errors import mismatch
from ..sql.typed_sql import NUMERIC, Term, duration


def merged(terms: list[Term], build: Callable[[list[exp.Expr]], exp.Expr]) -> Term:
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


def _wider_type(left: str, right: str) -> str:
    if left in NUMERIC and right in NUMERIC:
        return NUMERIC[max(NUMERIC.index(left), NUMERIC.index(right))]
    return left


def number_type(left: Term, right: Term) -> str:
    """The type of what two numbers make: the wider of both."""
    kinds = [t.type for t in (left, right) if t.type in NUMERIC]
    return max(kinds, key=NUMERIC.index) if kinds else "null"


def common_unit(left: Term, right: Term, verb: str) -> str | None:
    """The unit of both; a bare number takes the other's. Raises FormulaError (type-mismatch)."""
    if left.unit is None or right.unit is None or left.unit == right.unit:
        return left.unit or right.unit
    if {left.unit, right.unit} <= {"percent", "ratio"}:
        return "ratio"
    like = f"{left.unit}, for example with {left.unit}_between" if left.unit in MICROSECONDS else "one unit"
    raise mismatch(f"cannot {verb} {left.unit} and {right.unit}", f"Convert both to {like}.")


def product_unit(left: Term, right: Term) -> str | None:
    """A share of something has its unit; other products are not followed."""
    if "ratio" in (left.unit, right.unit) and None not in (left.unit, right.unit):
        return left.unit if right.unit == "ratio" else right.unit
    return None


def quotient_unit(left: Term, right: Term) -> str | None:
    """Like over like is a ratio; a duration or money per count keeps its unit."""
    if left.unit is None or right.unit is None:
        return None
    if left.unit == right.unit:
        return "ratio"
    keeps = left.unit in MICROSECONDS or is_currency(left.unit) or left.unit == "score"
    return left.unit if right.unit == "count" and keeps else None
