"""A session with an engine: the datasets are loaded once, the door is locked, and only then do formulas run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Self

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
from .engine import Engine, EngineError, Row, Work
from .sources import Files, SourceError, native_columns, unreadable

OpenEngine = Callable[[], Engine]


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


class Wanted(Record):
    """A dataset to load: its table, its files, the base columns that are needed, and the instant it is seen at."""

    table: Table
    files: Files
    columns: frozenset[str]
    as_of: dt.datetime
    clocks: frozenset[str] = frozenset()
    histories: Mapping[str, Table] = field(default_factory=dict)


class Session:
    """Loads datasets into an engine and runs queries over them; comes back after the engine died."""

    def __init__(self, open_engine: OpenEngine) -> None:
        self._open_engine = open_engine
        self._wanted: list[Wanted] = []
        self._engine: Engine | None = None
        self._locked = False
        self._zones: set[str] = set()
        self._calendars: set[str] = set()
        self._working_time: tuple[str, ...] = ()
        self._width = 1
        self._beside: list[Work] = []
        self.rows: dict[str, int] = {}
        """How many rows each loaded dataset's source has, before one is left a key."""

    @property
    def engine(self) -> Engine:
        """The engine, started when it is first needed."""
        if self._engine is None:
            self._engine = self._open_engine()
        return self._engine

    def start(self) -> None:
        """Start the engine now: it gets ready while others work."""
        assert self.engine is not None

    def beside(self, *work: Work) -> None:
        """Put off what needs no engine until one reads data, so that neither waits for the other."""
        self._beside += work

    def catch_up(self) -> None:
        """Do what was put off, each once."""
        while self._beside:
            self._beside.pop(0)()

    def native(self, files: Files) -> Native:
        """The columns of a source. Raises SourceError."""
        return native_columns(files, self.engine)

    def keep_calendars(self, almanac: Almanac, names: Collection[str]) -> None:
        """Give the engine the working time of these calendars, too. Raises EngineError, FormulaError."""
        if all(name in self._calendars for name in names):
            return
        self._calendars |= set(names)
        self._working_time = working_time(almanac, self._calendars)
        self._width = width_of(almanac, self._calendars)
        self.engine.run(self._working_time)

    def load(self, wanted: Wanted) -> Loaded:
        """Read a dataset's needed columns into a typed table. Raises SourceError."""
        loaded = self._load(wanted)
        self._wanted.append(wanted)
        return loaded

    def _load(self, wanted: Wanted) -> Loaded:
        table = wanted.table
        load = load_query(table, wanted.columns, timestamp(wanted.as_of))
        sources = sorted({table.base(c).source for c in wanted.columns})
        source = f"WITH source AS NOT MATERIALIZED ({wanted.files.rows(sources)})"
        try:
            self._know({table.zone, table.almanac.zone.key})
            statement = f"CREATE TEMP TABLE {_loaded(table)} AS {source} {render(load.query)}"
            self.engine.run([statement], self.catch_up)
            return self._told(wanted, load)
        except EngineError as error:
            raise unreadable(wanted.files, error) from None

    def know(self, zone: str) -> None:
        """Give the engine the zone's functions. Raises EngineError."""
        self._guarded(lambda: self._know({zone}))

    def _know(self, zones: set[str]) -> None:
        if new := zones - {"UTC"} - self._zones:
            self.engine.run([statement for zone in sorted(new) for statement in macros(zone)])
            self._zones |= new

    def _told(self, wanted: Wanted, load: Load) -> Loaded:
        """Count what does not fit, leave one row a key, and put beside each row what is computed once."""
        table = wanted.table
        rows, bad, *counts = self._numbers(render(count_query(_loaded(table), load)))
        if not rows:
            raise SourceError(f"dataset `{table.name}` has no rows", "Export it again, or correct `as_of`.")
        self.rows[table.name] = rows
        counted = [(flaw, name, count) for (flaw, name), count in zip(load.marks, counts, strict=True) if count]
        found = {flaw: {n: count for f, n, count in counted if f is flaw} for flaw in Flaw}
        clashes = self._leave_latest(table, load)
        self._widen(wanted, load.columns)
        newest, exported = self._reach(table)
        return Loaded(
            rows, found[Flaw.MISFIT], found[Flaw.EMPTY], found[Flaw.WORD], found[Flaw.ODD_HOUR], found[Flaw.SWAP],
            bad, clashes, newest, exported,
        )  # fmt: skip

    def _leave_latest(self, table: Table, load: Load) -> dict[str, int]:
        """Make the dataset's table, one row a key; for each column, the keys whose rows differ in it."""
        doubled = table.keys and self._numbers(render(clash_query(_loaded(table), table.keys)))[0]
        if not doubled:
            self.engine.run([f"ALTER TABLE {_loaded(table)} RENAME TO {_name(table)}"])
            return {}
        differing = self._numbers(render(differing_query(table, _loaded(table), load.columns)))
        latest = render(latest_query(table, _loaded(table), load.columns))
        self.engine.run([f"CREATE TEMP TABLE {_name(table)} AS {latest}", f"DROP TABLE {_loaded(table)}"])
        return {c: n for c, n in zip(load.columns, differing, strict=True) if n}

    def _widen(self, wanted: Wanted, columns: Sequence[str]) -> None:
        """Add the columns that clocks give, then the working times that formulas need."""
        table, name = wanted.table, _name(wanted.table)
        for plan in clock_plans(table, wanted.histories, wanted.clocks, timestamp(wanted.as_of), self._width):
            events = sum(self.rows.get(history.name, 0) for history in plan.histories)
            self._replace(table, plan.queries(name, columns, events))
            columns = [*columns, *plan.columns]
        lookups = list((table.lookups or {}).values())
        if lookups:
            self._replace(table, [worked_query(name, lookups, columns, self._width)])

    def _replace(self, table: Table, queries: Iterable[Query]) -> None:
        """The rows of the queries, in the place of the dataset's table."""
        self._make(_loaded(table), queries)
        self.engine.run([
            f"DROP TABLE {_name(table)}", f"ALTER TABLE {_loaded(table)} RENAME TO {_name(table)}",
        ])  # fmt: skip

    def _make(self, name: str, queries: Iterable[Query]) -> None:
        for number, query in enumerate(queries):
            way = f"INSERT INTO {name}" if number else f"CREATE OR REPLACE TEMP TABLE {name} AS"
            self.engine.run([f"{way} {render(query)}"])

    def _reach(self, table: Table) -> tuple[dt.datetime | None, dt.datetime | None]:
        query = newest_query(_name(table), table)
        if query is None:
            return None, None
        row = self.engine.fetch(render(query))[0]
        return _moment(row[0]), _moment(row[1])

    def _numbers(self, query: str) -> list[int]:
        return [int(c) if isinstance(c, int | float) else 0 for c in self.engine.fetch(query)[0]]

    def lock(self) -> None:
        """From here on the engine reaches no file; formulas may run."""
        if not self._locked:
            self.engine.lock()
            self._locked = True

    def make(self, name: str, queries: Iterable[Query]) -> None:
        """Make a table of the queries' rows; each query has its own deadline. Raises EngineError."""
        self._guarded(lambda: self._make(name, queries))

    def run(self, statements: Sequence[str]) -> None:
        """Run statements over the loaded tables. Raises EngineError."""
        self._guarded(lambda: self.engine.run(statements))

    def fetch(self, query: str) -> list[Row]:
        """Fetch a query over the loaded tables. Raises EngineError."""
        rows: list[Row] = []
        self._guarded(lambda: rows.extend(self.engine.fetch(query)))
        return rows

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except EngineError as error:
            if error.died:
                self._come_back()
            raise

    def _come_back(self) -> None:
        """A new engine with the same tables: a formula that killed the last one fails alone."""
        self.close()
        if self._working_time:
            self.engine.run(self._working_time)
        for wanted in self._wanted:
            self._load(wanted)
        if self._locked:
            self.engine.lock()

    def close(self) -> None:
        """End the engine."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
            self._zones = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def _loaded(table: Table) -> str:
    return f"loaded_{table.name}"


def _moment(cell: object) -> dt.datetime | None:
    return dt.datetime.fromisoformat(cell).replace(tzinfo=dt.UTC) if isinstance(cell, str) else None
