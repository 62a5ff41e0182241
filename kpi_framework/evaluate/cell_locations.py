"""Where the cells stand that do not fit: a second look at the files, only where loading counted such cells.

Loading counts; it does not know from which line of a file a row came, and to keep that of every row would cost each
run. So the files are read once more, by the same expressions, in an engine of its own that can still reach them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ..compile.dataset.columns import Native
from ..compile.dataset.flawed_rows import Flawed, Search
from ..compile.dataset.loading import Flaw
from ..compile.time.zone import timestamp
from ..model.record import Record, field, replace
from .completion import Loaded, Wanted
from .engine.interface import Cell, EngineError
from .session import Session
from .sources.interface import Files
from .tree_engine import TreeEngine

SHOWN = 5
"""So many places of a column are told."""
_SAMPLED = 100
"""So many of its cells are compared with the shapes that a cause has."""
_TOTALS = frozenset((
    "total", "totals", "total general", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "gesamtergebnis",
    "somme", "total général", "suma", "suma total", "soma", "totale", "totale generale", "totaal", "eindtotaal",
    "razem", "suma końcowa",
))  # fmt: skip
"""What names a row that adds the others up."""


class Located(Record):
    """The first cells that are wrong in one way: where they stand, and what more of them hold.

    The cells are for finding a cause; no message shows them.
    """

    locations: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


class Locations(Record):
    """What a second look showed, by what is wrong and where."""

    by_flaw: Mapping[Flawed, Located] = field(default_factory=dict)
    in_totals: Mapping[Flawed, tuple[str, ...]] = field(default_factory=dict)
    """Of the cells that are wrong in one way, those that stand in a file's last row, which adds the others up."""

    def of(self, flaw: Flaw, name: str) -> Located:
        """Of one column, or pair of columns; nothing where nobody could look."""
        return self.by_flaw.get(Flawed(flaw, name), Located())


def locate(session: Session, wanted: Wanted, loaded: Loaded, root: Path) -> Locations:
    """Where what loading counted stands; nothing where it counted nothing, or nobody could look again."""
    flawed = tuple(_flawed(wanted, loaded))
    if flawed:
        with suppress(EngineError):
            return session.beside(lambda engine: _Look(engine, wanted, loaded, root).at(flawed), wanted.zones)
    return Locations()


def _flawed(wanted: Wanted, loaded: Loaded) -> Iterator[Flawed]:
    counts = {Flaw.MISFIT: loaded.misfits, Flaw.EMPTY: loaded.empties, Flaw.WORD: loaded.words, Flaw.SWAP: loaded.swaps}
    for flaw, by_name in counts.items():
        yield from (Flawed(flaw, name) for name in by_name)
    if loaded.beginning is not None and loaded.beginning.strays and wanted.table.time in wanted.columns:
        yield Flawed(Flaw.STRAY, wanted.table.time)


class _Look(Record):
    engine: TreeEngine
    wanted: Wanted
    loaded: Loaded
    root: Path
    located: dict[Flawed, Located] = field(default_factory=dict)
    in_totals: dict[Flawed, tuple[str, ...]] = field(default_factory=dict)

    def at(self, flawed: Sequence[Flawed]) -> Locations:
        """Look through the files in their order, until enough of each is found. Raises EngineError."""
        for number in range(len(self.wanted.files.paths)):
            missing = [f for f in flawed if len(self.located.get(f, Located()).locations) < SHOWN]
            if not missing:
                break
            try:
                self._look_through(number, missing)
            except EngineError as error:
                if error.died or error.lost:
                    raise
        return Locations(self.located, self.in_totals)

    def _look_through(self, number: int, flawed: Sequence[Flawed]) -> None:
        file = self.wanted.files.single(number)
        search = self._search(number, flawed)
        assert search.table.native is not None, "it was read"
        rows = file.relation(search.table.native, list(search.table.native.types))
        cells = self.engine.fetch(search.query(rows))[0]
        marked = {f: _numbers(cells[2 * i]) for i, f in enumerate(flawed)}
        places = self._places(file, [(row, self._source(f)) for f in marked for row in marked[f]])
        for place, (mark, numbers) in enumerate(marked.items()):
            self._keep(mark, [places.pop(0) for _ in numbers], _texts(cells[2 * place + 1]))
        last, *names = cells[2 * len(flawed) :]
        if self._is_total([text for cell in names for text in _texts(cell)]):
            where = self._places(file, [(row, "") for row in _numbers(last)])
            for mark in (mark for mark, numbers in marked.items() if set(_numbers(last)) & set(numbers)):
                self.in_totals[mark] = (*self.in_totals.get(mark, ()), *where)

    def _is_total(self, names: Sequence[str]) -> bool:
        """Whether a row adds the others up: a word for a sum names it, or nothing does, neither a key nor a time."""
        words = [name.strip().rstrip(":").casefold() for name in names]
        keys = words[: len(self.wanted.table.keys)]
        has_key = any(word and word not in _TOTALS for word in keys)
        return not has_key and (not _TOTALS.isdisjoint(words) or not any(words))

    def _source(self, flawed: Flawed) -> str:
        return self.wanted.table.base(flawed.column).source

    def _keep(self, flawed: Flawed, places: Sequence[str], cells: Sequence[str]) -> None:
        before = self.located.get(flawed, Located())
        texts = () if self.wanted.table.base(flawed.column).personal else (*before.cells, *cells)
        self.located[flawed] = Located((*before.locations, *places)[:SHOWN], texts[:_SAMPLED])

    def _places(self, file: Files, cells: Sequence[tuple[int, str]]) -> list[str]:
        path = Path(file.paths[0])
        name = path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name
        return [f"{name}:{location}" for location in file.locations(cells)]

    def _search(self, number: int, flawed: Sequence[Flawed]) -> Search:
        table, beginning = self.wanted.table, self.loaded.beginning
        assert table.native is not None, "it was read"
        alone = replace(table, native=Native(table.native.types, table.native.files[number : number + 1]))
        oldest = {} if beginning is None else {str(table.time): timestamp(beginning.oldest)}
        as_of = timestamp(self.wanted.as_of)
        return Search(alone, self.wanted.columns, as_of, flawed, SHOWN, _SAMPLED, oldest)


def _numbers(cell: Cell) -> list[int]:
    return [number for number in cell if isinstance(number, int)] if isinstance(cell, list) else []


def _texts(cell: Cell) -> list[str]:
    return [text for text in cell if isinstance(text, str)] if isinstance(cell, list) else []
