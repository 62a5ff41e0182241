"""`kpi`: options → one workflow call → a renderer → exit code."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated

import typer

from .. import __version__
from ..model.diagnostic import KpiError
from ..workflow.lint import lint_project
from . import options as o

app = typer.Typer(
    name="kpi", help="KPIs as code: definitions in git, numbers that can be trusted.", no_args_is_help=True,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip
_ALONE = {"lint": "main", "test": "check", "check": "check"}
"""The main job's commands, and the one file each needs: it does not wait for the others' imports."""


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False) -> None:
    """KPIs as code: definitions in git, numbers that can be trusted."""
    if version:
        o.write(f"kpi {__version__}", "-")
        raise typer.Exit


@app.command()
def lint(
    project: o.Project = None, form: o.Format = "text", output: o.Output = "-", as_of: o.AsOf = None,
    fail_on: o.FailOnOption = "error", allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Check the definitions, without data."""
    outcome = lint_project(o.options(project, as_of=as_of, fail_on=fail_on, allow_path=allow_path))
    o.finish(outcome, "kpi lint", form, output)


def run() -> None:
    """The entry point: problems of the world end with 2, never with a traceback."""
    # Importing a file of commands registers them.
    importlib.import_module(f"kpi_framework.cli.{_ALONE.get(next(iter(sys.argv[1:]), ''), 'commands')}")
    try:
        app()
    except KpiError as error:
        sys.stderr.write(f"kpi: {error.message}\n" + (f"  {error.hint}\n" if error.hint else ""))
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(1)
