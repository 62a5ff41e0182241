"""A length of time as a source writes it → a number of a unit, or NULL where the cell is none. Signs are kept."""

from __future__ import annotations

from sqlglot import exp

from ...model.record import Record
from ...model.unit import MICROSECONDS
from ..sql.operations import FullyMatches, IsFinite, MatchedPart, Micros
from ..sql.typed_sql import case, scaled, try_cast

_NUMBERS = {"milliseconds": 1000, **MICROSECONDS}
_HOUR, _MINUTE, _SECOND, _DAY = (MICROSECONDS[u] for u in ("hours", "minutes", "seconds", "days"))
_EPOCH = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}"


class Shape(Record):
    """How a duration is spelt: the whole cell's pattern, and each part's with its microseconds."""

    whole: str
    parts: tuple[tuple[str, int], ...]


# Nine digits of anything stay far below the largest integer.
_SHAPES = {
    "H:MM": Shape(r"[+-]?\d{1,9}:[0-5]\d", ((r"(\d+):", _HOUR), (r":(\d+)", _MINUTE))),
    "H:MM:SS": Shape(
        r"[+-]?\d{1,9}:[0-5]\d:[0-5]\d", ((r"^[+-]?(\d+):", _HOUR), (r":(\d+):", _MINUTE), (r":(\d+)$", _SECOND))
    ),
    "words": Shape(
        r"[+-]? *(\d{1,6} *d(ays?)?)?[ ,]*(\d{1,9} *h(ours?)?)?[ ,]*"
        r"(\d{1,9} *m(in(utes?)?)?)?[ ,]*(\d{1,9} *s(ec(onds?)?)?)?",
        ((r"(\d+) *d", _DAY), (r"(\d+) *h", _HOUR), (r"(\d+) *m", _MINUTE), (r"(\d+) *s", _SECOND)),
    ),
}  # fmt: skip


def duration_cell(raw: exp.Expr, form: str, unit: str) -> exp.Expr:
    """The cell, written in the form that a column's `duration` names, as a double of `unit`.

    `-1:30` in H:MM is -90 minutes; 1970-01-01 02:30:00 after the epoch is 150.
    """
    text = exp.Lower(this=exp.Trim(this=try_cast(raw, "VARCHAR")))
    if form in _NUMBERS:
        return _number(text, _NUMBERS[form], MICROSECONDS[unit])
    if form == "epoch":
        moment = try_cast(text, "TIMESTAMP")
        return case(_matches(exp.Upper(this=text), _EPOCH), scaled(Micros(expressions=[moment]), unit))
    return _spelt(text, _SHAPES[form], unit)


def _number(text: exp.Expr, micros: int, per: int) -> exp.Expr:
    """One multiplication or one division, so that it is rounded once."""
    number = try_cast(text, "DOUBLE")
    if micros == per:
        moved: exp.Expr = number
    elif micros > per:
        moved = exp.Mul(this=number, expression=exp.Literal.number(micros // per))
    else:
        moved = exp.Div(this=number, expression=exp.Literal.number(per // micros))
    # Text may spell infinity or not-a-number: neither is a duration.
    return case(IsFinite(expressions=[number]), moved)


def _spelt(text: exp.Expr, shape: Shape, unit: str) -> exp.Expr:
    total: exp.Expr | None = None
    for pattern, micros in shape.parts:
        digits = MatchedPart(expressions=[text, exp.Literal.string(pattern), exp.Literal.number(1)])
        count = exp.Coalesce(this=try_cast(digits, "BIGINT"), expressions=[exp.Literal.number(0)])
        part = exp.Mul(this=count, expression=exp.Literal.number(micros))
        total = part if total is None else exp.Add(this=total, expression=part)
    assert total is not None, "every shape has parts"
    is_negative = exp.StartsWith(this=text, expression=exp.Literal.string("-"))
    signed = case(is_negative, exp.Neg(this=exp.Paren(this=total)), total)
    fits = exp.And(this=_matches(text, shape.whole), expression=_matches(text, r".*\d.*"))
    return case(fits, scaled(signed, unit))


def _matches(text: exp.Expr, pattern: str) -> exp.Expr:
    return FullyMatches(expressions=[text, exp.Literal.string(pattern)])
