"""Bad input and kills, a few of each: whatever comes, a command answers in order and leaves everything whole.

`make hostile` asks the same of many thousands. Each part runs in a process of its own, since it forks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def kept(part: str, folders: pytest.TempPathFactory) -> None:
    """Run a part of the harness; it fails with what the harness says, and how to run one input again."""
    base = folders.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    command = [sys.executable, "-m", "tests.hostile", part, "--desk", str(shared / "hostile")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_detector_catches_its_fake(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A leak, a hang, a torn file, an orphan, a green value that nobody computed: made on purpose, each is told."""
    kept("detectors", tmp_path_factory)


def test_a_formula_is_refused_or_means_one_thing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In every place that takes SQL or a name, good, spoiled or forbidden: no traceback, no hang, no leak."""
    kept("formulas", tmp_path_factory)


def test_a_spoiled_file_is_told_and_breaks_nothing_else(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Exit code 0, 1 or 2, output that parses, a whole scorecard, no other file changed, nothing foreign shown."""
    kept("files", tmp_path_factory)


def test_a_bad_worker_makes_nothing_green(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Dead, late or lying at any message: what was not computed is unknown by its own reason, and no one is blamed."""
    kept("worker", tmp_path_factory)


def test_a_killed_command_leaves_all_or_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Killed at a system call of a write: no file is torn, no worker lives on, and the next run works."""
    kept("parent", tmp_path_factory)


def test_a_process_may_end_at_any_moment(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A real `kpi check` or `kpi publish`, killed or interrupted by chance: the same holds."""
    kept("kills", tmp_path_factory)
