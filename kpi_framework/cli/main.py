"""`kpi`: options → one workflow call → a renderer → exit code."""

from __future__ import annotations

import importlib
import sys

from ..model.diagnostic import KpiError
from .app import app
from .log import guard

_ALONE = {
    "lint": "kpi_framework.cli.lint", "test": "kpi_framework.cli.check", "check": "kpi_framework.cli.check",
    "lsp": "kpi_framework.cli.lsp",
}  # fmt: skip
"""Commands that are waited for, and the one file each needs: it does not wait for the others' imports."""
_EVERY = "kpi_framework.cli.commands"


def run() -> None:
    """The entry point: problems of the world end with 2, refused files with 1, neither with a traceback."""
    guard()
    # Importing a file of commands registers them.
    importlib.import_module(_ALONE.get(next(iter(sys.argv[1:]), ""), _EVERY))
    try:
        app()
    except KpiError as error:
        sys.stderr.write(f"kpi: {error.message}\n" + (f"  {error.hint}\n" if error.hint else ""))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)
