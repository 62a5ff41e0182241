"""Between which moments the data of a project reach: since when, and until when its datasets are complete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ..compile.catalog import Compilation
from .columns import columns_of
from .computable import computable
from .coverage import Coverage, coverage_of
from .loading import load
from .run import Run
from .session import Session
from .setting import Setting


def newest_complete_through(compilation: Compilation, setting: Setting) -> dt.datetime | None:
    """The latest `complete_through` of all datasets that can be read, at most as_of; None where none says any."""
    ends = [coverage.through for coverage in _coverages(compilation, setting).values() if coverage.through]
    return min(max(ends), setting.reporting.as_of) if ends else None


def oldest_complete_from(compilation: Compilation, setting: Setting) -> dt.datetime | None:
    """The earliest moment since which one of the datasets is complete; None where one of them does not say any."""
    begins = [coverage.since for coverage in _coverages(compilation, setting).values()]
    known = [since for since in begins if since is not None]
    return min(known) if known and len(known) == len(begins) else None


def _coverages(compilation: Compilation, setting: Setting) -> Mapping[str, Coverage]:
    """How far each dataset reaches that a live definition stands on."""
    with Session(setting.open_engine) as session:
        run = Run(setting, session)
        columns, _ = columns_of(run, compilation.catalog)
        ready, _ = computable(compilation.over(columns.natives), columns.natives)
        loaded = load(run, ready, columns)[0].loaded
        return {name: coverage_of(ready.tables[name], rows, run.reporting) for name, rows in loaded.items()}
