"""`kpi rows` and `kpi try`: from a number to its rows, and what a change would do to it."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from ..model.diagnostic import KpiError
from ..report.pages.rows import RowsScreen, rows_text
from ..report.pages.trial import TRIAL_FORMATS, TrialView
from ..workflow.checking.pipeline import pipeline_of
from ..workflow.checking.rows import RowsRequest, rows_behind
from ..workflow.checking.trial import Proposal, tried
from . import options as o
from .app import app
from .complete import choice, definitions

TrialFormat = Annotated[str, choice("--format", TRIAL_FORMATS)]


@app.command("rows")
def list_rows(
    definition_id: Annotated[str, typer.Argument(metavar="ID", autocompletion=definitions)],
    project: o.Project = None, as_of: o.AsOf = None, allow_path: o.AllowPath = None,
    period: Annotated[str | None, typer.Option("--period", help="Such as 2026-10. Default: the judged one.")] = None,
    segment: Annotated[
        list[str] | None, typer.Option("--segment", help="Such as priority=critical. Can be repeated.")
    ] = None,
    misses: Annotated[bool, typer.Option("--misses", help="Only the rows that missed the target.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="The most rows of each kind.")] = 20,
) -> None:  # fmt: skip
    """List the rows behind a number, on a terminal only.

    It shows the keys and the columns that the formula reads, of the rows that missed the target, of all others that
    count, and of those left out, with the reason. Personal columns are never shown.
    """
    _refuse_elsewhere()
    request = RowsRequest(definition_id, period, tuple(segment or ()), limit)
    answer = rows_behind(o.options(project, as_of=as_of, allow_path=allow_path), request)
    screen = RowsScreen(
        answer.definition, answer.measurement, answer.rows, answer.findings, misses, o.color(), o.width()
    )
    o.write(rows_text(screen), "-")
    raise typer.Exit(0 if answer.rows is not None else 1)


def _refuse_elsewhere() -> None:
    """Rows are for the person who asks: they go into no file, no pipe and no log. Raises KpiError."""
    if os.environ.get("CI") or pipeline_of(os.environ).system != "other":
        raise KpiError("`kpi rows` does not run under CI: a log is no place for single rows", "Run it on your machine.")
    if not sys.stdout.isatty():
        raise KpiError("`kpi rows` writes to a terminal only", "Run it without `>` and without a pipe.")


@app.command("try")
def try_change(
    definition_id: Annotated[str, typer.Argument(metavar="ID", autocompletion=definitions)],
    target: Annotated[
        str | None, typer.Option("--target", help="Such as '≤ 45 min', 80%-reachable or benchmark.")
    ] = None,
    formula: Annotated[str | None, typer.Option("--formula", help="Another formula.")] = None,
    where: Annotated[str | None, typer.Option("--where", help="Another condition; '' for none.")] = None,
    project: o.Project = None, form: TrialFormat = "text", output: o.Output = "-", as_of: o.AsOf = None,
    periods: o.Periods = 12, allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Show what a change would do to the last periods.

    It judges them by another target, formula or condition, beside today's. Nothing is written. With --target
    80%-reachable it proposes the strictest limit that 80 % of these periods reached.
    """
    chosen = o.options(project, as_of=as_of, periods=periods, allow_path=allow_path)
    trial = tried(chosen, Proposal(definition_id, target, formula, where))
    o.write(TRIAL_FORMATS[form](TrialView(trial, o.color(), o.width())), output)
    raise typer.Exit(1 if trial.findings else 0)
