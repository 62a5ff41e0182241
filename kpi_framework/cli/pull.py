"""`kpi pull`: databases and buckets into snapshots, in the one job that has their secrets."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer

from ..model.diagnostic import KpiError
from ..report.pages.pull import PULL_FORMATS, PullView
from ..workflow.project import ProjectRoot, find_project
from ..workflow.pull.pull import PullRequest, pull
from . import options as o
from .app import app
from .complete import choice

_LAST = "last"


@app.command("pull")
def pull_snapshots(
    datasets: Annotated[
        list[str] | None, typer.Argument(metavar="[DATASET]…", help="The datasets. Default: all with a connection.")
    ] = None,
    project: o.Project = None, form: Annotated[str, choice("--format", PULL_FORMATS)] = "text", output: o.Output = "-",
    since: Annotated[
        str | None, typer.Option("--since", help="`last`: only the rows that changed since the last pull.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, max=86_400, help="How many seconds one statement may take.")
    ] = 600.0,
    fail_on: o.FailOnOption = "error", allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Copy databases and buckets into snapshots.

    The URLs come from the environment. `kpi check` reads the snapshots, and opens no connection.
    """
    if since not in (None, _LAST):
        raise KpiError("--since knows one word: last", "Write `--since last`, or leave it out to pull all rows.")
    root = ProjectRoot(find_project(project, Path.cwd()), tuple(allow_path or ()))
    request = PullRequest(
        root, dt.datetime.now(dt.UTC), os.environ, tuple(datasets or ()), since == _LAST, timeout, o.progress()
    )
    result = pull(request)
    failed = any(o.strictness(fail_on).fails(finding.severity) for finding in result.diagnostics)
    o.write(PULL_FORMATS[form](PullView(result.pulled, result.diagnostics, o.color(), o.width())), output)
    raise typer.Exit(int(failed))
