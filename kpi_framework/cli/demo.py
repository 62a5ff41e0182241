"""`kpi demo`: the sample project in a folder of one's own, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.renderers import renderer
from ..workflow.checking.check import check
from ..workflow.setup.demo import copy_sample
from . import options as o
from .app import app
from .check import write_scorecard

GATE_SHUT = 1


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="A new folder.")] = Path("kpi-demo"),
) -> None:
    """Copy the sample project to a new folder and check it.

    One target is missed there, so that you see how the gate stops a run.
    """
    copy_sample(folder)
    chosen = o.options(folder)
    outcome = check(chosen)
    report = o.report_of(outcome, "kpi check")
    write_scorecard(report, chosen.project_root.folder / "scorecard")
    o.write(renderer("text")(report), "-")
    working = (
        ". This is right: a target is missed, and the gate stops the run" if outcome.exit_code == GATE_SHUT else ""
    )
    o.write(f"\nkpi check ended with exit code {outcome.exit_code}{working}.", "-")
    o.write(f"The project is in {folder}. Change a target in its folder kpis/, and run `kpi check` there.", "-")
    raise typer.Exit(0 if outcome.exit_code == GATE_SHUT else 1)
