"""Text → checked tree: the text gate, sqlglot's parse, the allow-list. Nothing else of an author's text survives."""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections.abc import Callable

from sqlglot import exp
from sqlglot.errors import SqlglotError

from ...model.quoting import shown
from ..sql.errors import FormulaError
from ..sql.spelling import parsed
from .functions import instead_of

MAX_LENGTH = 4_000
MAX_BRACKETS = 32
MAX_SUBSCRIPTS = 64
MAX_DEPTH = 120
MAX_DIGITS = 400

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?")
# What the parser cannot make a statement of it logs, in the author's words; a finding says it in ours.
logging.getLogger("sqlglot").disabled = True

_FLAGS = {"big_int", "ignore_nulls", "date_part_boundary", "safe", "negate", "nested", "quoted", "is_string"}
"""Arguments that sqlglot sets by itself and that our rendering does not read or reads as plain flags."""

ALLOWED: dict[type[exp.Expr], frozenset[str]] = {
    kind: frozenset(arguments.split())
    for kind, arguments in {
        # leaves
        exp.Column: "this", exp.Identifier: "this", exp.Literal: "this", exp.Boolean: "this",
        exp.Null: "", exp.Star: "", exp.Var: "this", exp.DataType: "this expressions",
        exp.DataTypeParam: "this", exp.Paren: "this",
        # arithmetic, comparison, boolean
        exp.Add: "this expression", exp.Sub: "this expression", exp.Mul: "this expression",
        exp.Div: "this expression typed", exp.Neg: "this",
        exp.EQ: "this expression", exp.NEQ: "this expression", exp.GT: "this expression",
        exp.GTE: "this expression", exp.LT: "this expression", exp.LTE: "this expression",
        exp.And: "this expression", exp.Or: "this expression", exp.Not: "this",
        exp.Is: "this expression", exp.In: "this expressions", exp.Between: "this low high",
        exp.Like: "this expression", exp.ILike: "this expression",
        # choice and scalars
        exp.Case: "this ifs default", exp.If: "this true false", exp.Coalesce: "this expressions",
        exp.Nullif: "this expression", exp.Abs: "this", exp.Greatest: "this expressions",
        exp.Least: "this expressions", exp.Ln: "this", exp.Exp: "this", exp.Sqrt: "this",
        exp.Lower: "this", exp.Upper: "this", exp.Length: "this",
        exp.Extract: "this expression", exp.TimestampTrunc: "this unit", exp.DateTrunc: "this unit",
        exp.DateDiff: "this expression unit", exp.Cast: "this to", exp.TryCast: "this to",
        # aggregates
        exp.Count: "this", exp.Distinct: "expressions", exp.Sum: "this", exp.Avg: "this",
        exp.Min: "this", exp.Max: "this", exp.Median: "this",
        exp.PercentileCont: "this expression", exp.PercentileDisc: "this expression",
        exp.WithinGroup: "this expression", exp.Order: "expressions",
        exp.Ordered: "this desc nulls_first", exp.CountIf: "this", exp.LogicalAnd: "this",
        exp.LogicalOr: "this", exp.Stddev: "this", exp.StddevSamp: "this", exp.StddevPop: "this",
        exp.Variance: "this", exp.VariancePop: "this",
        exp.Filter: "this expression", exp.Where: "this",
        exp.ApproxDistinct: "this", exp.ApproxQuantile: "this quantile",
        exp.Anonymous: "this expressions",
    }.items()
}  # fmt: skip
"""What may stand in a formula, and with which arguments. All else is forbidden."""

OWN_FUNCTIONS = frozenset(
    {"share", "seconds_between", "minutes_between", "hours_between", "days_between",
     "business_minutes", "business_hours", "overlap_minutes", "overlap_hours", "previous", "year_ago", "baseline"}
)  # fmt: skip
"""Functions of the formula language that SQL does not have."""


def parse(text: str, prepare: Callable[[exp.Expr], exp.Expr] = lambda tree: tree) -> exp.Expr:
    """The tree of one SQL expression. Raises FormulaError (formula-syntax, forbidden-function).

    `prepare` takes out what only one kind of expression may hold, before the allow-list sees the tree.
    """
    _guard(text)
    try:
        statements = parsed(text)
    except (SqlglotError, RecursionError, ValueError) as error:
        raise FormulaError("formula-syntax", _plain(error), "Write one SQL expression.") from None
    if len(statements) != 1 or statements[0] is None:
        raise FormulaError("formula-syntax", "expected one SQL expression", "Write one expression, without `;`.")
    tree = prepare(statements[0])
    _check_allowed(tree)
    return tree


_ASIDE = re.compile(r"""'[^']*'|"[^"]*"|--[^\n]*|/\*.*?\*/""", re.DOTALL)
"""Texts, names in quotes and comments: what brackets stand in them are none of the expression's."""


def _guard(text: str) -> None:
    """Refuse what could hang or deceive the parser before it sees it."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            "formula-syntax",
            f"the expression is longer than {MAX_LENGTH} characters",
            "Split it into several shorter ones.",
        )
    for character in text:
        if character not in "\n\t " and unicodedata.category(character) in (
            "Cc",
            "Cf",
            "Cs",
            "Zl",
            "Zp",
            "Co",
        ):
            raise FormulaError(
                "formula-syntax", f"the expression contains an invisible character, U+{ord(character):04X}",
                "Delete the line and type it again.",
            )  # fmt: skip
    if text.count("[") > MAX_SUBSCRIPTS:
        raise FormulaError("formula-syntax", f"more than {MAX_SUBSCRIPTS} square brackets stand here", "Split it.")
    depth = 0
    for character in _ASIDE.sub("", text):
        depth += (character in "([{") - (character in ")]}")
        if depth > MAX_BRACKETS:
            raise FormulaError(
                "formula-syntax",
                f"brackets are nested more than {MAX_BRACKETS} deep",
                "Split it into several shorter ones.",
            )
    if depth > 0:
        raise FormulaError("formula-syntax", "a bracket is opened and not closed", "Write the closing bracket.")


def _plain(error: Exception) -> str:
    """A parser's words without terminal escapes, first line only."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()
    where = re.search(r"Line (\d+), Col: (\d+)", text[0]) if text else None
    near = text[1].strip() if len(text) > 1 else ""
    message = re.sub(r"\. Line \d+, Col: \d+\.?", "", text[0]) if text else "unreadable"
    location = f" at line {where[1]}, column {where[2]}" if where else ""
    return f"the expression cannot be read{location}: {message}" + (f" near `{near[:80]}`" if near else "")


def _check_allowed(tree: exp.Expr) -> None:
    """Walk the tree with a stack, so that no depth of it can exhaust ours."""
    stack: list[tuple[exp.Expr, int]] = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise FormulaError(
                "formula-syntax",
                f"the expression is nested more than {MAX_DEPTH} levels deep",
                "Split it into several shorter ones.",
            )
        _check_node(node)
        stack.extend((child, depth + 1) for child in node.iter_expressions())


def _check_node(node: exp.Expr) -> None:
    allowed = ALLOWED.get(type(node))
    if allowed is None:
        raise forbidden(_name(node))
    if any(node.arg_types.get(argument) and node.args.get(argument) is None for argument in allowed):
        raise FormulaError("formula-syntax", f"`{_name(node)}` lacks an argument", "Write what it is of.", _name(node))
    for argument, value in node.args.items():
        if value not in (None, False, []) and argument not in allowed and argument not in _FLAGS:
            raise forbidden(f"{_name(node)} with `{argument}`", _name(node))
    if isinstance(node, exp.Literal) and not node.is_string:
        _check_number(node.name)
    if isinstance(node, exp.Anonymous):
        _check_own(str(node.this).lower())


def _check_number(text: str) -> None:
    """A number is one that an engine can hold: finite, and not so small that it would be zero."""
    if _NUMBER.fullmatch(text) and len(text) <= MAX_DIGITS:
        value = float(text)
        if math.isfinite(value) and (value or not re.search("[1-9]", re.split("[eE]", text)[0])):
            return
    raise FormulaError(
        "formula-syntax", f"{shown(text)} is no number that can be reckoned with",
        f"Write digits, a point and an exponent: at most {MAX_DIGITS} characters, and less than 1e308.", text,
    )  # fmt: skip


def _check_own(name: str) -> None:
    if name not in OWN_FUNCTIONS:
        raise forbidden(name)


def forbidden(what: str, name: str | None = None) -> FormulaError:
    """The error for something outside the language."""
    return FormulaError(
        "forbidden-function",
        f"{shown(what)} is not part of the formula language",
        instead_of(name or what),
        name or what,
    )


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous):
        return node.sql_name().lower()
    if isinstance(node, exp.Window):
        return "over"
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else node.key
