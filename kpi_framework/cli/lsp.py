"""`kpi lsp`: alone in its file, since standard output is reserved before it."""

from __future__ import annotations

import gc
import importlib.util

from ..model.diagnostic import KpiError
from .app import app

_NEEDED = ("pygls", "lsprotocol")


@app.command()
def lsp() -> None:
    """Serve an editor over standard input and output.

    The editor starts it: docs/editor.md has the lines for each. It needs the extra `editor`.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise KpiError("`kpi lsp` needs the extra `editor`", 'Run `pip install "kpi-framework[editor]"`.')
    gc.enable()  # other commands end soon; this one stays for a working day
    importlib.import_module("kpi_framework.lsp.server").serve()
