"""The door itself: every command registers here."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import __version__
from . import options as o

app = typer.Typer(
    name="kpi", help="KPIs as code: definitions in git, numbers that can be trusted.", no_args_is_help=True,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False) -> None:
    """KPIs as code: definitions in git, numbers that can be trusted."""
    if version:
        o.write(f"kpi {__version__}", "-")
        raise typer.Exit
