"""A dataset's typed table out of its source: every cell in its steps, and a mark for each that does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import reduce

from sqlglot import exp

from ...model.record import Record
from ..sql.typed_sql import alias, binary, case, cast, conjunction, disjunction, is_null, not_null, null
from .casts import odd_hour, out_of_contract
from .columns import Base, Staged
from .files import lacking_mark
from .source_type import SourceType
from .staging import raw_cell, staged
from .table import Table


class Flaw(StrEnum):
    """What a row can be marked for as it is loaded."""

    MISFIT = "misfits"
    EMPTY = "empties"
    WORD = "words"
    ODD_HOUR = "odds"
    SWAP = "swaps"
    STRAY = "strays"
    """A row dated long before all others: only all rows tell, so that no row is marked for it."""


SOURCE = "source"
"""What a load calls the rows of its source."""


class Load(Record):
    """The SELECT that makes the typed table out of the source; which column or pair each mark is for."""

    query: exp.Select
    marks: tuple[tuple[Flaw, str], ...]
    columns: tuple[str, ...]
    """The columns of the typed table without the marks."""
    bases: tuple[str, ...]
    """For each, the base column that it is, or whose absence it tells."""
    flaws: tuple[str, ...] = ()
    """The columns that tell of each base column what was wrong with its cell, where they are wanted."""

    @property
    def every_column(self) -> tuple[str, ...]:
        """The columns that a row keeps on its way to the formulas."""
        return (*self.columns, *self.flaws)


def load_query(table: Table, columns: frozenset[str], as_of: exp.Expr, *, tells_flaws: bool = False) -> Load:
    """What loads the given base columns of a table: typed cells, the marks of each row, rows before as_of.

    `tells_flaws`: each row also says in words what is wrong with each of its cells.
    """
    stages = [staged(table, table.base(n)) for n in sorted(columns)]
    marks = marks_of(table, columns, stages)
    swaps = {name.split()[1]: condition for (flaw, name), condition in marks.items() if flaw is Flaw.SWAP}
    impossible = {second: swaps.get(second) for _, second in table.ordered_times}
    wanted = [alias(_fitting(s.base, impossible.get(s.base.name)), s.base.name) for s in stages]
    absent = [table.base(n) for n in sorted(table.lacking(columns))]
    wanted += [alias(exp.column(exp.to_identifier(lacking_mark(b.source), quoted=True)), b.lacking) for b in absent]
    flaws = [alias(_flaw(s.base.name, marks), flaw_name(s.base.name)) for s in stages] if tells_flaws else []
    query = exp.select(*wanted, *flaws, *_masks(list(marks.values()))).from_(typed_rows(stages, SOURCE), copy=False)
    limit = known_by(table, columns, as_of)
    if limit is not None:
        query = query.where(limit)
    bases = tuple(s.base.name for s in stages)
    names = (*bases, *(b.lacking for b in absent))
    return Load(query, tuple(marks), names, (*bases, *(b.name for b in absent)), tuple(f.alias for f in flaws))


def flaw_name(column: str) -> str:
    """The column that tells what was wrong with a base column's cell; NULL where nothing was."""
    return f"_flaw_{column}"


def _flaw(column: str, marks: Mapping[tuple[Flaw, str], exp.Expr]) -> exp.Expr:
    """Which flaw, if any, made a cell NULL."""
    flaws = [(flaw, c) for (flaw, name), c in marks.items() if flaw in _EMPTYING and name.split()[-1] == column]
    ifs = [exp.If(this=condition.copy(), true=exp.Literal.string(flaw.value)) for flaw, condition in flaws]
    return exp.Case(ifs=ifs, default=null("VARCHAR")) if ifs else null("VARCHAR")


_EMPTYING = (Flaw.MISFIT, Flaw.SWAP)
"""The flaws for which a cell is read as missing."""


def marks_of(table: Table, columns: frozenset[str], stages: Sequence[Staged]) -> dict[tuple[Flaw, str], exp.Expr]:
    """What a row can be marked for, by the column or pair that it concerns, over `typed_rows` of these stages."""
    conditions = [
        *((Flaw.MISFIT, s.base.name, _misfit(s)) for s in stages),
        *((Flaw.EMPTY, s.base.name, _empty(s)) for s in stages),
        *((Flaw.WORD, s.base.name, _unknown_word(s.base)) for s in stages),
        *((Flaw.ODD_HOUR, s.base.name, _odd_hour(s, table)) for s in stages),
        *((Flaw.SWAP, *swap) for swap in _swaps(table, columns)),
    ]
    return {(flaw, name): condition for flaw, name, condition in conditions if condition is not None}


def from_source(query: exp.Select, rows: exp.Expr) -> exp.Select:
    """The query of a load over these rows. The engine is not to keep them all at once."""
    return query.with_(SOURCE, as_=rows, materialized=False)


def filled(table: Table, rows: exp.Query) -> exp.Select:
    """Those of the rows, which have all columns of the source, that have a value in any of them."""
    values = disjunction(*(not_null(raw_cell(table, base)) for base in table.raws.values()))
    return exp.select("*").from_(rows.subquery("rows")).where(values)


def blank_query(name: str, load: Load) -> exp.Select:
    """How many rows of a typed table have no value: they may be blank in the source."""
    blank = conjunction(*(is_null(exp.column(column)) for column in dict.fromkeys(load.bases)))
    return exp.select(exp.Count(this=exp.Star())).from_(name).where(blank)


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


def _misfit(stage: Staged) -> exp.Expr | None:
    """True where a filled cell does not fit its type or the contract's bounds; None where it cannot happen."""
    base, meaning, typed = stage.base, stage.base.contract, exp.column(f"_typed_{stage.base.name}")
    is_own = base.native is not SourceType.TEXT and base.type == base.native.canonical
    unread = None
    if base.duration or base.may_err or (base.type != "text" and not is_own):
        unread = conjunction(not_null(stage.raw_name), is_null(typed))
    required = conjunction(not_null(stage.raw_name), is_null(typed)) if meaning and not meaning.nullable else None
    bounds = out_of_contract(typed, (), meaning.minimum, meaning.maximum) if meaning else None
    return disjunction(unread, required, bounds)


def _empty(stage: Staged) -> exp.Expr | None:
    """True where a cell is empty that the contract requires; None where it may be."""
    meaning = stage.base.contract
    return is_null(stage.raw_name) if meaning and not meaning.nullable else None


def _odd_hour(stage: Staged, table: Table) -> exp.Expr | None:
    return odd_hour(stage.wall_name, table.zone_of(stage.base)) if stage.wall is not None else None


def _unknown_word(base: Base) -> exp.Expr | None:
    """True where a text is none of the contract's words."""
    words = base.contract.values if base.contract else ()
    return out_of_contract(exp.column(f"_typed_{base.name}"), words, None, None) if words else None


def _fitting(base: Base, impossible: exp.Expr | None) -> exp.Expr:
    """The cell, NULL where it is out of the contract's bounds, or an end before its start."""
    meaning, cell = base.contract, exp.column(f"_typed_{base.name}")
    bounds = out_of_contract(cell, (), meaning.minimum, meaning.maximum) if meaning else None
    out = disjunction(bounds, impossible.copy() if impossible is not None else None)
    return exp.Case(ifs=[exp.If(this=out, true=exp.Null())], default=cell) if out is not None else cell


def known_by(table: Table, columns: frozenset[str], as_of: exp.Expr) -> exp.Expr | None:
    """Rows whose time is at or after as_of are not read; nor are later states of an event log."""
    limits = []
    for name in sorted({table.time, *table.dataset.ordered_by} & columns, key=str):
        if name and table.bases[name].type == "timestamp":
            cell = exp.column(f"_typed_{name}")
            before = binary(exp.LT, cell, as_of)
            limits.append(exp.Or(this=exp.Paren(this=before), expression=is_null(cell)))
    return conjunction(*limits)


_MASKS = {"UTINYINT": 8, "USMALLINT": 16, "UINT": 32}
"""Types of a mask, and how many marks each holds: a byte less is a megabyte less for a million rows."""
_WIDEST = max(_MASKS.values())


def _masks(conditions: Sequence[exp.Expr]) -> Iterator[exp.Expr]:
    """The columns that hold a row's marks, one bit each; few wide ones are made faster than many narrow ones."""
    for start in range(0, len(conditions), _WIDEST):
        held = conditions[start : start + _WIDEST]
        bits = (case(c.copy(), exp.Literal.number(str(1 << i)), exp.Literal.number("0")) for i, c in enumerate(held))
        total = reduce(lambda left, right: exp.Add(this=left, expression=right), bits)
        yield alias(cast(total, next(kind for kind, most in _MASKS.items() if len(held) <= most)), f"_marks_{start}")


def marked(marks: Sequence[int]) -> exp.Expr | None:
    """Whether a row of the typed table carries one of these marks, by place among `Load.marks`; None of none."""
    held: dict[int, int] = {}
    for mark in marks:
        start = mark - mark % _WIDEST
        held[start] = held.get(start, 0) | 1 << mark - start
    return disjunction(*(_has(f"_marks_{start}", bits) for start, bits in held.items()))


def _has(mask: str, bits: int) -> exp.Expr:
    common = exp.Paren(this=exp.BitwiseAnd(this=exp.column(mask), expression=exp.Literal.number(str(bits))))
    return exp.NEQ(this=common, expression=exp.Literal.number("0"))
