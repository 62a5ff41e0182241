"""The door for Python: a check as a function, for notebooks and other programs.

What `kpi_framework` itself exports is public, and versioned semantically; every other module is ours to change. So
are the fields of results that `docs/python.md` does not name.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

from .model.diagnostic import Diagnostic, KpiError, Severity
from .model.measurement import Scorecard
from .report.formats.measurement_table import COLUMNS, Cell, rows
from .workflow.checking.check import check as run_check
from .workflow.project import ProjectRoot, find_project
from .workflow.run import MOST_PERIODS, Options

__all__ = ["KpiError", "Scorecard", "check", "columns"]


def check(
    path: str | os.PathLike[str] = ".", *, as_of: dt.date | None = None, periods: int = 12, only: Iterable[str] = (),
    allow_path: Iterable[str | os.PathLike[str]] = (),
) -> Scorecard:  # fmt: skip
    """Check a project and return its scorecard, as `kpi check` does; nothing is written and nothing is printed.

    `path` is the project's folder, the one with kpi.yaml. Values are computed as of the end of `as_of` (now, where it
    is None), for the last `periods` complete periods of each KPI and the running one. `only` names definitions; what
    they stand on comes with them. `allow_path` names folders outside the project that may be read.

    A missed target and a finding are results: see `verdict` and `diagnostics` of the scorecard. Raises KpiError where
    there is no scorecard: no project, a kpi.yaml that cannot be read, an unknown definition.
    """
    if not 1 <= periods <= MOST_PERIODS:
        raise KpiError(f"{periods} periods cannot be shown", f"Ask for 1 to {MOST_PERIODS} periods.")
    if isinstance(only, str):
        raise KpiError("`only` is a text, not a list of definitions", "Write the ids in a list.")
    root = ProjectRoot(find_project(Path(path), Path.cwd()), tuple(map(Path, allow_path)))
    outcome = run_check(
        Options(project_root=root, now=dt.datetime.now(dt.UTC), as_of=as_of, periods=periods, only=tuple(only))
    )
    if outcome.scorecard is None:
        raise _no_scorecard(outcome.diagnostics)
    return outcome.scorecard


def columns(scorecard: Scorecard) -> dict[str, list[Cell]]:
    """All measurements of a scorecard as columns: `pandas.DataFrame(columns(scorecard))`.

    A row is a KPI, a period and a segment; the columns are those of `kpi export`. A value has the unit that its row
    names; what is unknown is None. Days are dates.
    """
    table = list(rows(scorecard.measurements, scorecard.definitions))
    return {column.name: [row[i] for row in table] for i, column in enumerate(COLUMNS)}


def _no_scorecard(findings: Iterable[Diagnostic]) -> KpiError:
    """The first of the errors that stand before a scorecard."""
    for finding in findings:
        if finding.severity is Severity.ERROR:
            return KpiError(f"{finding.span.path}:{finding.span.line}: {finding.message}", finding.hint)
    return KpiError("the project has no scorecard", "Run `kpi check` to see all findings.")
