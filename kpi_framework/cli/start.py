"""The entry point: how a short process starts, before anything else is imported, and how it ends."""

from __future__ import annotations

import gc
import importlib
import os
import sys

_ENGINED = frozenset({"test", "check"})
"""The commands that will need an engine: its process starts while ours still reads its files."""


def run() -> None:
    """`kpi`, without what would take half of its time."""
    # Looking for cycles among the trees of a process that ends soon is in vain.
    gc.disable()
    # pydantic would look through every installed package for plugins; none has a say in what a file means.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    if _ENGINED.intersection(sys.argv[1:2]):
        importlib.import_module("kpi_framework.cli.engine").start_early()
    try:
        importlib.import_module("kpi_framework.cli.main").run()
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else int(end.code is not None))
    _leave(0)


def _leave(code: int) -> None:
    """End at once: all is closed and written, and freeing a hundred thousand objects one by one takes its time."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = code or 1
    os._exit(code)
