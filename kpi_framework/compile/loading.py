"""A dataset's typed table out of its source: every cell in its steps, and masks of what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from ..model.record import Record, field
from .cells import odd_hour, out_of_contract
from .table import Base, Staged, Table
from .term import alias, binary, cast, conjunction, is_null


class Load(Record):
    """The SELECT that makes the typed table out of the source, and which mask bits count what."""

    query: exp.Select
    misfits: tuple[str, ...]
    empties: tuple[str, ...]
    words: tuple[str, ...]
    odds: tuple[str, ...]
    swaps: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=())


def load_query(table: Table, columns: frozenset[str], as_of: exp.Expr) -> Load:
    """What loads the given base columns of a table: typed cells, masks of misfits, rows before as_of."""
    stages = [table.staged(table.base(n)) for n in sorted(columns)]
    typed = typed_rows(stages, "source")
    masks: dict[str, list[tuple[str, exp.Expr | None]]] = {
        "_bad": [(s.base.name, table.misfit(s)) for s in stages],
        "_empty": [(s.base.name, table.empty(s)) for s in stages],
        "_word": [(s.base.name, _unknown_word(s.base)) for s in stages],
        "_odd": [(s.base.name, odd_hour(s.wall_name, table.zone) if s.wall is not None else None) for s in stages],
        "_swap": [*_swaps(table, columns)],
    }
    found = {mask: [(n, c) for n, c in pairs if c is not None] for mask, pairs in masks.items()}
    wanted = [alias(_fitting(s.base), s.base.name) for s in stages]
    wanted += [alias(_mask([c for _, c in pairs]), mask) for mask, pairs in found.items() if pairs]
    query = exp.select(*wanted).from_(typed, copy=False)
    limit = _known_by(table, columns, as_of)
    if limit is not None:
        query = query.where(limit)
    names = {mask: tuple(n for n, _ in pairs) for mask, pairs in found.items()}
    return Load(
        query, names["_bad"], names["_empty"], names["_word"], names["_odd"], names["_swap"],
        tuple(s.base.name for s in stages),
    )  # fmt: skip


def _swaps(table: Table, columns: frozenset[str]) -> Iterator[tuple[str, exp.Expr]]:
    """For each ordered pair of the contract that is loaded: true where the second lies before the first."""
    for first, second in table.contract.order if table.contract else ():
        if {first, second} <= columns and table.base(first).type == table.base(second).type:
            yield f"{first} {second}", binary(exp.LT, exp.column(f"_typed_{second}"), exp.column(f"_typed_{first}"))


def typed_rows(stages: Sequence[Staged], source: str | exp.Expr) -> exp.Subquery:
    """The rows of a source with each cell in its steps: `_cell_x`, `_wall_x` and `_typed_x`."""
    parsed = [alias(s.raw, f"_cell_{s.base.name}") for s in stages]
    parsed += [alias(s.wall, f"_wall_{s.base.name}") for s in stages if s.wall is not None]
    first = exp.select("*", *parsed).from_(source, copy=False).subquery("parsed", copy=False)
    typed = exp.select("*", *(alias(s.typed, f"_typed_{s.base.name}") for s in stages)).from_(first, copy=False)
    return typed.subquery("typed", copy=False)


def _unknown_word(base: Base) -> exp.Expr | None:
    """True where a text is none of the contract's words."""
    words = base.contract.values if base.contract else ()
    return out_of_contract(exp.column(f"_typed_{base.name}"), words, None, None) if words else None


def _fitting(base: Base) -> exp.Expr:
    """The cell, NULL where it is out of the contract's bounds."""
    meaning, cell = base.contract, exp.column(f"_typed_{base.name}")
    out = out_of_contract(cell, (), meaning.minimum, meaning.maximum) if meaning else None
    return exp.Case(ifs=[exp.If(this=out, true=exp.Null())], default=cell) if out is not None else cell


def _known_by(table: Table, columns: frozenset[str], as_of: exp.Expr) -> exp.Expr | None:
    """Rows whose time is at or after as_of are not read; nor are later states of an event log."""
    limits = []
    for name in sorted({table.time, *table.dataset.latest_by} & columns, key=str):
        if name and table.bases[name].type == "timestamp":
            cell = exp.column(f"_typed_{name}")
            before = binary(exp.LT, cell, as_of)
            limits.append(exp.Or(this=exp.Paren(this=before), expression=is_null(cell)))
    return conjunction(*limits)


_MASKS = {"UTINYINT": 8, "USMALLINT": 16, "UINTEGER": 32}
"""Types of a mask, and how many bits each holds."""


def _mask(conditions: list[exp.Expr]) -> exp.Expr:
    """One bit a condition."""
    bits: list[exp.Expr] = [
        exp.Case(ifs=[exp.If(this=c.copy(), true=exp.Literal.number(str(1 << i)))], default=exp.Literal.number("0"))
        for i, c in enumerate(conditions)
    ]
    total: exp.Expr = bits[0]
    for bit in bits[1:]:
        total = exp.Add(this=total, expression=bit)
    # A byte less is a megabyte less for a million rows.
    kind = next((kind for kind, bits in _MASKS.items() if len(conditions) <= bits), "BIGINT")
    return cast(total, kind)
