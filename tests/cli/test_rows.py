"""`kpi rows`: the rows behind a number, for the person who asks, and for nobody else."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_framework.cli import questions
from tests.cli.projects import Ended, kpi, project

pytestmark = pytest.mark.usefixtures("engine_inside")

Shown = Callable[..., Ended]
JOBS = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL")
"""By what a job of a pipeline is known."""


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The command as it runs on a terminal."""
    monkeypatch.setattr(questions, "_refuse_elsewhere", lambda: None)
    monkeypatch.setenv("COLUMNS", "120")
    return kpi


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pipeline runs these tests, as far as the command can see."""
    for name in JOBS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("environment", [{}, *({name: "true"} for name in JOBS)], ids=["a pipe", *JOBS])
def test_rows_go_to_a_terminal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    """Into a pipe, a file or the log of a job no row is written: exit 2, nothing on standard output."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ended = kpi(project(tmp_path), "rows", "fix_time")
    assert (ended.code, ended.out) == (2, "")
    assert ("CI" if environment else "terminal") in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in Python")
def test_a_real_terminal_shows_them(tmp_path: Path) -> None:
    """On a terminal the rows come with their keys and their own values."""
    import pty  # noqa: PLC0415 - Windows has none

    door, screen = pty.openpty()
    environment = {**os.environ, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "kpi_framework", "rows", "fix_time", "--project", str(project(tmp_path))]
    process = subprocess.Popen(command, stdout=screen, stderr=screen, env=environment)
    os.close(screen)
    written = b""
    with contextlib.suppress(OSError):  # how the end of a terminal is told
        while piece := os.read(door, 65_536):
            written += piece
    os.close(door)
    assert process.wait() == 0
    assert b"Population" in written
    assert b"ticket_id" in written


def test_the_screen_holds_the_counts_and_the_rows(tmp_path: Path, shown: Shown) -> None:
    """The judged month's counts as in the scorecard, the rows that missed, and what each was worth."""
    root = project(tmp_path)
    card = kpi(root, "show", "fix_time", "--format", "json").json
    judged = next(m for m in card["measurements"] if m["judged"] and not m["segment"])
    ended = shown(root, "rows", "fix_time")
    assert ended.code == 0
    facts = {line.split()[0]: line.split()[1] for line in ended.out.splitlines() if line.startswith("  ")}
    counts = {name: facts[name.capitalize()] for name in ("population", "measured", "missing", "excluded")}
    assert counts == {name: f"{judged[name]:,}" for name in counts}


def test_only_the_misses(tmp_path: Path, shown: Shown) -> None:
    """--misses leaves out the rows that did not miss; the counts stay."""
    ended = shown(project(tmp_path), "rows", "fix_time", "--misses", "--period", "2026-02")
    assert ended.code == 0
    assert "Population" in ended.out
    assert "Measured (" not in ended.out


def test_a_cell_writes_no_command_to_the_terminal(tmp_path: Path, shown: Shown) -> None:
    """Data are strangers' texts: their control characters do not reach the screen."""
    data = "id,opened,closed,priority,user\n\x1b[2J9,2026-03-02 09:00,2026-03-02 19:00,high,u\n"
    ended = shown(project(tmp_path, {"data/tickets.csv": data}), "rows", "fix_time", "--period", "2026-03")
    assert ended.code == 0
    assert "10 h 00 min" in ended.out
    assert "\x1b" not in ended.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "there is no definition nobody"),
        (("fix_time", "--period", "May"), "names no period"),
        (("fix_time", "--period", "2026"), "begins in 2026"),
        (("fix_time", "--period", "2026-13"), "is not in the calendar"),
        (("fix_time", "--period", "2027-01"), "has not begun"),
        (("fix_time", "--segment", "priority"), "no segment priority"),
        (("fix_time", "--segment", "user=ann"), "no segment user=ann"),
        (("fix_time", "--segment", "priority=urgent"), "no such segment"),
    ],
)
def test_a_question_that_names_nothing_is_refused(
    tmp_path: Path, shown: Shown, arguments: tuple[str, ...], words: str
) -> None:
    """Exit 2, and what there is to name."""
    ended = shown(project(tmp_path), "rows", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


def test_rows_are_not_listed_by_a_person(tmp_path: Path, shown: Shown) -> None:
    """A personal column may be a segment where the project allows it; its rows are not listed by it."""
    root = project(tmp_path)
    settings = (root / "kpi.yaml").read_text()
    (root / "kpi.yaml").write_text(f"{settings}privacy: {{segment_by: [requester], min_rows: 1, reason: agreed}}\n")
    fix_time = (root / "kpis/fix_time.yaml").read_text().replace("[priority]", "[requester]")
    (root / "kpis/fix_time.yaml").write_text(fix_time)
    ended = shown(root, "rows", "fix_time", "--segment", "requester=user 1")
    assert (ended.code, ended.out) == (2, "")
    assert "names people" in ended.err


def test_what_has_no_value_says_why(tmp_path: Path, shown: Shown) -> None:
    """Where the data cannot be read there are no rows: the finding says where, exit 1."""
    ended = shown(project(tmp_path, {"data/tickets.csv": None}), "rows", "fix_time")
    assert ended.code == 1
    assert "source-unreadable" in ended.out
