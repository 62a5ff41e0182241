"""The door itself: every command registers here."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .. import __version__
from . import options as o

SECTIONS = {
    "Start here": ("init", "check", "show", "demo"),
    "Ask about a number": ("rows", "try"),
    "Write definitions": ("catalog", "add", "lint", "test", "functions", "rules", "explain", "schema", "lsp"),
    "Follow changes": ("diff", "history"),
    "Review and plan": ("baseline", "review", "due"),
    "Automate": ("pull", "ci"),
    "Ask for help": ("doctor",),
    "Publish values": ("publish", "verify", "audit", "site", "export", "notify"),
}
"""The sections of `kpi --help`, and the commands of each."""


class Sections(TyperGroup):
    """The commands in sections, so that the first ones come first."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer keeps their types to itself
        """Write a list of commands for each section."""
        longest = max(map(len, self.commands))
        for title, names in SECTIONS.items():
            commands = [self.commands[name] for name in names if name in self.commands]
            if commands:
                with formatter.section(title):
                    lines = [(c.name, c.get_short_help_str(formatter.width - longest - 6)) for c in commands]
                    formatter.write_dl([(f"{name:{longest}}", line) for name, line in lines])


app = typer.Typer(
    name="kpi", help="KPIs as code: definitions in git, numbers that can be trusted.", no_args_is_help=True,
    pretty_exceptions_enable=False, rich_markup_mode=None, cls=Sections,
)  # fmt: skip


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """KPIs as code: definitions in git, numbers that can be trusted."""
    if version:
        o.write(f"kpi {__version__}", "-")
        raise typer.Exit
