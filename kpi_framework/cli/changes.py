"""`kpi diff` and `kpi history`: what changes of definitions mean, and what they do to the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..model.diagnostic import KpiError
from ..report.pages.diff import DIFF_FORMATS, DiffView
from ..report.pages.history import HISTORY_FORMATS, HistoryView
from ..workflow.history.diff import Question, diff, read_diff
from ..workflow.history.history import Query, history
from . import options as o
from .app import app
from .complete import choice, definitions

Base = Annotated[str, typer.Argument(metavar="[BASE]", help="The revision before; HEAD by default.")]
Head = Annotated[str | None, typer.Argument(metavar="[HEAD]", help="The revision after; the working tree by default.")]
DiffFormat = Annotated[str, choice("--format", DIFF_FORMATS)]


@app.command("diff")
def show_diff(
    base: Base = "HEAD", head: Head = None, project: o.Project = None, form: DiffFormat = "text",
    output: o.Output = "-", as_of: o.AsOf = None, periods: o.Periods = 12, fail_on: o.FailOnOption = "error",
    allow_path: o.AllowPath = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, beside the commits' `Reason:` trailers.")] = None,
    impact: Annotated[bool, typer.Option(help="Compute the values on both sides.")] = True,
    written: Annotated[
        Path | None, typer.Option("--from", help="Show what another run wrote as JSON; it is checked first.")
    ] = None,
) -> None:  # fmt: skip
    """Compare two revisions by meaning: which goalposts moved, and what that does to the numbers."""
    strictness = o.strictness(fail_on)
    if written is not None:
        if (base, head) != ("HEAD", None):
            raise KpiError("--from shows what a file compares, not these revisions", "Leave one of them out.")
        difference = read_diff(written)
    else:
        chosen = o.options(project, as_of=as_of, periods=periods, fail_on=fail_on, allow_path=allow_path)
        difference = diff(chosen, Question(base, head, reason, impact))
    failed = any(strictness.fails(f.severity) for f in difference.diagnostics)
    o.write(DIFF_FORMATS[form](DiffView(difference, not failed, o.color(), o.width())), output)
    raise typer.Exit(int(failed))


HistoryFormat = Annotated[str, choice("--format", HISTORY_FORMATS)]


Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]…", help="Definitions; all by default.", autocompletion=definitions),
]


@app.command("history")
def show_history(
    ids: Ids = None,
    project: o.Project = None, form: HistoryFormat = "text", output: o.Output = "-", as_of: o.AsOf = None,
    since: Annotated[str | None, typer.Option("--since", help="The first day.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="The last day.")] = None,
    values: Annotated[bool, typer.Option(help="Compute the value under the old and the new definition.")] = True,
    allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Who changed which definition, when, why, and what it did: from git alone."""
    query = Query(tuple(ids or ()), o.as_day(since, "--since"), o.as_day(until, "--until"), values)
    events = history(o.options(project, as_of=as_of, allow_path=allow_path), query)
    o.write(HISTORY_FORMATS[form](HistoryView(events, o.color(), o.width())), output)
