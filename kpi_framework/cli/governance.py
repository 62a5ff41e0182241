"""`kpi review` and `kpi due`: what owners promised for a day."""

from __future__ import annotations

from typing import Annotated

import typer

from ..report.pages.due import DUE_FORMATS, DueView
from ..workflow.checking.due import due
from ..workflow.checking.review import review
from . import options as o
from .app import app
from .complete import choice, definitions


@app.command("review")
def note_review(
    kpi_id: Annotated[str, typer.Argument(metavar="ID", autocompletion=definitions)],
    note: Annotated[str, typer.Option("--note", help="What the review found.")],
    project: o.Project = None, as_of: o.AsOf = None,
    by: Annotated[str | None, typer.Option("--by", help="Who held it. Default: user.email of git.")] = None,
    date: Annotated[str | None, typer.Option("--date", help="The day it was held. Default: the as-of day.")] = None,
) -> None:  # fmt: skip
    """Record in a KPI's file that it was reviewed.

    It sets `last`, `by` and `note` of `review:`. Everything else in the file stays as it is, comments too.
    """
    reviewed = review(o.options(project, as_of=as_of), kpi_id, note, by, o.as_day(date, "--date"))
    held = f"reviewed on {reviewed.review.last} by {reviewed.review.by}"
    o.write(f"{reviewed.path}: {held}; the next review is on {reviewed.next}", "-")


DueFormat = Annotated[str, choice("--format", DUE_FORMATS)]


@app.command("due")
def show_due(project: o.Project = None, form: DueFormat = "text", output: o.Output = "-", as_of: o.AsOf = None) -> None:
    """List what is overdue, due this week or due this month.

    These are reviews, actions, waivers that end, and targets that begin.
    """
    agenda = due(o.options(project, as_of=as_of))
    o.write(DUE_FORMATS[form](DueView(agenda, o.color(), o.width())), output)
