"""`kpi`: options → one workflow call → a renderer → exit code."""

from __future__ import annotations

import gc
import importlib
import os
import sys

from ..model.diagnostic import KpiError
from .engine import start_early

_ALONE = {"lint": "lint", "test": "check", "check": "check"}
"""The main job's commands, and the one file each needs: it does not wait for the others' imports."""
_ENGINED = frozenset({"test", "check"})


def run() -> None:
    """The entry point: problems of the world end with 2, never with a traceback."""
    # A command lives for seconds and keeps nearly all it makes: looking for garbage that early is time lost.
    gc.set_threshold(100_000, 50, 100)
    try:
        code = _ended(next(iter(sys.argv[1:]), ""))
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = 1
    # All is closed and written; freeing a tree of a hundred thousand objects one by one takes longer than to read it.
    os._exit(code)


def _ended(command: str) -> int:
    """Run a command; its exit code."""
    try:
        if command in _ENGINED:
            start_early()
        # Importing a file of commands registers them.
        importlib.import_module(f"kpi_framework.cli.{_ALONE.get(command, 'commands')}")
        importlib.import_module("kpi_framework.cli.app").app()
    except KpiError as error:
        sys.stderr.write(f"kpi: {error.message}\n" + (f"  {error.hint}\n" if error.hint else ""))
        return 2
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
