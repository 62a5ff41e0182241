"""`kpi export`: the values as a table, for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..model.diagnostic import KpiError, Severity
from ..report.exports import EXPORTS, export
from ..report.words.phrases import counted
from ..workflow.checking.check import check
from ..workflow.files import write_bytes
from ..workflow.run import Outcome
from . import options as o
from .app import app

_ENDS = " or ".join(EXPORTS)


@app.command("export")
def export_values(
    file: Annotated[str, typer.Argument(metavar="FILE", help=f"The file to write: its name ends {_ENDS}.")],
    project: o.Project = None, as_of: o.AsOf = None, periods: o.Periods = 12, only: o.Only = None,
    allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Write the values as a table: csv, parquet or xlsx.

    It has one row for each KPI, period and segment. It judges nothing: whether values pass, `kpi check` says.
    """
    suffix = Path(file).suffix.lower()
    if suffix not in EXPORTS:
        raise KpiError("the name of the file says no format", f"Let it end {_ENDS}.")
    outcome = check(o.options(project, as_of=as_of, periods=periods, only=only, allow_path=allow_path))
    if outcome.scorecard is None:
        raise KpiError("there is nothing to export", "Run `kpi check`, and correct what it finds.")
    content = export(suffix)(outcome.scorecard)
    if isinstance(content, str):
        o.write(content, file)
    else:
        write_bytes(Path(file), content)
    _tell(file, outcome)


def _tell(file: str, outcome: Outcome) -> None:
    """How much was written, and whether something is wrong with it."""
    assert outcome.scorecard is not None, "it was written"
    measurements = outcome.scorecard.measurements
    what = counted(len({m.kpi for m in measurements}), "definition")
    o.write(f"{file}: {counted(len(measurements), 'row')} of {what}", "-")
    errors = sum(finding.severity is Severity.ERROR for finding in outcome.diagnostics)
    if errors:
        print(
            f"kpi: {counted(errors, 'error')}: values may be unknown or absent. `kpi check` says why.", file=sys.stderr
        )
