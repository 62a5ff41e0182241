"""A project's rows as its formulas see them: for tests that compare every row with another program's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from sqlglot import exp

from kpi_framework.compile.clocks.events import check_clocks, clock_calendars, event_names
from kpi_framework.compile.dataset.dedupe import table_name
from kpi_framework.compile.definition import table_of
from kpi_framework.compile.time.working_time import working_time_in
from kpi_framework.evaluate.completion import Wanted
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.interface import Row
from kpi_framework.evaluate.session import Session
from kpi_framework.evaluate.sources.formats import find_files
from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts


def rows(config: str, root: Path, dataset: str, columns: Sequence[str], as_of: dt.datetime) -> list[Row]:
    """The named columns of every row of a dataset of this kpi.yaml, ordered by the first of them."""
    catalog, findings = load_catalog({"kpi.yaml": config}, shipped_contracts())
    assert catalog is not None, findings
    with Session(lambda: DuckWorker(WorkerLimits())) as session:
        datasets = catalog.project.noun.datasets
        wanted = [*datasets[dataset].histories, dataset]
        files = {n: find_files(datasets[n], root, (root,)) for n in wanted}
        session.admit(files.values())
        tables = {n: table_of(catalog, n, session.native(files[n])) for n in wanted}
        table = tables[dataset]
        terms = [table.fresh_scope().term(c) for c in columns]
        clocks = table.clocks_of(frozenset(columns))
        check_clocks(table, tables, clocks)
        almanac = catalog.project.noun.almanac
        needed = working_time_in([t.sql for t in terms], table.lookups, almanac)
        session.keep_calendars(almanac, needed.calendars | clock_calendars(table, clocks))
        reached = {n: tables[n].source_columns(event_names(tables[n], table.keys[0])) for n in wanted[:-1]}
        reached[dataset] = table.source_columns(frozenset(columns))
        lookups = {dataset: needed.lookups}
        loads = {n: Wanted(tables[n], files[n], reached[n], as_of, tables, lookups.get(n, ())) for n in wanted}
        for name in wanted:
            session.read(loads[name])
        for name in wanted:
            session.complete(loads[name], clocks if name == dataset else frozenset())
        query = exp.select(*(t.sql.copy() for t in terms)).from_(table_name(table)).order_by("1")
        return session.fetch(query)
