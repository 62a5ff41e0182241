"""A cell of a source → the moment that it spells: a wall time, or an instant, by the formats that its column has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlglot import exp

from ...model.months import MONTHS
from ..sql.operations import AsUtc, AtMicros, FullyMatches, MatchedPart, ReadTime, Replaced
from ..sql.typed_sql import binary, case, cast, is_one_of, try_cast
from .source_type import SourceType

_ISO = r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?"
_OFFSET = r"([Zz]|[+-]\d{2}(:?\d{2})?)"
_AWARE = "TIMESTAMP WITH TIME ZONE"
_MICRO = 1_000_000
_SINCE_1970 = {"epoch": _MICRO, "epoch_ms": 1_000}
"""Numbers since 1970: of what, in microseconds."""
_DAY_IN_MILLIS, _EXCEL_1970 = 86_400_000, 25_569
_FIRST_DAY, _LAST_DAY = 61, 2_958_466
"""Before March 1900 Excel counts a day that never was; after 9999 it counts none."""
_FIRST_MICRO, _LAST_MICRO = -62_135_596_800 * _MICRO, 253_402_300_800 * _MICRO - 1
_MONTH_SIGNS = ("%b", "%B", "%h")
_MONTH = rf"(?i)(?:^|[^\p{{L}}])((?:{'|'.join(sorted((n for m in MONTHS for n in m), key=len, reverse=True))})\.?)"
_AFTER_MONTH = r"(?:[^\p{L}0-9]|$)"
"""What may stand after a month, so that its dot is part of it only where the format has none."""


def is_number(form: str) -> bool:
    """Whether a format is not a text's but a number's."""
    return form in _SINCE_1970 or form == "excel"


def wall_time(raw: exp.Expr, native: SourceType, formats: tuple[str, ...]) -> exp.Expr | None:
    """The wall time a cell spells, NULL where it spells an offset; None where the source has instants."""
    if native is SourceType.INSTANT:
        return None
    if native is not SourceType.TEXT and not any(map(is_number, formats)):
        return try_cast(raw, "TIMESTAMP")
    text = raw if native is SourceType.TEXT else cast(raw.copy(), "VARCHAR")
    walls = [f for f in formats or ("iso",) if f not in _SINCE_1970 and "%z" not in f]
    return _first(_read(text, kind, list(group)) for kind, group in groupby(walls, _kind)) if walls else None


def instant_time(raw: exp.Expr, native: SourceType, formats: tuple[str, ...]) -> exp.Expr | None:
    """The instant, in UTC, that a cell spells by itself: with an offset, or since 1970; None where none can."""
    if native is SourceType.INSTANT:
        return AsUtc(expressions=[raw])
    if native is not SourceType.TEXT and not any(map(is_number, formats)):
        return None
    text = raw if native is SourceType.TEXT else cast(raw.copy(), "VARCHAR")
    aware = [f for f in formats or ("iso",) if f in _SINCE_1970 or f == "iso" or "%z" in f]
    return _first(_instant(text, kind, list(group)) for kind, group in groupby(aware, _kind)) if aware else None


def _kind(form: str) -> str:
    return form if form == "iso" or is_number(form) else "pattern"


def _first(times: Iterator[exp.Expr]) -> exp.Expr:
    first, *others = times
    return exp.Coalesce(this=first, expressions=others) if others else first


def _read(text: exp.Expr, kind: str, formats: Sequence[str]) -> exp.Expr:
    if kind == "iso":
        return case(_matches(text, _ISO), try_cast(text, "TIMESTAMP"))
    return _of_excel(text) if kind == "excel" else _by_patterns(text, formats)


def _instant(text: exp.Expr, kind: str, formats: Sequence[str]) -> exp.Expr:
    if kind == "iso":
        # The engine's cast drops an offset in silence: text with one goes by the type that keeps it.
        return case(_has_offset(text), AsUtc(expressions=[try_cast(text, _AWARE)]))
    return _since_1970(text, kind) if kind in _SINCE_1970 else AsUtc(expressions=[_by_patterns(text, formats)])


def _by_patterns(text: exp.Expr, formats: Sequence[str]) -> exp.Expr:
    """By the first pattern that fits; where none does, once more with the month's name as its number."""
    parsed = _parsed(text, formats)
    named = [f for f in formats if any(sign in f for sign in _MONTH_SIGNS)]
    if not named:
        return parsed
    numbered = [_with_numbers(f) for f in named]
    return exp.Coalesce(this=parsed, expressions=[_parsed(_numbered(text), numbered)])


def _parsed(text: exp.Expr, formats: Sequence[str]) -> exp.Expr:
    return ReadTime(expressions=[text.copy(), *(exp.Literal.string(f) for f in formats)])


def _with_numbers(form: str) -> str:
    for sign in _MONTH_SIGNS:
        form = form.replace(sign, "%m")
    return form


def _numbered(text: exp.Expr) -> exp.Expr:
    """The text with the name of a month, in any language that is known, as its number."""
    pattern = exp.Literal.string(_MONTH + _AFTER_MONTH)
    name = MatchedPart(expressions=[text.copy(), pattern, exp.Literal.number(1)])
    bare = Replaced(expressions=[exp.Lower(this=name.copy()), exp.Literal.string("."), exp.Literal.string("")])
    number = exp.Case(ifs=[
        exp.If(this=is_one_of(bare.copy(), names), true=exp.Literal.string(f"{month:02}"))
        for month, names in enumerate(MONTHS, 1)
    ])  # fmt: skip
    return Replaced(expressions=[text.copy(), name, number])


def _of_excel(text: exp.Expr) -> exp.Expr:
    """The wall time of a workbook's day number, to the millisecond: it holds no finer one."""
    days = try_cast(text.copy(), "DECIMAL(18, 11)")
    since = exp.Paren(this=exp.Sub(this=days, expression=exp.Literal.number(_EXCEL_1970)))
    millis = exp.Round(this=exp.Mul(this=since, expression=exp.Literal.number(_DAY_IN_MILLIS)))
    micros = exp.Mul(this=cast(millis, "BIGINT"), expression=exp.Literal.number(1_000))
    return case(_within(days, _FIRST_DAY, _LAST_DAY), AtMicros(expressions=[micros]))


def _since_1970(text: exp.Expr, kind: str) -> exp.Expr:
    number = try_cast(text.copy(), "DECIMAL(20, 6)")
    micros = exp.Mul(this=number, expression=exp.Literal.number(_SINCE_1970[kind]))
    return case(_within(micros, _FIRST_MICRO, _LAST_MICRO), AtMicros(expressions=[cast(micros.copy(), "BIGINT")]))


def _within(number: exp.Expr, first: int, last: int) -> exp.Expr:
    from_first = binary(exp.GTE, number.copy(), exp.Literal.number(first))
    return exp.And(this=from_first, expression=binary(exp.LT, number.copy(), exp.Literal.number(last)))


def _has_offset(text: exp.Expr) -> exp.Expr:
    return _matches(text, _ISO[:-1] + " ?" + _OFFSET)


def _matches(text: exp.Expr, pattern: str) -> exp.Expr:
    return FullyMatches(expressions=[text, exp.Literal.string(pattern)])
