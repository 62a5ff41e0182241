"""A draft is shown with the judgement that it would have, and judges nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import KPI, kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")

ACTIVE = text(KPI)
DRAFT = f"{ACTIVE}status: draft\n"


def test_a_project_of_drafts_is_not_judged_yet(tmp_path: Path) -> None:
    """It ends with 0 and never with the word passed, whatever the status would be; its proposed target is shown."""
    judged = kpi(project(tmp_path / "active"), "check", "--format", "json").json
    root = project(tmp_path / "draft", {KPI: DRAFT})
    ended = kpi(root, "check", "--format", "json")
    assert ended.code == 0
    verdict = ended.json["verdict"]
    assert (verdict["passed"], verdict["exit_code"], verdict["counts"]["unknown"]) == (False, 0, 0)
    assert len(verdict["reasons"]) == 1
    drafts = [m for m in ended.json["measurements"] if m["kpi"] == "fix_time"]
    actives = [m for m in judged["measurements"] if m["kpi"] == "fix_time"]
    assert [m["value"] for m in drafts] == [m["value"] for m in actives]
    assert {m["status"] for m in drafts} == {"informative"}
    whole = [(m["would_be"], m["target"]) for m in drafts if not m["segment"]]
    assert whole == [(m["status"], m["target"]) for m in actives if not m["segment"]]
    assert all("would_be" not in m for m in actives)
    shown = kpi(root, "check").out
    assert "would be" in shown
    assert "Not judged yet" in shown
    assert "passed" not in shown.lower()


def test_drafts_beside_an_active_kpi_do_not_open_the_gate(tmp_path: Path) -> None:
    """What is active is judged as ever: a draft beside it neither saves nor spoils the check."""
    second = DRAFT.replace("id: fix_time", "id: draft_time")
    root = project(tmp_path, {"kpis/draft_time.yaml": second})
    alone = kpi(project(tmp_path / "alone"), "check", "--format", "json").json["verdict"]
    beside = kpi(root, "check", "--format", "json").json["verdict"]
    assert (beside["passed"], beside["counts"]) == (alone["passed"], alone["counts"])
