"""What an editor may ask for that computes: it runs because a person asked, never because a folder was opened.

The room that evaluates is imported when somebody does: an editor that only shows definitions does not wait for it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ...model.could_not import CouldNot
from ..project import ProjectRoot
from .workspace import Workspace


def frozen(folder: Path, kpi_id: str, now: dt.datetime) -> str:
    """Freeze the baseline of a KPI, and say in a sentence what came of it. Raises KpiError."""
    from ..checking.baseline import freeze  # noqa: PLC0415 - it evaluates
    from ..run import Options  # noqa: PLC0415

    result = freeze(Options(ProjectRoot(folder), now, only=(kpi_id,)))
    if why := result.failed.get(kpi_id):
        return f"The baseline of {kpi_id} is not frozen: {why}"
    if result.written:
        return f"The baseline of {kpi_id} is frozen. Commit baselines/{kpi_id}.yaml."
    return f"The baseline of {kpi_id} was frozen already, with the same values."


def expected(workspace: Workspace, path: str, number: int, now: dt.datetime) -> str | CouldNot:
    """The text of a definition in which one example expects what its formula gives; or why it is not known."""
    from ...evaluate.engine.duckdb import DuckWorker, WorkerLimits  # noqa: PLC0415 - it evaluates
    from .expectation import with_expectation  # noqa: PLC0415

    return with_expectation(workspace, path, number, now, lambda: DuckWorker(WorkerLimits()))
