"""`kpi demo`: the sample project in a folder of one's own, checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")

ROOT = Path(__file__).parents[2]
PARTS = ("kpi.yaml", "kpis", "baselines", "schemas", "data")


def files(root: Path) -> dict[str, bytes]:
    """The sample's files beneath a folder: definitions, schemas and data, without the programs that made the data."""
    paths = [path for part in PARTS for path in (root / part, *(root / part).rglob("*")) if path.is_file()]
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.suffix not in (".py", ".pyc")
    }


def test_the_demo_is_the_sample_with_its_scorecard(tmp_path: Path) -> None:
    """Every file is copied, the one missed target shuts the gate, which is right: exit code 0."""
    ended = kpi(tmp_path, "demo", "desk")
    assert ended.code == 0, ended.err
    desk = tmp_path / "desk"
    assert files(desk) == files(ROOT)
    assert len(files(desk)) > 40
    scorecard = json.loads((desk / "scorecard/scorecard.json").read_text(encoding="utf-8"))
    assert scorecard["verdict"]["passed"] is False
    judged = [m for m in scorecard["measurements"] if m["judged"] and m["kind"] == "kpi" and not m["segment"]]
    assert {m["kpi"] for m in judged if m["status"] == "missed"} == {"time_to_resolution"}
    assert "Time to resolution" in ended.out
    assert "exit code 1" in ended.out


def test_the_demo_fills_no_folder_that_has_something(tmp_path: Path) -> None:
    """What lies there stays, and nothing comes beside it: exit code 2."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk/mine.txt").write_text("mine")
    ended = kpi(tmp_path, "demo", "desk")
    assert (ended.code, ended.out) == (2, "")
    assert [path.name for path in (tmp_path / "desk").iterdir()] == ["mine.txt"]
