"""A cell of a source in steps, so that the engine parses each text once: raw, wall time, typed."""

from __future__ import annotations

from sqlglot import exp

from .casts import in_microseconds, to_instant, translated, typed_cell, wall_time, without_nulls
from .columns import Base, Staged
from .durations import duration_cell
from .source_type import SourceType
from .table import Table


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
    return cell if table.source.kind == "csv" else without_nulls(cell, base.native, table.source.nulls)


def _wall(table: Table, base: Base, raw: exp.Expr) -> exp.Expr | None:
    if base.type != "timestamp" or table.zone_of(base) == "UTC":
        return None
    return wall_time(raw, base.native, _formats(table, base))


def _formats(table: Table, base: Base) -> tuple[str, ...]:
    """How a column's timestamps are written, with the zone's name where they name it."""
    return tuple(f.replace("%Z", table.zone_of(base)) for f in base.timestamps or table.source.timestamps or ())


def _typed(table: Table, base: Base, raw: exp.Expr, wall: exp.Expr | None) -> exp.Expr:
    if base.duration:
        return duration_cell(raw, base.duration, base.unit or "minutes")
    formats = _formats(table, base)
    if base.values and base.type not in ("text", "timestamp"):
        text = translated(typed_cell(raw, base.native, "text", (), None), dict(base.values))
        return typed_cell(text, SourceType.TEXT, base.type, formats, None)
    instant = to_instant(wall, table.zone_of(base)) if wall is not None else None
    typed = typed_cell(raw, base.native, base.type, formats, instant)
    return translated(typed, dict(base.values)) if base.type == "text" else typed
