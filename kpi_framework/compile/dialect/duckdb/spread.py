"""Variance and standard deviation: the same digits for any order of the rows and any number of threads."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from ...sql.typed_sql import binary, not_null
from .calls import called

Spelt = Callable[[exp.Expr], exp.Expr]


def spread(function: str, argument: exp.Expr) -> exp.Expr:
    """`var_samp`, `var_pop` or their roots of an argument; NULL cells have no part in it.

    The engine's own functions go through the rows as they come, and through each thread's part alone: where the
    mean is large beside the spread, their last digits are another order's. Here the values are sorted, moved by
    their median m, which takes no more than a rounding each, and summed without loss: with d = x - m,

        variance = (sum(d^2) - sum(d)^2 / n) / (n - k)

    The median lies within one standard deviation of the mean, so no more than a factor of three cancels: the
    relative error is at most 14 * 2^-53, 2e-15, while n is below 10^12, and the published ten digits are those of
    the exact variance. Equal values have a variance of exactly 0.
    """
    unbiased = exp.Literal.number(1 if function.endswith("samp") else 0)
    has_root = function.startswith("stddev")

    def variance(moved: exp.Expr) -> exp.Expr:
        squares = _sum(_each(moved, lambda d: binary(exp.Mul, d, d)))
        total, count = _sum(moved), called("len", moved)
        mean_square = binary(exp.Div, binary(exp.Mul, total, total), count)
        degrees = exp.Nullif(this=binary(exp.Sub, count, unbiased), expression=exp.Literal.number(0))
        value = binary(exp.Div, binary(exp.Sub, squares, mean_square), degrees)
        # Of squares too small for a double, the difference may be below 0 by a rounding.
        return called("sqrt", called("abs", value)) if has_root else value

    def from_median(values: exp.Expr) -> exp.Expr:
        middle = called("list_extract", values, _middle(values))
        return _let("moved", _each(values, lambda x: binary(exp.Sub, x, middle)), variance)

    return _let("sorted", _sorted(argument), from_median)


def _sorted(argument: exp.Expr) -> exp.Expr:
    """The values of the rows in their order, as a list; NULL where there are none."""
    order = exp.Order(this=argument.copy(), expressions=[exp.Ordered(this=argument.copy(), nulls_first=False)])
    known = exp.Where(this=not_null(argument))
    return exp.Filter(this=called("list", order), expression=known)


def _middle(values: exp.Expr) -> exp.Expr:
    """The place of the lower median, counted from 1."""
    more = exp.Paren(this=exp.Add(this=called("len", values), expression=exp.Literal.number(1)))
    return exp.IntDiv(this=more, expression=exp.Literal.number(2))


def _sum(values: exp.Expr) -> exp.Expr:
    """The sum of a list of doubles, without losing what is small."""
    return called("list_aggregate", values, exp.Literal.string("fsum"))


def _each(values: exp.Expr, body: Spelt) -> exp.Expr:
    """A list of what each value becomes."""
    return called("list_transform", values, _lambda("v", body))


def _let(name: str, value: exp.Expr, body: Spelt) -> exp.Expr:
    """What the body makes of a value that is computed once."""
    only = called("list_transform", exp.Array(expressions=[value]), _lambda(name, body))
    return called("list_extract", only, exp.Literal.number(1))


def _lambda(name: str, body: Spelt) -> exp.Expr:
    return exp.Lambda(this=body(exp.column(name)), expressions=[exp.to_identifier(name)], colon=True)
