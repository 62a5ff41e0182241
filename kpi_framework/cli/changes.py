"""`kpi diff` and `kpi history`: what changes of definitions mean, and what they do to the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..model.diagnostic import KpiError
from ..report.pages.comment import DIFF_FORMATS
from ..report.pages.diff import DiffView
from ..report.pages.history import HISTORY_FORMATS, HistoryView
from ..workflow.history.diff import Question, diff, read_diff
from ..workflow.history.history import Query, history
from . import options as o
from .app import app
from .complete import choice, definitions

Base = Annotated[str, typer.Argument(metavar="[BASE]", help="The earlier revision.")]
Head = Annotated[str | None, typer.Argument(metavar="[HEAD]", help="The later revision. Default: the files on disk.")]
DiffFormat = Annotated[str, choice("--format", DIFF_FORMATS)]


@app.command("diff")
def show_diff(
    base: Base = "HEAD", head: Head = None, project: o.Project = None, form: DiffFormat = "text",
    output: o.Output = "-", as_of: o.AsOf = None, periods: o.Periods = 12, fail_on: o.FailOnOption = "error",
    allow_path: o.AllowPath = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why the definitions change; `Reason:` lines of commits count too.")
    ] = None,
    impact: Annotated[bool, typer.Option(help="Compute the values of both revisions.")] = True,
    exact: Annotated[
        bool, typer.Option("--exact", help="Compare the two revisions themselves, not from where they parted.")
    ] = False,
    written: Annotated[
        Path | None, typer.Option("--from", help="Show the file that `kpi diff --format json` wrote.")
    ] = None,
) -> None:  # fmt: skip
    """Compare the definitions of two revisions.

    It shows what each change means, such as an easier target or another formula, and what it does to the values.
    """
    strictness = o.strictness(fail_on)
    if written is not None:
        if (base, head) != ("HEAD", None):
            raise KpiError(
                "--from shows a file, so that no revisions can be named", "Leave out --from or the revisions."
            )
        difference = read_diff(written)
    else:
        chosen = o.options(project, as_of=as_of, periods=periods, fail_on=fail_on, allow_path=allow_path)
        difference = diff(chosen, Question(base, head, reason, impact, exact))
    failed = any(strictness.fails(f.severity) for f in difference.diagnostics)
    o.write(DIFF_FORMATS[form](DiffView(difference, not failed, o.color(), o.width())), output)
    raise typer.Exit(int(failed))


HistoryFormat = Annotated[str, choice("--format", HISTORY_FORMATS)]


Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]…", help="The definitions. Default: all.", autocompletion=definitions),
]


@app.command("history")
def show_history(
    ids: Ids = None,
    project: o.Project = None, form: HistoryFormat = "text", output: o.Output = "-", as_of: o.AsOf = None,
    since: Annotated[str | None, typer.Option("--since", help="Only changes on or after this day.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Only changes on or before this day.")] = None,
    after: Annotated[
        str | None, typer.Option("--after", help="Only changes that this revision does not hold.")
    ] = None,
    values: Annotated[bool, typer.Option(help="Compute the value under the old and the new definition.")] = True,
    allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Show who changed which definition, when and why.

    All of it comes from git. Where a change gives other values, both values are computed.
    """
    query = Query(tuple(ids or ()), o.as_day(since, "--since"), o.as_day(until, "--until"), values, after)
    events = history(o.options(project, as_of=as_of, allow_path=allow_path), query)
    o.write(HISTORY_FORMATS[form](HistoryView(events, o.color(), o.width())), output)
