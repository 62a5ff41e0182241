"""What all commands share: options, the screen, writing a result, and the exit code."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from ..evaluate.gate import FailOn, Scope, Strictness
from ..model.day import read_day
from ..model.diagnostic import KpiError
from ..model.quoting import plain_or
from ..report.renderers import FORMATS, renderer
from ..report.view.alarms import alarms
from ..report.view.result import Report
from ..workflow.files import write_text
from ..workflow.project import ProjectRoot, find_project
from ..workflow.run import MOST_PERIODS, Options, Outcome
from .complete import choice, definitions
from .engine import open_engine
from .log import as_logged

_SLOW = 1.0

Project = Annotated[
    Path | None, typer.Option("--project", help="The project's folder. Default: the nearest with kpi.yaml.")
]
Format = Annotated[str, choice("--format", FORMATS)]
Output = Annotated[str, typer.Option("--output", help="The file to write; `-` is standard output.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Compute the values as of the end of this day, such as 2026-01-31."),
]
Periods = Annotated[int, typer.Option("--periods", min=1, max=MOST_PERIODS, help="How many complete periods to show.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="Only this definition and its inputs. Can be repeated.", autocompletion=definitions),
]
FailOnOption = Annotated[
    str, choice("--fail-on", get_args(FailOn), "The mildest severity that fails the run: error, warning or never.")
]
GateOption = Annotated[
    str, choice("--gate", get_args(Scope), "What can fail: definitions (pull requests) or all (scheduled runs).")
]
ViewOption = Annotated[str | None, typer.Option("--view", help="Show only what this view of kpi.yaml lists.")]
AllowPath = Annotated[
    list[Path] | None, typer.Option("--allow-path", help="A folder outside the project that may be read.")
]


def as_day(text: str | None, option: str = "--as-of") -> dt.date | None:
    """The day an option names. Raises KpiError."""
    try:
        return read_day(text) if text else None
    except ValueError as error:
        raise KpiError(f"{option} {plain_or(text or '', '…')}: {error}", "Write a day such as 2026-01-31.") from None


def options(
    project: Path | None, *, as_of: str | None = None, periods: int = 12, only: list[str] | None = None,
    fail_on: str = "error", gate: str = "all", allow_path: list[Path] | None = None,
    view: str | None = None, drawn: tuple[str, ...] = (),
) -> Options:  # fmt: skip
    """The options of a run whose outcome will be drawn in these formats. Raises KpiError."""
    root = find_project(project, Path.cwd())
    return Options(
        project_root=ProjectRoot(root, tuple(allow_path or ())), now=dt.datetime.now(dt.UTC), as_of=as_day(as_of),
        periods=periods, only=tuple(only or ()), view=view, strictness=strictness(fail_on, gate),
        open_engine=open_engine, progress=progress(), beside=tuple(partial(renderer, form) for form in drawn),
    )  # fmt: skip


def strictness(fail_on: str, gate: str = "all") -> Strictness:
    """What may fail a run, as the options of their names say."""
    return Strictness(cast(Scope, gate), cast(FailOn, fail_on))


def progress() -> Callable[[str], None]:
    """Say on stderr what is being done, once it has taken over a second."""
    began, printed = time.monotonic(), set[str]()

    def say(what: str) -> None:
        if what not in printed and time.monotonic() - began > _SLOW:
            printed.add(what)
            print(f"kpi: {what} …", file=sys.stderr)

    return say


def color() -> bool:
    """Whether the screen takes colour: a terminal, without NO_COLOR, and not in CI."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and not os.environ.get("CI")


def width() -> int:
    """How wide the screen is."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return int(os.environ.get("COLUMNS", "100")) if os.environ.get("COLUMNS", "100").isdigit() else 100


def report_of(outcome: Outcome, title: str, root: ProjectRoot | None = None) -> Report:
    """An outcome as the renderers take it; of a project that may be a folder of its repository."""
    card, catalog = outcome.scorecard, outcome.catalog
    return Report(
        scorecard=card, diagnostics=outcome.diagnostics, examples=outcome.examples,
        alarms=alarms(card, catalog) if card and catalog else (),
        passed=outcome.passed, exit_code=outcome.exit_code, title=title, color=color(), width=width(),
        prefix=root.in_repository if root is not None else "",
    )  # fmt: skip


def write(text: str, output: str) -> None:
    """Write a payload to a file or to standard output. Raises KpiError."""
    if output != "-":
        path = _file(output)
        write_text(path, as_logged(text, path))
        return
    try:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise KpiError(f"standard output cannot be written: {error.strerror}", "Make room, or use --output.") from None


def _file(output: str) -> Path:
    """The file that --output names. Raises KpiError."""
    if not output.strip() or output.endswith("/"):
        raise KpiError(f"--output {output!r} names no file", "Name a file, or `-` for standard output.")
    return Path(output)


def finish(report: Report, form: str, output: str) -> None:
    """Render, write, and end with the exit code."""
    write(renderer(form)(report), output)
    raise typer.Exit(report.exit_code)
