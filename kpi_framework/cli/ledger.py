"""`kpi publish` and `kpi verify`: the ledger of published values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.pages.ledger import LEDGER_FORMATS, LedgerView
from ..workflow.ledger.ledger import publish, verify
from . import options as o
from .app import app
from .complete import choice

LedgerFormat = Annotated[str, choice("--format", LEDGER_FORMATS)]


@app.command("publish")
def publish_values(
    project: o.Project = None, form: LedgerFormat = "text", output: o.Output = "-", as_of: o.AsOf = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why published values change.")] = None,
    anchor: Annotated[Path | None, typer.Option("--anchor", help="Also write the last hashes to this file.")] = None,
    allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Append the judged values to the ledger, one file for each KPI.

    A value that was published before is changed only with --reason. The files are ledger/<id>.jsonl.
    """
    publication = publish(o.options(project, as_of=as_of, allow_path=allow_path), reason, anchor)
    published, refused = sum(publication.appended.values()), len(publication.diagnostics)
    counts = {"values published": published, "ledgers": len(publication.heads), "refused": refused}
    view = LedgerView("kpi publish", counts, publication.diagnostics, (), publication.heads, o.color(), o.width())
    o.write(LEDGER_FORMATS[form](view), output)
    raise typer.Exit(int(bool(publication.diagnostics)))


@app.command("verify")
def verify_values(
    project: o.Project = None, form: LedgerFormat = "text", output: o.Output = "-",
    anchor: Annotated[
        Path | None, typer.Option("--anchor", help="Compare with the file that `kpi publish --anchor` wrote.")
    ] = None,
    allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Check the published values in the ledger.

    It checks the chain of hashes and the commit of each definition, and computes again the values whose data are still
    the same.
    """
    verification = verify(o.options(project, allow_path=allow_path), anchor)
    counts = {
        "checked": verification.checked,
        "failed": len(verification.failed),
        "could not be computed again": len(verification.unverified),
    }
    view = LedgerView(
        "kpi verify", counts, verification.failed, verification.unverified, verification.heads, o.color(), o.width()
    )
    o.write(LEDGER_FORMATS[form](view), output)
    raise typer.Exit(int(bool(verification.failed)))
