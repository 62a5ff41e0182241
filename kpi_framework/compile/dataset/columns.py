"""The columns of a typed table: as the source has them, as a formula reads them, and those that stand on others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from sqlglot import exp

from ...model.header import folded
from ...model.project import ContractColumn
from ...model.record import Record
from ..sql.errors import FormulaError
from ..sql.typed_sql import Term, cast
from .source_type import SourceType

Spellings = Mapping[str, tuple[str, ...]]
"""How one file writes the names of the columns that it has; several where its rows do not agree."""


NESTED = "\x1f"
"""What stands, in a spelling, between the names of objects that hold each other; in the column's name it is a dot."""


class Native(Record):
    """A source's columns as its files name and type them."""

    types: Mapping[str, SourceType]
    files: tuple[Spellings, ...] = ()
    """For each file, the columns that it has; empty where there are no files."""
    hint: str = ""
    """What to do where a column is missed: the source may have to be read otherwise."""

    def is_lacking(self, column: str) -> bool:
        """Whether some files have the column and others do not."""
        return column in self.types and any(column not in spellings for spellings in self.files)


def spellings_of(headers: Sequence[Iterable[str]]) -> tuple[Spellings, ...]:
    """For each file, its columns by the names that they have in all files: as the first one writes them."""
    names: dict[str, str] = {}
    files = []
    for header in headers:
        written: dict[str, tuple[str, ...]] = {}
        for name in header:
            dotted = name.replace(NESTED, ".")
            column = names.setdefault(folded(dotted), dotted.strip())
            written[column] = (*written.get(column, ()), name)
        files.append(written)
    return tuple(files)


def texts_of(headers: Sequence[Iterable[str]]) -> Native:
    """The columns of files that hold nothing but text."""
    files = spellings_of(headers)
    return Native(texts(column for spellings in files for column in spellings).types, files)


def texts(names: Iterable[str]) -> Native:
    """Columns that are all text."""
    return Native(dict.fromkeys(names, SourceType.TEXT))


class Base(Record):
    """A column of the typed table, read straight from a column of the source."""

    name: str
    source: str
    type: str
    native: SourceType
    unit: str | None
    personal: bool
    values: Mapping[str, str]
    contract: ContractColumn | None
    duration: str | None = None
    optional: bool = False
    """Where a source or one of its files lacks it, it is empty."""
    timestamps: tuple[str, ...] | None = None
    """How its timestamps are written, if not as those of the source."""
    timezone: str | None = None
    """The zone of its timestamps, if it is not the source's."""
    currency: str | None = None
    """The column with the currency code of each row."""
    may_err: bool = False
    """Whether its cells are those of a workbook, which may hold an error in the place of a value."""
    day: int | None = None
    """How long a day is in its durations, in microseconds."""

    @property
    def lacking(self) -> str:
        """The name of the column that is true in the rows of files that lack this one."""
        return f"_lacking_{self.name}"

    @property
    def read(self) -> exp.Expr:
        """The column as a formula reads it: a whole number is wide enough to reckon with."""
        column = exp.column(self.name)
        return cast(column, "BIGINT") if self.type == "integer" and self.native is SourceType.NARROW_INTEGER else column


class Earlier(Mapping[str, Callable[[], Term]]):
    """The columns that a derived one may stand on: those of the source, and the derived ones before it."""

    def __init__(
        self, others: Mapping[str, Callable[[], Term]], made: Mapping[str, Term | FormulaError],
        places: Mapping[str, int], place: int,
    ) -> None:  # fmt: skip
        self._others, self._made, self._places, self._place = others, made, places, place

    def __getitem__(self, name: str) -> Callable[[], Term]:
        is_earlier = self._places.get(name, self._place) < self._place
        return partial(sound_term, self._made[name]) if is_earlier else self._others[name]

    def __iter__(self) -> Iterator[str]:
        earlier = (name for name, place in self._places.items() if place < self._place and name not in self._others)
        yield from (*self._others, *earlier)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def sound_term(made: Term | FormulaError) -> Term:
    """What a derived column came to. Raises FormulaError."""
    if isinstance(made, FormulaError):
        raise made
    return made


class Staged(Record):
    """A base column's cell in steps, and the names of its first two."""

    base: Base
    raw: exp.Expr
    wall: exp.Expr | None
    typed: exp.Expr
    raw_name: exp.Expr
    wall_name: exp.Expr
