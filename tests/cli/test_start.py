"""How the process starts and ends: an engine before anybody asked, and no wait for what nobody needs any more."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot
from tests.cli.projects import STRICT, project

KPI = Path(sys.executable).with_name("kpi")


def ended(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real command, in a process of its own."""
    return subprocess.run([KPI, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("lint",), 0),
        (("check", "--fail-on", "never"), 0),
        (("check", "--gate", "definitions"), 0),
        (("check",), 1),
        (("check", "--as-of", "someday"), 2),
        (("check", "--nonsense"), 2),
        (("nonsense",), 2),
        (("--version",), 0),
    ],
)
def test_the_exit_code_is_the_commands(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    """Ending at once gives the code that ending slowly would give, and loses no word of either stream."""
    root = project(tmp_path, {"kpis/fix_time.yaml": STRICT})
    found = ended(root, *words)
    assert found.returncode == code, found.stderr
    assert found.stdout if code != 2 else found.stderr


def test_a_long_payload_reaches_its_reader_whole(tmp_path: Path) -> None:
    """A pipe that holds less than is written still gets the last byte."""
    found = ended(project(tmp_path), "rules", "--format", "json")
    assert found.stdout.rstrip().endswith(("]", "}"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """What could not be written is no success, and no traceback."""
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            [KPI, "rules"], cwd=project(tmp_path), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert found.returncode == 2
    assert "Traceback" not in found.stderr


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the list of processes is read from /proc")
def test_an_engine_that_nobody_asked_ends_too(tmp_path: Path) -> None:
    """A command that fails before it needs its engine leaves none behind."""
    before = _workers()
    assert ended(tmp_path, "check").returncode == 2
    until = time.monotonic() + 20
    while _workers() - before and time.monotonic() < until:
        time.sleep(0.1)
    assert _workers() - before == set()


@pytest.mark.parametrize("data", ["kept", "gone"])
def test_what_was_put_off_is_done_whether_or_not_data_are_read(data: str, tmp_path: Path) -> None:
    """What the caller and lint have to do is done once: while the engine reads, or when nothing could be read."""
    files = {"kpis/fix_time.yaml": re.sub(r"^owner:.*\n", "", STRICT, flags=re.MULTILINE)}
    root = project(tmp_path, files if data == "kept" else {**files, "data/tickets.csv": None})
    done: list[str] = []
    outcome = check(Options(ProjectRoot(root), dt.datetime.now(dt.UTC), beside=(lambda: done.append("beside"),)))
    rules = [d.rule for d in outcome.diagnostics]
    assert done == ["beside"]
    assert "missing-owner" in rules
    assert ("source-unreadable" in rules) is (data == "gone")


def _workers() -> set[int]:
    """The worker processes whose parent is gone."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if b"worker.py" in command and parent == 1 and int(folder.name) != os.getpid():
            found.add(int(folder.name))
    return found
