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


ANY = "any"
"""The form of a column that is a duration by its type: whatever the cell is written in, if it can mean but one."""
_FIVE_DAYS, _SEVEN_DAYS = 5, 7


def duration_cell(
    raw: exp.Expr, form: str, unit: str, day: int | None = None, number: exp.Expr | None = None
) -> exp.Expr:
    """The cell, written in the form that a column's `duration` names, as a double of `unit`.

    `-1:30` in H:MM is -90 minutes; 1970-01-01 02:30:00 after the epoch is 150. `day` is how long a day is, in
    microseconds; `number` is the cell as a plain number, where it is one.
    """
    if form == ANY:
        text = exp.Lower(this=exp.Trim(this=try_cast(raw, "VARCHAR")))
        plain = _number(number if number is not None else text, MICROSECONDS[unit], MICROSECONDS[unit])
        return exp.Coalesce(this=plain, expressions=[_spelt(text, shape, unit) for shape in _any_shapes(day)])
    text = exp.Lower(this=exp.Trim(this=try_cast(raw, "VARCHAR")))
    if form in _NUMBERS:
        return _number(text, _NUMBERS[form], MICROSECONDS[unit])
    if form == "epoch":
        moment = try_cast(text, "TIMESTAMP")
        return case(_matches(exp.Upper(this=text), _EPOCH), scaled(Micros(expressions=[moment]), unit))
    shape = _SHAPES[form]
    parts = tuple((part, day if day and micros == _DAY else micros) for part, micros in shape.parts)
    return _spelt(text, Shape(shape.whole, parts), unit)


def _any_shapes(day: int | None) -> tuple[Shape, ...]:
    """The shapes of words, clocks and ISO 8601; with days and weeks only where it is said how long a day is."""
    amount = r"\d{1,9}(?:\.\d{1,6})?"
    week = day and day * (_SEVEN_DAYS if day == _DAY else _FIVE_DAYS)
    days = {"w": week, "d": day} if day and week else {}
    lengths: dict[str, int] = {**days, "h": _HOUR, "m": _MINUTE, "s": _SECOND}
    parts = tuple((rf"(\d+(?:\.\d+)?) *{sign}", micros) for sign, micros in lengths.items())
    words = "".join(rf"({amount} *{_WORDS[sign]})?[ ,]*" for sign in lengths)
    dates = "".join(rf"({amount}{sign})?" for sign in days)
    iso = rf"[+-]?p(?:{dates})(?:t({amount}h)?({amount}m)?({amount}s)?)?"
    clock_parts = (*parts[: len(days)], *_CLOCK)
    before = rf"(?:{amount} *{_WORDS['d']},? +)?" if days else ""
    return (
        Shape(rf"[+-]? *{words}", parts), Shape(iso, parts),
        Shape(rf"[+-]? *{before}\d{{1,9}}:[0-5]\d(?::[0-5]\d(?:\.\d{{1,6}})?)?", clock_parts),
    )  # fmt: skip


_WORDS = {
    "w": "w(eeks?|ks?)?", "d": "d(ays?)?", "h": "h(ours?|rs?)?", "m": "m(in(utes?|s)?)?", "s": "s(ec(onds?|s)?)?",
}  # fmt: skip
_CLOCK = ((r"(\d+):", _HOUR), (r":(\d+)", _MINUTE), (r":\d+:(\d+(?:\.\d+)?)$", _SECOND))


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
        count = exp.Coalesce(this=try_cast(digits, _counted(pattern)), expressions=[exp.Literal.number(0)])
        part = exp.Mul(this=count, expression=exp.Literal.number(micros))
        total = part if total is None else exp.Add(this=total, expression=part)
    assert total is not None, "every shape has parts"
    is_negative = exp.StartsWith(this=text, expression=exp.Literal.string("-"))
    signed = case(is_negative, exp.Neg(this=exp.Paren(this=total)), total)
    fits = exp.And(this=_matches(text, shape.whole), expression=_matches(text, r".*\d.*"))
    return case(fits, scaled(signed, unit))


def _counted(pattern: str) -> str:
    """The type of the numbers that a pattern finds."""
    return "DECIMAL(18, 6)" if r"\." in pattern else "BIGINT"


def _matches(text: exp.Expr, pattern: str) -> exp.Expr:
    return FullyMatches(expressions=[text, exp.Literal.string(pattern)])
