"""`kpi notify`: what owners have to know since values were last published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..model.diagnostic import KpiError
from ..report.formats.mail import is_address
from ..report.notice_files import INDEX, notice_files
from ..report.view.letters import summary
from ..report.words.escape import clean, web_address
from ..report.words.phrases import day_text
from ..workflow.notices import notices
from ..workflow.output_folder import replace_folder
from . import options as o
from .app import app


@app.command("notify")
def write_notices(
    project: o.Project = None, as_of: o.AsOf = None, allow_path: o.AllowPath = None,
    out: Annotated[Path | None, typer.Option("--out", help="The folder to write. Default: notices/.")] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="The day of the notices before. Default: that of the last published value."),
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", help="The address of the published pages, for links to them.")
    ] = None,
    sender: Annotated[str, typer.Option("--sender", help="The address that mails are from.")] = "kpi@localhost",
) -> None:  # fmt: skip
    """Write a notice for each owner of what has changed.

    It compares with the values that were last published, and tells what is newly missed, newly unknown or recovered,
    overdue actions, and waivers that end within seven days. The files are bodies for Slack and Teams, and mails.
    Sending them is a step of its own. Run it before `kpi publish`.
    """
    if not is_address(sender):
        raise KpiError(f"--sender {clean(sender)} is no mail address", "Write one such as kpi@example.com.")
    if site is not None and web_address(site) is None:
        raise KpiError(
            f"--site {clean(site)} is no address of a web page", "Write one such as https://example.com/kpi."
        )
    chosen = o.options(project, as_of=as_of, allow_path=allow_path)
    news = notices(chosen, o.as_day(since, "--since"))
    folder = out or chosen.project_root.folder / "notices"
    replace_folder(folder, INDEX, notice_files(news, sender, site))
    lines = [f"{clean(who) or 'no owner'}: {summary(listed)}" for who, listed in news.by_owner.items()]
    when = f" since {day_text(news.since)}" if news.since else ""
    o.write("\n".join((*lines, f"Written to {folder}.")) if lines else f"Nothing to tell{when}.", "-")
