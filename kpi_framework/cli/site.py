"""`kpi site`: the project as static pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..model.diagnostic import KpiError
from ..report.site.files import site_files
from ..workflow.site import build, write_site
from . import options as o
from .app import app


@app.command("site")
def write_pages(
    out: Annotated[Path, typer.Option("--out", help="The folder for the pages: a new one, or an older site.")],
    project: o.Project = None, as_of: o.AsOf = None, allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Write the project as static pages, with charts.

    They need no server and no script, and fetch nothing: open index.html, or publish the folder.
    """
    chosen = o.options(project, as_of=as_of, allow_path=allow_path)
    site, outcome = build(chosen)
    if site is None:
        raise KpiError("there is nothing to show", "Run `kpi check`, and correct what it finds.")
    count = write_site(out, site_files(site))
    o.write(f"{out}: {count:,} files. Open index.html first.", "-")
    raise typer.Exit(0 if outcome.scorecard is not None else 1)
