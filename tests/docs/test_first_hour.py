"""The first hour: the commands that a newcomer is told to type work, one after the other, over an export."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT, blocks

DAYS = [(n, f"2026-{n % 3 + 1:02}-{n % 28 + 1:02}") for n in range(1, 61)]
ROWS = "\n".join(f"{n},{n},Web,Solved,High,{day} 10:00,{day} 15:00,Incident" for n, day in DAYS)
EXPORT = f"Id,Requester id,Via,Status,Priority,Created at,Solved at,Ticket type\n{ROWS}\n"


def test_the_first_hour_can_be_typed(tmp_path: Path) -> None:
    """Every command is one that works; the project is committed at the end, with the KPIs that the columns allow."""
    page = (ROOT / "docs" / "first-hour.md").read_text(encoding="utf-8")
    commands = [line[2:] for block in blocks(page) for line in block.text.splitlines() if line.startswith("$ ")]
    (tmp_path / "tickets.csv").write_text(EXPORT, encoding="utf-8")
    who = {f"GIT_{role}_{part}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    script = "\n".join(f"{command} || [ $? = 1 ] || exit 9" for command in commands)
    ended = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, **who, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stderr
    assert "Traceback" not in ended.stderr
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=tmp_path / "desk", capture_output=True, text=True, check=True
    ).stdout
    assert {"kpi.yaml", "kpis/time_to_resolution.yaml"} <= set(tracked.splitlines())
