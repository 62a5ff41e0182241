"""Closed streams, Ctrl-C and a reader that leaves: one line at most, a documented exit code, never a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.projects import project

KPI = str(Path(sys.executable).with_name("kpi"))


def shell(words: str, root: Path) -> subprocess.CompletedProcess[str]:
    """Run `kpi` in a shell that closes or redirects a stream."""
    return subprocess.run(["sh", "-c", words], cwd=root, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("command", ["rules", "lint", "check", "explain stale", "--version"])
def test_a_closed_standard_output_is_told(command: str, tmp_path: Path) -> None:
    """What cannot be written anywhere is no success, and no file takes the place of the stream."""
    ended = shell(f"{KPI} {command} >&-", project(tmp_path))
    assert ended.returncode in (1, 2)
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["lint", "check"])
@pytest.mark.parametrize("stream", ["2>&-", "<&-", "<&- 2>&-"])
def test_other_closed_streams_change_nothing(command: str, stream: str, tmp_path: Path) -> None:
    """The payload and the exit code are what they are with them open."""
    root = project(tmp_path)
    closed, usual = shell(f"{KPI} {command} {stream}", root), shell(f"{KPI} {command}", root)
    assert (closed.returncode, closed.stdout) == (usual.returncode, usual.stdout)


@pytest.mark.parametrize("moment", [0.1, 0.25, 0.4, 0.6, 0.9])
def test_an_interrupt_ends_with_130_and_one_line(moment: float, tmp_path: Path) -> None:
    """At any moment, also while it imports and while the engine works; no half file is left."""
    root = project(tmp_path)
    with subprocess.Popen([KPI, "check"], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        time.sleep(moment)
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=60)
    assert (run.returncode, errors) in [(130, "kpi: interrupted\n"), (0, "")] or run.returncode == -signal.SIGINT
    assert not [p.name for p in root.rglob(".*") if p.is_file()]
