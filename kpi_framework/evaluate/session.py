"""A session with an engine: the datasets are read once, the door is locked, and only then run authors' expressions."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Self, TypeVar

from ..compile.dataset.columns import Native
from ..compile.dataset.loading import blank_query, filled, from_source
from ..compile.dialect.interface import Dialect
from ..compile.sql.statements import create_table, drop
from ..compile.sql.tree import Query, Tree
from ..compile.time.working_time import width_of
from ..model.period import Almanac
from .completion import Completion, Loaded, Wanted, read_name
from .early import EarlyWork
from .engine.duckdb import WorkerLimits
from .engine.interface import Engine, EngineError, Row
from .sources.interface import Files, SourceError
from .sources.scratch import Scratch
from .tree_engine import TreeEngine

OpenEngine = Callable[[], Engine]
T = TypeVar("T")
_MOST_STARTS = 2
"""So often in a row an engine may fail to start, or to read again what it had."""


class Session:
    """Reads datasets into an engine, locks it, computes over them; comes back after the engine died.

    Load, lock, compute: what an author wrote runs only when no file can be reached any more.
    """

    def __init__(
        self, open_engine: OpenEngine, seconds: float = WorkerLimits().total, dialect: Dialect | None = None
    ) -> None:
        self._open_engine = open_engine
        self._chosen_dialect = dialect
        self._until = time.monotonic() + seconds
        self._engine: Engine | None = None
        self._is_ready = False
        self._starts_left = _MOST_STARTS
        self._about = ("duckdb", "process")
        self.failure = EngineError("worker-lost", lost=True)
        """Why the engine was not there when it was needed last."""
        self._files: tuple[str, ...] = ()
        self._read: list[Wanted] = []
        self._completed: list[tuple[Wanted, frozenset[str]]] = []
        self._locked = False
        self._zones: set[str] = set()
        self._calendars: set[str] = set()
        self._working_time: Sequence[Tree] = ()
        self._width = 1
        self.scratch = Scratch()
        """Where files are copied that the engine cannot read as they are."""
        self.early = EarlyWork()
        """What the caller has to do that needs no engine."""
        self.rows: dict[str, int] = {}
        """How many rows each loaded dataset's source has, before one is left a key."""

    @cached_property
    def _dialect(self) -> Dialect:
        """The engine's words: those of DuckDB, which are imported while its process starts."""
        from ..compile.dialect.duckdb.dialect import DUCKDB  # noqa: PLC0415 - 16 ms that nobody waits for here

        return self._chosen_dialect or DUCKDB

    # the engine, as long as there is one

    def start(self) -> None:
        """Start the engine now: it gets ready while others work."""
        with suppress(EngineError):  # whoever needs it will be told
            self._engine = self._open_engine()

    @property
    def about(self) -> tuple[str, str]:
        """The engine's name and version, and what stands between it and this machine."""
        return self._about

    def _asked(self, work: Callable[[TreeEngine], T]) -> T:
        """Let the engine do something. Raises EngineError; one that died is replaced when the next work comes."""
        try:
            return work(TreeEngine(self._ready(), self._dialect))
        except EngineError as error:
            if error.died or error.lost:
                self.failure = error
                self.close()
            raise

    def _asked_again(self, work: Callable[[TreeEngine], T]) -> T:
        """The same for what a new engine can do as well: once more if the process ended, unless it took too long."""
        try:
            return self._asked(work)
        except EngineError as error:
            if not error.died or error.lost or error.is_late:
                raise
        return self._asked(work)

    def _ready(self) -> Engine:
        """The engine; a new one with the same tables where the last one is closed.

        Raises EngineError where it died since its last answer, and where no engine is to be had.
        """
        if time.monotonic() > self._until:
            raise EngineError("no-time-left", lost=True)
        if self._engine is not None and self._is_ready:
            if not self._engine.is_alive:  # a new one would lack what the caller had made in it
                raise EngineError("worker-died", died=True)
            return self._engine
        while self._starts_left:
            self._starts_left -= 1
            with suppress(EngineError):
                self._engine = self._started()
                self._is_ready, self._starts_left = True, _MOST_STARTS
                return self._engine
            self.close()  # with all that it had half of
        raise EngineError("worker-lost", lost=True)

    def _started(self) -> Engine:
        """An engine with all that the last one had; the one that was started early, if it lives. Raises EngineError."""
        if self._engine is None or self._is_ready or not self._engine.is_alive:
            self.close()
        engine = self._engine = self._engine or self._open_engine()
        engine.admit(self._files)
        self._about = (engine.name, engine.isolation)
        self._restore(TreeEngine(engine, self._dialect))
        return engine

    def _restore(self, engine: TreeEngine) -> None:
        """What the last engine had: a formula that killed it fails alone. Raises EngineError."""
        if self._working_time:
            engine.run(*self._working_time)
        try:
            for wanted in self._read:
                self._read_into(engine, wanted)
            if self._locked:
                engine.engine.lock()
            for wanted, clocks in self._completed:
                Completion(engine, wanted, clocks, self.rows, self._width).loaded()
        except SourceError:
            raise EngineError("source-changed", lost=True) from None

    def close(self) -> None:
        """End the engine."""
        if self._engine is not None:
            self._engine.close()
        self._engine, self._is_ready, self._zones = None, False, set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
        self.scratch.close()

    # load

    def admit(self, files: Iterable[Files]) -> None:
        """Name, before anything is read, the files of all datasets."""
        self._files = tuple(dict.fromkeys(path for source in files for path in source.resolved))
        if self._engine is not None:
            with suppress(EngineError):  # whoever asks it next will be told
                self._engine.admit(self._files)
        _ = self._dialect  # imported now, while the engine makes itself ready

    def native(self, files: Files) -> Native:
        """The columns of a source. Raises SourceError, EngineError."""
        return self._asked_again(files.columns)

    def keep_calendars(self, almanac: Almanac, names: Collection[str]) -> None:
        """Give the engine the working time of these calendars, too. Raises EngineError, FormulaError."""
        if all(name in self._calendars for name in names):
            return
        self._calendars |= set(names)
        statements = self._dialect.working_time(almanac, self._calendars)
        self._width = width_of(almanac, self._calendars)
        self._asked_again(lambda engine: engine.run(*statements))
        self._working_time = statements  # for an engine that takes the place of this one: not twice for the first

    def know(self, zone: str) -> None:
        """Give the engine the zone's functions. Raises EngineError."""
        self._asked_again(lambda engine: self._know(engine, {zone}))

    def _know(self, engine: TreeEngine, zones: set[str]) -> None:
        if new := zones - {"UTC"} - self._zones:
            engine.run(*self._zone_functions(new))
            self._zones |= new

    def _zone_functions(self, zones: Collection[str]) -> list[Tree]:
        named = sorted(set(zones) - {"UTC"})
        return [statement for zone in named for statement in self._dialect.zone_functions(zone)]

    def read(self, wanted: Wanted) -> None:
        """Read a dataset's needed columns, each by its type. Raises SourceError, EngineError."""
        self._asked_again(lambda engine: self._read_into(engine, wanted))
        self._read.append(wanted)

    def _read_into(self, engine: TreeEngine, wanted: Wanted) -> None:
        table = wanted.table
        assert table.native is not None, "its columns were looked at"
        rows = wanted.files.relation(table.native, sorted({table.base(c).source for c in wanted.columns}))
        try:
            self._know(engine, wanted.zones)
            texts = engine.texts([_made(wanted, rows)])
            self.early.beside(lambda: engine.engine.run(texts))
            if engine.fetch(blank_query(read_name(table), wanted.load)) != [(0,)]:
                # Rows without any value are no rows. Whether these have one elsewhere, all their columns tell.
                every = wanted.files.relation(table.native, list(table.native.types))
                engine.run(drop(read_name(table)), _made(wanted, filled(table, every)))
        except EngineError as error:
            if error.died:
                raise
            raise wanted.files.unreadable(error) from None

    def beside(self, work: Callable[[TreeEngine], T], zones: Collection[str]) -> T:
        """Let another engine, which knows these zones, look into the files again: nothing of an author's runs there.

        Raises EngineError.
        """
        if time.monotonic() > self._until:
            raise EngineError("no-time-left", lost=True)
        engine = self._open_engine()
        try:
            engine.admit(self._files)
            other = TreeEngine(engine, self._dialect)
            other.run(*self._zone_functions(zones))
            return work(other)
        finally:
            engine.close()

    # lock

    def lock(self) -> None:
        """From here on the engine reaches no file; what authors wrote may run. Raises EngineError."""
        if not self._locked:
            self._asked_again(lambda engine: engine.engine.lock())
            self._locked = True

    # compute

    def complete(self, wanted: Wanted, clocks: frozenset[str] = frozenset()) -> Loaded:
        """Make the table of a dataset that was read: count what does not fit, leave one row a key, add these clocks.

        Raises SourceError, EngineError.
        """
        self.lock()
        loaded = self._asked_again(lambda engine: Completion(engine, wanted, clocks, self.rows, self._width).loaded())
        self._completed.append((wanted, clocks))
        return loaded

    def make(self, name: str, queries: Iterable[Query]) -> None:
        """Make a table of the queries' rows; each query has its own deadline. Raises EngineError."""
        self._asked(lambda engine: engine.make_table(name, queries))

    def run(self, *statements: Tree) -> None:
        """Run statements over the loaded tables. Raises EngineError."""
        self._asked(lambda engine: engine.run(*statements))

    def fetch(self, query: Tree) -> list[Row]:
        """Fetch a query over the loaded tables. Raises EngineError."""
        return self._asked(lambda engine: engine.fetch(query))

    def fetch_again(self, query: Tree) -> list[Row]:
        """The same for a query that stands on loaded tables alone: a process that others killed costs nothing."""
        return self._asked_again(lambda engine: engine.fetch(query))


def _made(wanted: Wanted, rows: Query) -> Tree:
    """What makes the typed table out of these rows of its source."""
    return create_table(read_name(wanted.table), from_source(wanted.load.query, rows))
