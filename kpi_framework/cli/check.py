"""`kpi test` and `kpi check`: the main job."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..report.renderers import renderer
from ..report.view.result import Report
from ..workflow.checking.check import check as run_check
from ..workflow.checking.check import run_tests
from ..workflow.files import append_text, write_text
from ..workflow.run import Options, Outcome
from . import options as o
from .app import app

SUMMARY_LIMIT = 1024 * 1024
SCORECARD = {"json": "scorecard.json", "markdown": "scorecard.md"}
"""The files of a scorecard, by the format that draws them."""


@app.command()
def test(
    project: o.Project = None, form: o.Format = "text", output: o.Output = "-", only: o.Only = None,
    fail_on: o.FailOnOption = "error",
) -> None:  # fmt: skip
    """Run the examples of the definitions."""
    chosen = o.options(project, only=only, fail_on=fail_on)
    o.finish(o.report_of(run_tests(chosen), "kpi test", chosen.project_root), form, output)


@app.command()
def check(
    project: o.Project = None, form: o.Format = "text", output: o.Output = "-", as_of: o.AsOf = None,
    periods: o.Periods = 12, only: o.Only = None, gate: o.GateOption = "all", fail_on: o.FailOnOption = "error",
    allow_path: o.AllowPath = None, view: o.ViewOption = None,
    scorecard: Annotated[Path | None, typer.Option("--scorecard", help="A folder for scorecard.md and .json.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="Check this git revision.")] = None,
) -> None:  # fmt: skip
    """Check definitions, examples, data and targets.

    It writes the scorecard. Its exit code is 1 if a finding or a missed target is one that fails the gate.
    """
    chosen = o.options(
        project, as_of=as_of, periods=periods, only=only, gate=gate, fail_on=fail_on, allow_path=allow_path, view=view,
        drawn=(*SCORECARD, form),
    )  # fmt: skip
    outcome = run_check(chosen) if at is None else _as_it_was(chosen, at)
    report = o.report_of(outcome, "kpi check", chosen.project_root)
    write_scorecard(report, scorecard or chosen.project_root.folder / "scorecard" / _folder(outcome))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        tell_github(report, annotated=form == "github" and output == "-")
    o.finish(report, form, output)


def _as_it_was(chosen: Options, at: str) -> Outcome:
    """A revision's scorecard; the everyday check does not wait for what reads git."""
    module = importlib.import_module("kpi_framework.workflow.history.at_revision")
    outcome: Outcome = module.check_at(chosen, at)
    return outcome


def _folder(outcome: Outcome) -> str:
    """A revision's scorecard does not take the place of today's."""
    return outcome.scorecard.revision[:12] if outcome.scorecard else ""


def write_scorecard(report: Report, folder: Path) -> None:
    """Write scorecard.json and scorecard.md, if there is a scorecard. Raises KpiError."""
    if report.scorecard is not None:
        for form, name in SCORECARD.items():
            write_text(folder / name, renderer(form)(report))


def tell_github(report: Report, *, annotated: bool) -> None:
    """Annotations with file and line, unless the payload is just these, and the scorecard as step summary."""
    if not annotated:
        sys.stderr.write(renderer("github")(report))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and report.scorecard is not None:
        text = renderer("markdown")(report)
        append_text(Path(summary), text if len(text.encode()) < SUMMARY_LIMIT else text[: SUMMARY_LIMIT // 4])
