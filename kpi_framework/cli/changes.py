"""`kpi diff`: what a change of definitions means, and what it does to the numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from ..report.diff import DIFF_FORMATS, DiffView
from ..workflow.diff import Question, diff
from . import options as o
from .main import app

Base = Annotated[str, typer.Argument(metavar="[BASE]", help="The revision before; HEAD by default.")]
Head = Annotated[str | None, typer.Argument(metavar="[HEAD]", help="The revision after; the working tree by default.")]
DiffFormat = Annotated[str, typer.Option("--format", help=f"One of {', '.join(DIFF_FORMATS)}.")]


@app.command("diff")
def show_diff(
    base: Base = "HEAD", head: Head = None, project: o.Project = None, form: DiffFormat = "text",
    output: o.Output = "-", as_of: o.AsOf = None, periods: o.Periods = 12, fail_on: o.FailOnOption = "error",
    allow_path: o.AllowPath = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, beside the commits' `Reason:` trailers.")] = None,
    impact: Annotated[bool, typer.Option(help="Compute the values on both sides.")] = True,
) -> None:  # fmt: skip
    """Compare two revisions by meaning: which goalposts moved, and what that does to the numbers."""
    o.one_of(form, tuple(DIFF_FORMATS), "--format")
    chosen = o.options(project, as_of=as_of, periods=periods, fail_on=fail_on, allow_path=allow_path)
    difference = diff(chosen, Question(base, head, reason, impact))
    failed = any(chosen.strictness.fails(f.severity) for f in difference.diagnostics)
    o.write(DIFF_FORMATS[form](DiffView(difference, not failed, o.color(), o.width())), output)
    raise typer.Exit(int(failed))
