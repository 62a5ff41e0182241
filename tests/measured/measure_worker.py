"""A plugin of pytest that measures the worker: `pytest -p tests.measured.measure_worker`, under coverage.

The product starts its worker with an empty environment and kills it, so that coverage sees nothing of it. With this
plugin, and only with it, the worker is started by launcher.py; what that marked joins the data of the run.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import coverage
import pytest

from kpi_framework.evaluate.engine import duckdb as engine

HERE, WORKER = Path(__file__).parent, engine.WORKER
FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Have every worker of this process started with its lines marked."""
    folder = Path(tempfile.mkdtemp(prefix="kpi-worker-"))
    config.stash[FOLDER] = folder
    (folder / "worker.py").symlink_to(WORKER)
    engine.WORKER = Path(shutil.copy(HERE / "launcher.py", folder))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Add the marked lines to what coverage measured in this process."""
    engine.WORKER = WORKER
    measured = coverage.Coverage.current()
    if measured is not None:
        measured.get_data().add_lines({str(WORKER): lines(config.stash[FOLDER])})
    shutil.rmtree(config.stash[FOLDER])


def lines(folder: Path) -> set[int]:
    """The lines that any worker marked."""
    return {n for path in folder.glob("*.lines") for n, mark in enumerate(path.read_bytes()) if mark}
