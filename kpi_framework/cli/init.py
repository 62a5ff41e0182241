"""`kpi init`: begin a project."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..discover.answers import Question
from ..discover.report import Reading
from ..model.diagnostic import KpiError
from ..model.period import is_zone
from ..report.words.escape import clean
from ..workflow.project import ProjectRoot
from ..workflow.run import Options, Outcome
from ..workflow.setup.init import InitRequest, InitResult, begin
from ..workflow.setup.origin import checked, installed_from
from ..workflow.setup.pipelines import PIPELINES
from . import options as o
from .app import app
from .complete import choice
from .engine import open_engine

_TABLES = (".csv", ".tsv", ".txt", ".parquet", ".json", ".jsonl", ".ndjson", ".xlsx", ".xls", ".zip", ".gz", ".zst")
Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="[DIR]", help="The project's folder. Default: the current one.")
]
From = Annotated[
    list[Path] | None,
    typer.Option("--from", metavar="FILE…", help="Exported files: tickets as CSV, Excel, JSON or Parquet."),
]


@app.command()
def init(
    paths: Paths = None, sources: From = None,
    name: Annotated[str | None, typer.Option("--name", help="The name of the project.")] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="A time zone, such as Europe/London.")] = None,
    owner: Annotated[str, typer.Option("--owner", help="The owner of the KPIs.")] = "service-desk@example.com",
    system: Annotated[str, choice("--ci", tuple(PIPELINES), "Whose pipeline to write.")] = "github",
    requirement: Annotated[
        str | None, typer.Option("--install-from", help="What a CI job installs kpi from, as pip reads it.")
    ] = None,
    answers: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="NAME=VALUE", help="What files do not tell: tickets.day_first=yes."),
    ] = None,
) -> None:  # fmt: skip
    """Create a project, empty or from exported files.

    It writes kpi.yaml, the KPIs that the files have columns for, schemas and a CI pipeline. It never overwrites a file.
    """
    folder, files = _sorted(list(paths or ()), list(sources or ()))
    if timezone is not None and not is_zone(timezone):
        raise KpiError(f"--timezone {timezone} is not an IANA time zone", "Write a name such as Europe/London or UTC.")
    begun = begin(
        Options(ProjectRoot(folder), dt.datetime.now(dt.UTC), open_engine=open_engine, progress=o.progress()),
        InitRequest(
            folder, files, name, timezone, owner, system, _requirement(requirement, system), tuple(answers or ()),
            _asked if is_answered() else lambda _: None,
        ),
    )  # fmt: skip
    if begun.findings:
        o.finish(o.report_of(Outcome(False, 1, begun.findings), "kpi init"), "text", "-")
    o.write("\n".join(_next_steps(begun, folder, has_data=bool(files))), "-")


def _requirement(requirement: str | None, system: str) -> str | None:
    """What a job installs kpi from: as the option says, as this kpi was installed, or as a person answers."""
    known = requirement or installed_from()
    if known is None and PIPELINES[system] and is_answered():
        question = "What can a CI job install kpi from, as pip reads it? (nothing: a variable says it later)"
        known = typer.prompt(question, default="", show_default=False, err=True).strip() or None
    return checked(known) if known else None


def _sorted(paths: list[Path], sources: list[Path]) -> tuple[Path, tuple[Path, ...]]:
    """The folder and the exports: `--from a.csv b.csv`, as a shell spells a pattern, names both files."""
    more = [p for p in paths if sources and (p.suffix.lower() in _TABLES or _is_file(p))]
    folders = [p for p in paths if p not in more]
    if len(folders) > 1:
        raise KpiError(
            f"two folders are named: {folders[0]} and {folders[1]}", "Name one folder: `kpi init DIR --from FILE…`."
        )
    folder = folders[0] if folders else Path()
    if _is_file(folder):
        raise KpiError(f"{folder} is not a folder", "Name exported files with --from.")
    return folder, (*sources, *more)


def _is_file(path: Path) -> bool:
    """Whether a file is there; what is no path at all is told where it is read or written."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_answered() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(question: Question) -> str | None:
    """What a person answers on the terminal; nothing leaves it open."""
    choices = " or ".join(question.choices)
    reply: str = typer.prompt(f"{question.text} ({choices})", default="", show_default=False, err=True)
    return reply.strip() or None


def _reading(reading: Reading) -> list[str]:
    """What was understood, what was not, and what needs a person."""
    tasks = [f"{number}. {line}" for number, line in enumerate(reading.tasks, 1)]
    parts = {"Understood": reading.understood, "Not understood, or left out": reading.doubts, "To decide": tasks}
    told = ((title, lines) for title, lines in parts.items() if lines)
    return [line for title, lines in told for line in ("", title, *(f"  {clean(text)}" for text in lines))]


def _next_steps(begun: InitResult, folder: Path, *, has_data: bool) -> list[str]:
    """What was written, what to know, and what comes next."""
    lines = [f"written  {name}" for name in begun.written]
    lines += [f"note     {note}" for note in begun.notes]
    lines += _reading(begun.reading) if begun.reading is not None else []
    step = "" if folder == Path() else f"cd {folder}; "
    look = "Read kpi.yaml: its comments say how each column is read, and what was assumed." if has_data else (
        "Put an exported file at data/tickets.csv, or start again with `kpi init --from FILE`.")  # fmt: skip
    drafts = "The KPIs are drafts: their targets are proposals. Delete `status: draft` in kpis/ where you agree."
    begin_ = drafts if has_data else "Owners, targets and baselines are proposals: change them in kpis/."
    return [*lines, "", look, begin_,
            f"Next: {step}kpi lint; kpi check"]  # fmt: skip
