"""`kpi audit`: what an auditor asks for, in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..model.diagnostic import KpiError
from ..report.pages.audit import audit_files
from ..workflow.ledger.audit import Sources, audit, write_bundle
from . import options as o
from .app import app


@app.command("audit")
def write_audit(
    first: Annotated[str, typer.Option("--since", help="The first day, such as 2026-01-31.")],
    last: Annotated[str, typer.Option("--until", help="The last day, included.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for the files.")],
    project: o.Project = None,
    anchor: Annotated[
        Path | None, typer.Option("--anchor", help="Compare with the file that `kpi publish --anchor` wrote.")
    ] = None,
    approvals: Annotated[
        Path | None,
        typer.Option("--approvals", help="Who approved what, as the platform says. Default: approvals.json."),
    ] = None,
    allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Write what an auditor asks for to a new folder.

    It holds every commit, change, approval, published value, restatement, waiver and missed review between two days,
    the hash of each file, and a script that checks it all without kpi.
    """
    days = o.as_day(first, "--since"), o.as_day(last, "--until")
    if days[0] is None or days[1] is None:
        raise KpiError("--since and --until need a day", "Write each day as 2026-01-31.")
    bundle = audit(o.options(project, allow_path=allow_path), days[0], days[1], Sources(anchor, approvals))
    write_bundle(out, audit_files(bundle))
    o.write(
        f"{out}: {len(bundle.population.commits):,} commits, {len(bundle.events):,} changes,"
        f" {len(bundle.published):,} published values. Open index.html first.",
        "-",
    )
    raise typer.Exit(int(bool(bundle.verified.failed)))
