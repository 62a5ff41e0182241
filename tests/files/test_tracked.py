"""What decides a number is seen by git: ignored, overlooked and foreign files are findings, and so are governors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import kpi
from tests.history.repository import KPI, SECOND, Repository

pytestmark = pytest.mark.usefixtures("engine_inside")
TARGET = (("at_most: 4 h", "at_most: 5 h"), ("near: 5 h", "near: 6 h"))


@pytest.fixture
def desk(tmp_path: Path) -> Repository:
    """The project, committed."""
    desk = Repository(tmp_path / "desk")
    desk.root.mkdir()
    desk.start()
    return desk


def told(desk: Repository, rule: str) -> list[str]:
    """The paths that a rule names."""
    findings = kpi(desk.root, "lint", "--format", "json").json["diagnostics"]
    return [f["path"] for f in findings if f["rule"] == rule]


def test_changes_that_git_overlooks_are_an_error(desk: Repository) -> None:
    """assume-unchanged and skip-worktree hide an edit from git, and neither from lint nor from publish."""
    for flag in ("assume-unchanged", "skip-worktree"):
        desk.git("update-index", f"--{flag}", KPI)
        assert told(desk, "hidden-file") == []
        desk.edit(KPI, *TARGET)
        assert desk.git("status", "--porcelain") == ""
        assert told(desk, "hidden-file") == [KPI]
        assert kpi(desk.root, "publish").code != 0
        desk.git("update-index", f"--no-{flag}", KPI)
        desk.git("checkout", "-q", "--", KPI)


def test_a_definition_of_another_repository_is_an_error(desk: Repository) -> None:
    """A folder that is a repository of its own shows the project's history nothing of its files."""
    desk.write("kpis/more/slow.yaml", SECOND)
    desk.git("init", "-q", "kpis/more")
    assert told(desk, "hidden-file") == ["kpis/more"]
    assert told(desk, "not-tracked") == []


def test_line_ends_of_a_checkout_are_no_difference(desk: Repository) -> None:
    """git may write a file as the system has its lines."""
    text = (desk.root / KPI).read_bytes().replace(b"\n", b"\r\n")
    desk.git("update-index", "--assume-unchanged", KPI)
    (desk.root / KPI).write_bytes(text)
    assert told(desk, "hidden-file") == []


def test_who_looks_at_changes_is_listed(desk: Repository) -> None:
    """CODEOWNERS and the workflow that runs `kpi` are governance; a workflow of something else is nobody's business."""
    desk.write(".github/CODEOWNERS", "* @lead\n")
    desk.write(".github/workflows/kpi.yaml", "run: kpi check\n")
    desk.write(".github/workflows/other.yaml", "run: make\n")
    desk.commit("rules")
    changes = kpi(desk.root, "history", "--no-values", "--format", "json").json["changes"]
    around = {(c["class"], c["field"], c["path"]) for c in changes if c["path"].startswith(".github")}
    assert around == {
        ("governance", "code_owners", ".github/CODEOWNERS"), ("governance", "workflow", ".github/workflows/kpi.yaml"),
    }  # fmt: skip


def test_a_project_that_moves_keeps_its_history(desk: Repository) -> None:
    """Its definitions are not new in the other folder, and the commit that moves them is no change of theirs."""
    desk.edit(KPI, *TARGET)
    desk.commit("softer")
    (desk.root / "desks/it").mkdir(parents=True)
    desk.git("mv", "kpi.yaml", "kpis", "data", "desks/it/")
    desk.commit("moved")
    changes = kpi(desk.root / "desks/it", "history", "--no-values", "--format", "json").json["changes"]
    assert {c["subject"] for c in changes} == {"The project", "softer"}
