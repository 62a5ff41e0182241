"""The entry point: what a short process does without, before anything is imported."""

from __future__ import annotations

import gc
import importlib
import os


def run() -> None:
    """`kpi`, without what would take a third of its start."""
    # Looking for cycles among the trees of a process that ends soon is in vain.
    gc.disable()
    # pydantic would look through every installed package for plugins; none has a say in what a file means.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    importlib.import_module("kpi_framework.cli.main").run()
