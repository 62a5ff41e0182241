"""One cell of a source → one typed value, or NULL where it does not fit. Never by sniffing."""

from __future__ import annotations

from sqlglot import exp

from ..language.times import SQL_TYPES
from ..sql.operations import AsUtc, CutToMicros, FullyMatches, InstantOf, IsFinite, IsOddHour, of_zone
from ..sql.typed_sql import as_double, binary, case, cast, conjunction, disjunction, is_one_of, not_null, try_cast
from .source_type import SourceType
from .timestamps import instant_time, is_number, wall_time

_AS_THEY_ARE = (SourceType.TEXT, SourceType.BOOLEAN, SourceType.DATE, SourceType.INTEGER)
"""Types that need no look at their cells where a column has them already."""
_TRUE = ("true", "t", "yes", "y", "1")
_FALSE = ("false", "f", "no", "n", "0")


def typed_cell(
    raw: exp.Expr, native: SourceType, target: str, formats: tuple[str, ...], walled: exp.Expr | None
) -> exp.Expr:
    """The cell `raw` of the source type `native` as `target`; timestamps become instants in UTC.

    `native` is the source's own type: text for CSV and JSON. `walled` is the instant of the wall time that the
    cell spells; None where walls are read in UTC, or there are none.
    """
    if (native == target and native in _AS_THEY_ARE) or (target == "integer" and native is SourceType.NARROW_INTEGER):
        return raw.copy()
    if target == "timestamp":
        return _timestamp(raw, native, formats, walled)
    if target == "date":
        return _date(raw, native, formats)
    return _plain(raw, native, target)


def _plain(raw: exp.Expr, native: SourceType, target: str) -> exp.Expr:
    read = try_cast(raw, SQL_TYPES[target])
    if target == "text":
        return _canonical_text(raw, native)
    if target == "boolean":
        return _boolean(raw)
    if target == "double":
        # Text may spell infinity or not-a-number: neither is a number.
        return case(IsFinite(expressions=[read]), read)
    if native in (SourceType.TEXT, SourceType.DOUBLE):
        # A cast rounds in silence: what the type cannot hold exactly does not fit.
        return case(binary(exp.EQ, try_cast(raw, "DECIMAL(38, 12)"), read), read)
    return read


def _canonical_text(raw: exp.Expr, native: SourceType) -> exp.Expr:
    return raw.copy() if native is SourceType.TEXT else cast(raw.copy(), "VARCHAR")


def _boolean(raw: exp.Expr) -> exp.Expr:
    word = exp.Lower(this=exp.Trim(this=cast(raw.copy(), "VARCHAR")))
    return exp.Case(ifs=[
        exp.If(this=is_one_of(word, _TRUE), true=exp.Boolean(this=True)),
        exp.If(this=is_one_of(word, _FALSE), true=exp.Boolean(this=False)),
    ])  # fmt: skip


def _date(raw: exp.Expr, native: SourceType, formats: tuple[str, ...]) -> exp.Expr:
    if native is not SourceType.TEXT and not any(map(is_number, formats)):
        return try_cast(raw, "DATE")
    text = raw if native is SourceType.TEXT else cast(raw.copy(), "VARCHAR")
    if not formats:
        return _iso_date(text)
    moments = (read(text, SourceType.TEXT, formats) for read in (wall_time, instant_time))
    first, *others = (try_cast(moment, "DATE") for moment in moments if moment is not None)
    return exp.Coalesce(this=first, expressions=[*others, _iso_date(text)])


def _iso_date(raw: exp.Expr) -> exp.Expr:
    return case(_matches(raw, r"\d{4}-\d{1,2}-\d{1,2}"), try_cast(raw, "DATE"))


def _timestamp(raw: exp.Expr, native: SourceType, formats: tuple[str, ...], walled: exp.Expr | None) -> exp.Expr:
    wall = walled if walled is not None else wall_time(raw, native, formats)
    instant = instant_time(raw, native, formats)
    if wall is None or instant is None:
        moment = wall if wall is not None else instant
        assert moment is not None, "every format is of one of the two"
        return moment
    return exp.Coalesce(this=wall.copy(), expressions=[instant])


def in_microseconds(raw: exp.Expr, native: SourceType) -> exp.Expr:
    """The cell, cut to the microseconds that a moment is told in."""
    if native is SourceType.NANO_TIMESTAMP:
        return CutToMicros(expressions=[raw])
    # Cut, it is a time in UTC; the same operation gives a time without offset its offset, UTC.
    return AsUtc(expressions=[CutToMicros(expressions=[raw])]) if native is SourceType.NANO_INSTANT else raw


def to_instant(wall: exp.Expr, zone: str) -> exp.Expr:
    """Wall time of a zone as an instant."""
    return of_zone(InstantOf, zone, wall)


def odd_hour(wall: exp.Expr, zone: str) -> exp.Expr:
    """Whether the wall time stands in an hour that the zone's clocks skip or repeat."""
    return of_zone(IsOddHour, zone, wall)


def _matches(raw: exp.Expr, pattern: str) -> exp.Expr:
    return FullyMatches(expressions=[raw, exp.Literal.string(pattern)])


def without_nulls(raw: exp.Expr, native: SourceType, nulls: tuple[str, ...]) -> exp.Expr:
    """The cell, with the texts that mean "no value" made NULL."""
    if native is not SourceType.TEXT or not nulls:
        return raw
    return case(exp.Not(this=is_one_of(raw, nulls)), raw)


def translated(cell: exp.Expr, values: dict[str, str]) -> exp.Expr:
    """The cell with the source's words replaced by the canonical ones."""
    if not values:
        return cell
    return exp.Case(
        this=cell.copy(),
        ifs=[exp.If(this=exp.Literal.string(a), true=exp.Literal.string(b)) for a, b in values.items()],
        default=cell.copy(),
    )


def out_of_contract(
    cell: exp.Expr, values: tuple[str, ...], low: float | int | None, high: float | int | None
) -> exp.Expr | None:
    """A condition that is true where a value is none the contract allows."""
    unknown_word = None
    if values:
        unknown_word = conjunction(not_null(cell), exp.Not(this=exp.Paren(this=is_one_of(cell, values))))
    below = binary(exp.LT, as_double(cell), exp.Literal.number(low)) if low is not None else None
    above = binary(exp.GT, as_double(cell), exp.Literal.number(high)) if high is not None else None
    return disjunction(unknown_word, below, above)
