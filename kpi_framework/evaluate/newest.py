"""How far the data of a project reach: the newest moment until which one of its datasets is complete."""

from __future__ import annotations

import datetime as dt

from ..compile.catalog import Compilation
from .columns import columns_of
from .computable import computable
from .coverage import coverage_of
from .loading import load
from .run import Run
from .session import Session
from .setting import Setting


def newest_complete_through(compilation: Compilation, setting: Setting) -> dt.datetime | None:
    """The latest `complete_through` of all datasets that can be read, at most as_of; None where none says any."""
    with Session(setting.open_engine) as session:
        run = Run(setting, session)
        columns, _ = columns_of(run, compilation.catalog)
        ready, _ = computable(compilation.over(columns.natives), columns.natives)
        loaded = load(run, ready, columns.files)[0].loaded
        ends = (coverage_of(ready.tables[name], rows, run.reporting).through for name, rows in loaded.items())
        return min(max(filter(None, ends), default=run.reporting.as_of), run.reporting.as_of) if loaded else None
