"""A dataset that was read becomes the table that formulas see: counted, one row a key, with what is computed once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from ..compile.clocks.clocks import clock_plans
from ..compile.dataset.dedupe import (
    clash_query,
    count_query,
    differing_query,
    later_states,
    latest_query,
    table_name,
)
from ..compile.dataset.loading import Flaw, Load, load_query
from ..compile.dataset.reach import days_query, exported_query
from ..compile.dataset.table import Table
from ..compile.dataset.unfinished import unfinished_query
from ..compile.sql.statements import create_table, drop, rename
from ..compile.sql.tree import Query, Tree
from ..compile.time.working_time import Lookup, worked_query
from ..compile.time.zone import timestamp
from ..model.project import PULLED
from ..model.record import Record, field
from .beginning import Beginning, beginning_of
from .sources.interface import Files, SourceError
from .tree_engine import TreeEngine


class Loaded(Record):
    """What loading a dataset shows: its rows, the cells that do not fit, how far it reaches."""

    rows: int
    misfits: Mapping[str, int] = field(default_factory=dict)
    empties: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    odds: Mapping[str, int] = field(default_factory=dict)
    swaps: Mapping[str, int] = field(default_factory=dict)
    clashes: Mapping[str, int] = field(default_factory=dict)
    newest: dt.datetime | None = None
    exported: dt.datetime | None = None
    beginning: Beginning | None = None
    unfinished: int = 0
    """The tickets that are done by their status and have no resolved_at."""
    openings: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By history: tickets whose first comment, an agent's, is taken for their opening text, and those where none is."""

    @property
    def is_flawed(self) -> bool:
        """Whether any row was marked, or stands apart."""
        has_strays = self.beginning is not None and self.beginning.strays > 0
        return bool(self.misfits or self.empties or self.words or self.odds or self.swaps) or has_strays

    def bad(self, allowed: int) -> frozenset[str]:
        """The columns in which more cells than allowed do not fit, or are empty though they must not be."""
        cells = Counter(self.misfits)
        cells.update(self.empties)
        return frozenset(column for column, count in cells.items() if count > allowed)


class Wanted(Record, dict=True):
    """A dataset to load: its table, its files, the base columns that are needed, the instant it is seen at, the
    tables of the histories that its clocks stand on, and the working times that formulas need of each row.

    `tells_flaws`: each row keeps what is wrong with its cells.
    """

    table: Table
    files: Files
    columns: frozenset[str]
    as_of: dt.datetime
    histories: Mapping[str, Table] = field(default_factory=dict)
    lookups: tuple[Lookup, ...] = ()
    pulled_at: dt.datetime | None = None
    """When `kpi pull` made its files, if it did."""
    tells_flaws: bool = False

    @cached_property
    def load(self) -> Load:
        """The query that reads it."""
        return load_query(self.table, self.columns, timestamp(self.as_of), tells_flaws=self.tells_flaws)

    @property
    def zones(self) -> set[str]:
        """The zones that its times are read in."""
        table = self.table
        return {table.almanac.zone.key, *(table.zone_of(table.base(c)) for c in self.columns)}


class Completion(Record):
    """A dataset that was read and locked in becomes the table that formulas see."""

    engine: TreeEngine
    wanted: Wanted
    clocks: frozenset[str]
    rows: dict[str, int]
    width: int

    def loaded(self) -> Loaded:
        """Count what does not fit, leave one row a key, and put beside each row what is computed once."""
        table, load = self.wanted.table, self.wanted.load
        rows, *counts = self._numbers(count_query(read_name(table), load))
        if not rows and not table.is_bounded:
            raise SourceError("the source has no rows", "Export it again, or correct `as_of`.")
        self.rows[table.name] = rows
        counted = [(flaw, name, count) for (flaw, name), count in zip(load.marks, counts, strict=True) if count]
        by_flaw = {flaw: {n: count for f, n, count in counted if f is flaw} for flaw in Flaw}
        clashes = self._leave_latest()
        openings = self._widen(load.every_column)
        beginning, newest = self._reach()
        unfinished = unfinished_query(table, self.wanted.columns)
        return Loaded(
            rows, by_flaw[Flaw.MISFIT], by_flaw[Flaw.EMPTY], by_flaw[Flaw.WORD], by_flaw[Flaw.ODD_HOUR],
            by_flaw[Flaw.SWAP], clashes, newest, self._exported(), beginning,
            self._numbers(unfinished)[0] if unfinished is not None else 0, openings,
        )  # fmt: skip

    def _leave_latest(self) -> dict[str, int]:
        """Make the dataset's table, one row a key; for each column, the keys whose rows differ in it."""
        table, load = self.wanted.table, self.wanted.load
        known = later_states(table, read_name(table), timestamp(self.wanted.as_of))
        if known is not None:
            self.engine.run(create_table(table_name(table), known), drop(read_name(table)))
            self.engine.run(rename(table_name(table), read_name(table)))
        doubled = table.keys and self._numbers(clash_query(read_name(table), table.keys))[0]
        if not doubled:
            self.engine.run(rename(read_name(table), table_name(table)))
            return {}
        differing = self._numbers(differing_query(table, read_name(table), load.columns))
        latest = latest_query(table, read_name(table), load.every_column)
        self.engine.run(create_table(table_name(table), latest), drop(read_name(table)))
        clashes: dict[str, int] = {}
        for column, keys in zip(load.bases, differing, strict=True):
            clashes[column] = max(keys, clashes.get(column, 0))
        return {column: keys for column, keys in clashes.items() if keys}

    def _widen(self, columns: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Add the columns that clocks give, then the working times that formulas need; `openings` by history."""
        openings: dict[str, tuple[int, int]] = {}
        wanted = self.wanted
        table, name, as_of = wanted.table, table_name(wanted.table), timestamp(wanted.as_of)
        for plan in clock_plans(table, wanted.histories, self.clocks, as_of, self.width):
            asked = plan.openings(name)
            if asked is not None:
                by_agent, others = self._numbers(asked)
                openings[next(h.name for h in plan.histories if h.dataset.opening is None)] = (by_agent, others)
            events = sum(self.rows.get(history.name, 0) for history in plan.histories)
            self._replace(plan.queries(name, columns, events))
            columns = [*columns, *plan.columns]
        if wanted.lookups:
            self._replace([worked_query(name, wanted.lookups, columns, self.width)])
        return openings

    def _replace(self, queries: Iterable[Query]) -> None:
        """The rows of the queries, in the place of the dataset's table."""
        table = self.wanted.table
        self.engine.make_table(read_name(table), queries)
        self.engine.run(drop(table_name(table)), rename(read_name(table), table_name(table)))

    def _reach(self) -> tuple[Beginning | None, dt.datetime | None]:
        """Where the rows begin, and the newest time of them."""
        query = days_query(self.wanted.table)
        rows = self.engine.fetch(query) if query is not None else []
        days = [(dt.date.fromisoformat(str(day)), count, moment) for day, count, oldest, _ in rows
                if isinstance(count, int) and (moment := _moment(oldest)) is not None]  # fmt: skip
        return beginning_of(days), max((moment for *_, cell in rows if (moment := _moment(cell))), default=None)

    def _exported(self) -> dt.datetime | None:
        if self.wanted.table.dataset.complete_through == PULLED:
            return self.wanted.pulled_at
        query = exported_query(self.wanted.table)
        return _moment(self.engine.fetch(query)[0][0]) if query is not None else None

    def _numbers(self, query: Tree) -> list[int]:
        return [int(c) if isinstance(c, int | float) else 0 for c in self.engine.fetch(query)[0]]


def read_name(table: Table) -> str:
    """The name of a dataset's rows as they were read."""
    return f"loaded_{table.name}"


def _moment(cell: object) -> dt.datetime | None:
    return dt.datetime.fromisoformat(cell).replace(tzinfo=dt.UTC) if isinstance(cell, str) else None
