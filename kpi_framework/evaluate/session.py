"""A session with an engine: the datasets are read once, the door is locked, and only then run authors' expressions."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Self, TypeVar

from ..compile.clocks import clock_plans
from ..compile.loading import Flaw, Load, load_query
from ..compile.render import render
from ..compile.table import Native, Table
from ..compile.tidy import (
    clash_query,
    count_query,
    differing_query,
    latest_query,
    newest_query,
)
from ..compile.tidy import (
    table_name as _name,
)
from ..compile.worktime import Query, width_of, worked_query
from ..compile.worktime import statements as working_time
from ..compile.zone import macros, timestamp
from ..model.period import Almanac
from ..model.record import Record, field
from .engine import Engine, EngineError, Limits, Row, Work
from .sources import Files, SourceError, native_columns, unreadable

OpenEngine = Callable[[], Engine]
T = TypeVar("T")
_MOST_STARTS = 2
"""So often in a row an engine may fail to start, or to read again what it had."""


class Loaded(Record):
    """What loading a dataset told: its rows, the cells that do not fit, how far it reaches."""

    rows: int
    misfits: Mapping[str, int] = field(default_factory=dict)
    empties: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    odds: Mapping[str, int] = field(default_factory=dict)
    swaps: Mapping[str, int] = field(default_factory=dict)
    bad_rows: int = 0
    clashes: Mapping[str, int] = field(default_factory=dict)
    newest: dt.datetime | None = None
    exported: dt.datetime | None = None


class Wanted(Record, dict=True):
    """A dataset to load: its table, its files, the base columns that are needed, the instant it is seen at, and
    the tables of the histories that its clocks stand on."""

    table: Table
    files: Files
    columns: frozenset[str]
    as_of: dt.datetime
    histories: Mapping[str, Table] = field(default_factory=dict)

    @cached_property
    def load(self) -> Load:
        """The query that reads it."""
        return load_query(self.table, self.columns, timestamp(self.as_of))


class Session:
    """Reads datasets into an engine, locks it, computes over them; comes back after the engine died.

    Load, lock, compute: what an author wrote runs only when no file can be reached any more.
    """

    def __init__(self, open_engine: OpenEngine, seconds: float = Limits().total) -> None:
        self._open_engine = open_engine
        self._until = time.monotonic() + seconds
        self._engine: Engine | None = None
        self._is_ready = False
        self._failed_starts = 0
        self._about = ("duckdb", "process")
        self.failure = EngineError("worker-lost", lost=True)
        """Why the engine was not there when it was needed last."""
        self._files: tuple[str, ...] = ()
        self._read: list[Wanted] = []
        self._completed: list[tuple[Wanted, frozenset[str]]] = []
        self._locked = False
        self._zones: set[str] = set()
        self._calendars: set[str] = set()
        self._working_time: tuple[str, ...] = ()
        self._width = 1
        self._beside: list[Work] = []
        self.rows: dict[str, int] = {}
        """How many rows each loaded dataset's source has, before one is left a key."""

    # the engine, as long as there is one

    def start(self) -> None:
        """Start the engine now: it gets ready while others work."""
        with suppress(EngineError):  # whoever needs it will be told
            self._engine = self._open_engine()

    @property
    def about(self) -> tuple[str, str]:
        """The engine's name and version, and what stands between it and this machine."""
        return self._about

    def _asked(self, work: Callable[[Engine], T]) -> T:
        """Let the engine do something. Raises EngineError; one that died is replaced when the next work comes."""
        try:
            return work(self._ready())
        except EngineError as error:
            if error.died or error.lost:
                self.failure = error
                self.close()
            raise

    def _asked_again(self, work: Callable[[Engine], T]) -> T:
        """The same for what a new engine can do as well: once more if the process ended, unless it took too long."""
        try:
            return self._asked(work)
        except EngineError as error:
            if not error.died or error.lost or error.is_late:
                raise
        return self._asked(work)

    def _ready(self) -> Engine:
        """The engine; a new one with the same tables where the last one is gone. Raises EngineError."""
        if time.monotonic() > self._until:
            raise EngineError("no-time-left", lost=True)
        if self._engine is None or not self._engine.is_alive:
            self.close()
        elif self._is_ready:
            return self._engine
        if self._failed_starts == _MOST_STARTS:
            raise EngineError("worker-lost", lost=True)
        self._failed_starts += 1
        try:
            self._engine = self._engine or self._open_engine()
            self._engine.admit(self._files)
            self._about = (self._engine.name, self._engine.isolation)
            self._restore(self._engine)
        except EngineError as error:
            self.close()  # with all that it had half of
            if self._failed_starts == _MOST_STARTS:
                raise EngineError("worker-lost", lost=True) from error
            raise
        self._is_ready, self._failed_starts = True, 0
        return self._engine

    def _restore(self, engine: Engine) -> None:
        """What the last engine had: a formula that killed it fails alone. Raises EngineError."""
        if self._working_time:
            engine.run(self._working_time)
        try:
            for wanted in self._read:
                self._read_into(engine, wanted)
            if self._locked:
                engine.lock()
            for wanted, clocks in self._completed:
                _Completion(engine, wanted, clocks, self.rows, self._width).loaded()
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

    def beside(self, *work: Work) -> None:
        """Put off what needs no engine until one reads data, so that neither waits for the other."""
        self._beside += work

    def catch_up(self) -> None:
        """Do what was put off, each once."""
        while self._beside:
            self._beside.pop(0)()

    # load

    def admit(self, files: Iterable[Files]) -> None:
        """Name, before anything is read, the files of all datasets."""
        self._files = tuple(dict.fromkeys(path for source in files for path in source.resolved))
        if self._engine is not None:
            with suppress(EngineError):  # whoever asks it next will be told
                self._engine.admit(self._files)

    def native(self, files: Files) -> Native:
        """The columns of a source. Raises SourceError, EngineError."""
        return native_columns(files, lambda query: self._asked_again(lambda engine: engine.describe(query)))

    def keep_calendars(self, almanac: Almanac, names: Collection[str]) -> None:
        """Give the engine the working time of these calendars, too. Raises EngineError, FormulaError."""
        if all(name in self._calendars for name in names):
            return
        self._calendars |= set(names)
        self._working_time = working_time(almanac, self._calendars)
        self._width = width_of(almanac, self._calendars)
        self._asked_again(lambda engine: engine.run(self._working_time))

    def know(self, zone: str) -> None:
        """Give the engine the zone's functions. Raises EngineError."""
        self._asked_again(lambda engine: self._know(engine, {zone}))

    def _know(self, engine: Engine, zones: set[str]) -> None:
        if new := zones - {"UTC"} - self._zones:
            engine.run([statement for zone in sorted(new) for statement in macros(zone)])
            self._zones |= new

    def read(self, wanted: Wanted) -> None:
        """Read a dataset's needed columns, each by its type. Raises SourceError, EngineError."""
        self._asked_again(lambda engine: self._read_into(engine, wanted, self.catch_up))
        self._read.append(wanted)

    def _read_into(self, engine: Engine, wanted: Wanted, meanwhile: Work | None = None) -> None:
        table, load = wanted.table, wanted.load
        sources = sorted({table.base(c).source for c in wanted.columns})
        source = f"WITH source AS NOT MATERIALIZED ({wanted.files.rows(sources)})"
        statement = f"CREATE TEMP TABLE {_loaded(table)} AS {source} {render(load.query)}"
        try:
            self._know(engine, {table.zone, table.almanac.zone.key})
            engine.run([statement], meanwhile)
        except EngineError as error:
            if error.died:
                raise
            raise unreadable(wanted.files, error) from None

    # lock

    def lock(self) -> None:
        """From here on the engine reaches no file; what authors wrote may run. Raises EngineError."""
        if not self._locked:
            self._asked_again(lambda engine: engine.lock())
            self._locked = True

    # compute

    def complete(self, wanted: Wanted, clocks: frozenset[str] = frozenset()) -> Loaded:
        """Make the table of a dataset that was read: count what does not fit, leave one row a key, add these clocks.

        Raises SourceError, EngineError.
        """
        self.lock()
        loaded = self._asked_again(lambda engine: _Completion(engine, wanted, clocks, self.rows, self._width).loaded())
        self._completed.append((wanted, clocks))
        return loaded

    def make(self, name: str, queries: Iterable[Query]) -> None:
        """Make a table of the queries' rows; each query has its own deadline. Raises EngineError."""
        self._asked(lambda engine: _make(engine, name, queries))

    def run(self, statements: Sequence[str]) -> None:
        """Run statements over the loaded tables. Raises EngineError."""
        self._asked(lambda engine: engine.run(statements))

    def fetch(self, query: str) -> list[Row]:
        """Fetch a query over the loaded tables. Raises EngineError."""
        return self._asked(lambda engine: engine.fetch(query))

    def fetch_again(self, query: str) -> list[Row]:
        """The same for a query that stands on loaded tables alone: a process that others killed costs nothing."""
        return self._asked_again(lambda engine: engine.fetch(query))


class _Completion(Record):
    """A dataset that was read and locked in becomes the table that formulas see."""

    engine: Engine
    wanted: Wanted
    clocks: frozenset[str]
    rows: dict[str, int]
    width: int

    def loaded(self) -> Loaded:
        """Count what does not fit, leave one row a key, and put beside each row what is computed once."""
        table, load = self.wanted.table, self.wanted.load
        rows, bad, *counts = self._numbers(render(count_query(_loaded(table), load)))
        if not rows:
            raise SourceError(f"dataset `{table.name}` has no rows", "Export it again, or correct `as_of`.")
        self.rows[table.name] = rows
        counted = [(flaw, name, count) for (flaw, name), count in zip(load.marks, counts, strict=True) if count]
        found = {flaw: {n: count for f, n, count in counted if f is flaw} for flaw in Flaw}
        clashes = self._leave_latest()
        self._widen(load.columns)
        newest, exported = self._reach()
        return Loaded(
            rows, found[Flaw.MISFIT], found[Flaw.EMPTY], found[Flaw.WORD], found[Flaw.ODD_HOUR], found[Flaw.SWAP],
            bad, clashes, newest, exported,
        )  # fmt: skip

    def _leave_latest(self) -> dict[str, int]:
        """Make the dataset's table, one row a key; for each column, the keys whose rows differ in it."""
        table, load = self.wanted.table, self.wanted.load
        doubled = table.keys and self._numbers(render(clash_query(_loaded(table), table.keys)))[0]
        if not doubled:
            self.engine.run([f"ALTER TABLE {_loaded(table)} RENAME TO {_name(table)}"])
            return {}
        differing = self._numbers(render(differing_query(table, _loaded(table), load.columns)))
        latest = render(latest_query(table, _loaded(table), load.columns))
        self.engine.run([f"CREATE TEMP TABLE {_name(table)} AS {latest}", f"DROP TABLE {_loaded(table)}"])
        return {c: n for c, n in zip(load.columns, differing, strict=True) if n}

    def _widen(self, columns: Sequence[str]) -> None:
        """Add the columns that clocks give, then the working times that formulas need."""
        wanted = self.wanted
        table, name, as_of = wanted.table, _name(wanted.table), timestamp(wanted.as_of)
        for plan in clock_plans(table, wanted.histories, self.clocks, as_of, self.width):
            events = sum(self.rows.get(history.name, 0) for history in plan.histories)
            self._replace(plan.queries(name, columns, events))
            columns = [*columns, *plan.columns]
        lookups = list((table.lookups or {}).values())
        if lookups:
            self._replace([worked_query(name, lookups, columns, self.width)])

    def _replace(self, queries: Iterable[Query]) -> None:
        """The rows of the queries, in the place of the dataset's table."""
        table = self.wanted.table
        _make(self.engine, _loaded(table), queries)
        self.engine.run([
            f"DROP TABLE {_name(table)}", f"ALTER TABLE {_loaded(table)} RENAME TO {_name(table)}",
        ])  # fmt: skip

    def _reach(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        query = newest_query(_name(self.wanted.table), self.wanted.table)
        if query is None:
            return None, None
        row = self.engine.fetch(render(query))[0]
        return _moment(row[0]), _moment(row[1])

    def _numbers(self, query: str) -> list[int]:
        return [int(c) if isinstance(c, int | float) else 0 for c in self.engine.fetch(query)[0]]


def _make(engine: Engine, name: str, queries: Iterable[Query]) -> None:
    for number, query in enumerate(queries):
        way = f"INSERT INTO {name}" if number else f"CREATE OR REPLACE TEMP TABLE {name} AS"
        engine.run([f"{way} {render(query)}"])


def _loaded(table: Table) -> str:
    return f"loaded_{table.name}"


def _moment(cell: object) -> dt.datetime | None:
    return dt.datetime.fromisoformat(cell).replace(tzinfo=dt.UTC) if isinstance(cell, str) else None
