"""A small project to spoil, and the command line run in this process."""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer.main

from kpi_framework.cli.main import run

# A command line is built of its functions at each start of the program. Here thousands start in one process, and it
# is built once, of all commands: 38 of the 44 milliseconds that a small command took.
importlib.import_module("kpi_framework.cli.commands")
typer.main.get_command = functools.cache(typer.main.get_command)
PROJECT = Path(__file__).parent.parent / "rules" / "project"


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its payload."""
        return json.loads(self.out)


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def kpi(folder: Path, *arguments: str) -> Ended:
    """Run `kpi` with these arguments in a folder."""
    import sys  # noqa: PLC0415 - the arguments are swapped where they stand

    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["kpi", *arguments]
    code = 0
    try:
        with _inside(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            run()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.argv = before
    return Ended(code, out.getvalue(), err.getvalue())


def project(folder: Path, files: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The small project with some files replaced, or (None) left out."""
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def text(name: str) -> str:
    """A file of the small project."""
    return (PROJECT / name).read_text(encoding="utf-8")


KPI = "kpis/fix_time.yaml"
STRICT = text(KPI).replace("at_most: 4 h, near: 5 h", "at_most: 2 h")
"""The definition with a target that is missed."""
FORMULA = "formula: median(hours_between(created_at, resolved_at))"
DATA = "data/tickets.csv"
