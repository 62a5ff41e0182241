"""`kpi ci`: what a job of any system runs."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from ..report.formats.azure import azure_summary
from ..report.pages.comment import DIFF_FORMATS
from ..report.pages.diff import DiffView
from ..report.renderers import renderer
from ..report.view.result import Report
from ..workflow.checking.check import check
from ..workflow.checking.pipeline import Pipeline, pipeline_of
from ..workflow.files import write_text
from ..workflow.history.diff import Question, diff
from ..workflow.run import Options
from . import options as o
from .app import app
from .check import tell_github, write_scorecard
from .complete import choice

REPORTS = {"junit": "kpi.xml", "gitlab": "code-quality.json", "sarif": "kpi.sarif"}
"""The reports that other programs read, by their format."""
COMPARISONS = {"markdown": "diff.md", "json": "diff.json"}
"""The comparison of a proposed change: the comment to post, and the same as data."""
Projects = Annotated[
    list[Path] | None, typer.Option("--project", help="A project's folder. Can be repeated. Default: the nearest.")
]
Base = Annotated[str | None, typer.Option("--base", help="Compare with this revision. Default: as the system says.")]


@app.command("ci")
def ci(
    projects: Projects = None, as_of: o.AsOf = None, fail_on: o.FailOnOption = "error",
    allow_path: o.AllowPath = None, base: Base = None,
    gate: Annotated[
        str, choice("--gate", ("auto", "definitions", "all"), "auto: definitions for a proposed change, else all.")
    ] = "auto",
    reports: Annotated[Path, typer.Option("--reports", help="The folder for reports.")] = Path("kpi-reports"),
) -> None:  # fmt: skip
    """Check in a CI job, and compare a proposed change with its base.

    It finds out which system runs it, and writes reports, annotations and a summary as that system reads them.
    """
    pipeline = Pipeline(pipeline_of(os.environ).system, base) if base else pipeline_of(os.environ)
    scope = ("definitions" if pipeline.is_proposal else "all") if gate == "auto" else gate
    every = [o.options(p, as_of=as_of, fail_on=fail_on, gate=scope, allow_path=allow_path) for p in projects or (None,)]
    folders = [reports / _own_folder(chosen, every) for chosen in every]
    codes = [_check(c, pipeline, folder) for c, folder in zip(every, folders, strict=True)]
    if pipeline.base is not None:
        codes += [_compare(c, pipeline.base, folder) for c, folder in zip(every, folders, strict=True)]
    raise typer.Exit(max(codes))


def _own_folder(chosen: Options, every: list[Options]) -> PurePosixPath:
    """Where a project's reports go: several projects are told apart by their folders in the repository."""
    return PurePosixPath(chosen.project_root.in_repository if len(every) > 1 else "")


def _check(chosen: Options, pipeline: Pipeline, folder: Path) -> int:
    outcome = check(chosen)
    report = o.report_of(outcome, "kpi check", chosen.project_root)
    write_scorecard(report, chosen.project_root.folder / "scorecard")
    for form, name in REPORTS.items():
        write_text(folder / name, renderer(form)(report))
    o.write(renderer("text")(report), "-")
    _tell(report, pipeline, chosen.project_root.folder / "scorecard" / "scorecard.md")
    return report.exit_code


def _tell(report: Report, pipeline: Pipeline, scorecard: Path) -> None:
    """Annotations with file and line, and a summary, where the system has them."""
    if pipeline.system == "github":
        tell_github(report, annotated=False)
    elif pipeline.system == "azure":
        o.write(renderer("azure")(report), "-")
        if report.scorecard is not None:
            o.write(azure_summary(str(scorecard.resolve())), "-")


def _compare(chosen: Options, base: str, folder: Path) -> int:
    """What the change means and does to the values, as the comment that a poster takes."""
    difference = diff(chosen, Question(base, "HEAD", None, with_impact=True))
    failed = any(chosen.strictness.fails(f.severity) for f in difference.diagnostics)
    view = DiffView(difference, not failed, o.color(), o.width())
    for form, name in COMPARISONS.items():
        write_text(folder / name, DIFF_FORMATS[form](view))
    o.write(DIFF_FORMATS["text"](view), "-")
    return int(failed)
