"""A cell of a source in steps, so that the engine parses each text once: raw, wall time, typed."""

from __future__ import annotations

from sqlglot import exp

from ...model.workbook_errors import ERRORS
from ..sql.typed_sql import NUMERIC, case, is_one_of
from .casts import in_microseconds, to_instant, translated, typed_cell, without_nulls
from .columns import Base, Staged
from .durations import duration_cell
from .numbers import Notation, notation_of, plain_number
from .source_type import SourceType
from .table import Table
from .timestamps import wall_time


def staged(table: Table, base: Base) -> Staged:
    """The steps of a column's cell."""
    raw = raw_cell(table, base)
    raw_name, wall_name = exp.column(f"_cell_{base.name}"), exp.column(f"_wall_{base.name}")
    wall = _wall(table, base, raw)
    typed = _typed(table, base, raw_name, wall_name if wall is not None else None)
    return Staged(base, raw, wall, typed, raw_name, wall_name)


def raw_cell(table: Table, base: Base) -> exp.Expr:
    """The cell as the source has it; a CSV reader has already made its nulls NULL."""
    column = exp.column(exp.to_identifier(base.source, quoted=True))
    cell = in_microseconds(column, table.type_in_source(base.source))
    return cell if table.source.is_delimited else without_nulls(cell, base.native, table.source.nulls)


def _wall(table: Table, base: Base, raw: exp.Expr) -> exp.Expr | None:
    if base.type != "timestamp" or table.zone_of(base) == "UTC":
        return None
    return wall_time(raw, base.native, _formats(table, base))


def _formats(table: Table, base: Base) -> tuple[str, ...]:
    """How a column's timestamps are written, with the zone's name where they name it.

    A time of a workbook is one, however those that are text are written.
    """
    written = tuple(f.replace("%Z", table.zone_of(base)) for f in base.timestamps or table.source.timestamps or ())
    return (*written, "iso") if written and table.source.kind == "xlsx" and "iso" not in written else written


def _typed(table: Table, base: Base, raw: exp.Expr, wall: exp.Expr | None) -> exp.Expr:
    if base.duration:
        notation = _notation(table, base) if base.native is SourceType.TEXT else None
        number = plain_number(raw, notation) if notation is not None and not notation.is_plain_too else None
        return duration_cell(raw, base.duration, base.unit or "minutes", base.day, number)
    formats = _formats(table, base)
    if base.values and base.type not in ("text", "timestamp"):
        text = translated(typed_cell(raw, base.native, "text", (), None), dict(base.values))
        return typed_cell(text, SourceType.TEXT, base.type, formats, None)
    if base.type in NUMERIC and base.native is SourceType.TEXT and (notation := _notation(table, base)) is not None:
        return _number(raw, base.type, notation)
    instant = to_instant(wall, table.zone_of(base)) if wall is not None else None
    typed = typed_cell(raw, base.native, base.type, formats, instant)
    if base.type != "text":
        return typed
    text = translated(typed, dict(base.values))
    return case(exp.Not(this=is_one_of(raw.copy(), ERRORS)), text) if base.may_err else text


def _notation(table: Table, base: Base) -> Notation | None:
    """How the column's numbers are written; None where they are plain."""
    code = table.bases.get(base.currency) if base.currency else None
    by_row = translated(exp.column(f"_cell_{code.name}"), dict(code.values)) if code is not None else None
    return notation_of(table.source, base.unit, by_row)


def _number(raw: exp.Expr, target: str, notation: Notation) -> exp.Expr:
    """A number that may be written otherwise than an engine would."""
    written = typed_cell(plain_number(raw, notation), SourceType.TEXT, target, (), None)
    if not notation.is_plain_too:
        return written
    return exp.Coalesce(this=typed_cell(raw, SourceType.TEXT, target, (), None), expressions=[written])
