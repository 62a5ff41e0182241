"""`kpi publish` and `kpi verify`: the ledger of published values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..report.pages.ledger import LEDGER_FORMATS, LedgerView
from ..workflow.ledger.publish import publish
from ..workflow.ledger.verify import Question, verify
from . import options as o
from .app import app
from .complete import choice

LedgerFormat = Annotated[str, choice("--format", LEDGER_FORMATS)]


@app.command("publish")
def publish_values(
    project: o.Project = None, form: LedgerFormat = "text", output: o.Output = "-", as_of: o.AsOf = None,
    reason: Annotated[
        list[str] | None,
        typer.Option("--reason", help="Why published values change; of several KPIs, ID=TEXT for each."),
    ] = None,
    anchor: Annotated[Path | None, typer.Option("--anchor", help="Also write the last hashes to this file.")] = None,
    allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Append the judged values to the ledger, one file for each KPI.

    The definitions are those of the commit, and the tracked data have to be. A value that was published before is
    changed only with --reason. The files are ledger/<id>.jsonl.
    """
    publication = publish(o.options(project, as_of=as_of, allow_path=allow_path), tuple(reason or ()), anchor)
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
    data: Annotated[
        Path | None, typer.Option("--data", help="A folder with the files of data that are kept outside git.")
    ] = None,
    allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Check the published values in the ledger.

    It checks the chain of hashes and that no commit lost a line that its parent has, and computes each value again from
    the definitions and the data of its own commit.
    """
    verification = verify(o.options(project, allow_path=allow_path), Question(anchor, data))
    counts = {
        "checked": verification.checked,
        "hold": verification.holds,
        "failed": len(verification.failed),
        "could not be computed again": len(verification.unverified),
    }
    view = LedgerView(
        "kpi verify", counts, verification.failed, verification.unverified, verification.heads, o.color(), o.width(),
        verification.gaps,
    )  # fmt: skip
    o.write(LEDGER_FORMATS[form](view), output)
    raise typer.Exit(int(bool(verification.failed)))
