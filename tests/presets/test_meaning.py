"""What a preset and a duration do to a definition: its hash, its findings, its class of change."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.load.write import as_yaml
from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")

HEADER = "number,opened_at,time_worked,other\n"
ROWS = "A,2026-01-05 09:00,1970-01-01 02:30:00,90\n"
METRIC = (
    "version: 1\nkind: metric\nid: worked\nname: Worked\ndataset: tickets\n"
    "formula: sum(handle_minutes)\nunit: minutes\n"
)


def project(root: Path, dataset: dict[str, Any]) -> Path:
    """A project with one metric over minutes of work."""
    for name, text in {"a.csv": HEADER + ROWS, "kpis/worked.yaml": METRIC}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    values = {
        "version": 1,
        "name": "Desk",
        "as_of": "2026-02-10",
        "datasets": {"tickets": {"source": "a.csv", "complete_from": "2026-01-01", **dataset}},
    }
    (root / "kpi.yaml").write_text(as_yaml(values))
    return root


def worked(root: Path) -> tuple[float, str]:
    """The metric's value, and its definition's hash."""
    [found] = [m for m in kpi(root, "check", "--format", "json").json["measurements"] if m["population"]]
    return found["value"], found["definition"]


def test_the_hash_sees_how_a_duration_is_read(tmp_path: Path) -> None:
    """Another form, another column or another source of the mapping is another number; the same mapping is the same."""
    by_preset = worked(project(tmp_path / "a", {"preset": "servicenow"}))
    mapping = {"from": "time_worked", "duration": "epoch"}
    spelt = {"ticket_id": {"from": "number"}, "created_at": {"from": "opened_at"}, "handle_minutes": mapping}
    by_hand = worked(project(tmp_path / "b", {"columns": spelt, "key": "ticket_id"}))
    assert by_preset == by_hand
    assert by_preset[0] == 150
    spelt["handle_minutes"] = {"from": "other", "duration": "minutes"}
    minutes = worked(project(tmp_path / "c", {"columns": spelt, "key": "ticket_id"}))
    spelt["handle_minutes"] = {"from": "other", "duration": "seconds"}
    seconds = worked(project(tmp_path / "d", {"columns": spelt, "key": "ticket_id"}))
    assert (minutes[0], seconds[0]) == (90, 1.5)
    assert len({by_preset[1], minutes[1], seconds[1]}) == 3


def test_another_preset_is_a_change_of_meaning(tmp_path: Path) -> None:
    """`kpi diff` names the preset, and what it restates."""
    root = project(tmp_path, {"preset": "servicenow"})
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    own = {"ticket_id": "number", "created_at": "opened_at", "handle_minutes": {"from": "other", "duration": "minutes"}}
    project(root, {"columns": own, "key": "ticket_id"})
    changes = kpi(root, "diff", "--format", "json").json["changes"]
    found = {c["field"]: c for c in changes if c["kpi"] is None}
    assert found["datasets.tickets.preset"]["class"] == "restating"


@pytest.mark.parametrize(
    ("dataset", "rule", "said"),
    [
        ({"preset": "zendek"}, "unknown-reference", "zendesk"),
        ({"columns": {"x": {"from": "other", "duration": "seconds", "type": "integer"}}}, "type-mismatch", "type"),
        ({"columns": {"x": {"from": "other", "duration": "seconds", "unit": "GBP"}}}, "type-mismatch", "minutes"),
        ({"columns": {"x": {"from": "other", "duration": "HH:MM"}}}, "wrong-type", "H:MM"),
        (
            {
                "columns": {"at": {"from": "opened_at", "type": "timestamp"}},
                "key": "number",
                "latest_by": ["at"],
                "first_by": ["at"],
            },
            "type-mismatch",
            "exclude",
        ),
        (
            {"columns": {"at": {"from": "opened_at", "type": "timestamp"}}, "first_by": ["at"]},
            "unknown-reference",
            "key",
        ),
    ],
)
def test_what_cannot_be_meant_is_found(tmp_path: Path, dataset: dict[str, Any], rule: str, said: str) -> None:
    """One finding at its line of kpi.yaml, with a remedy."""
    ended = kpi(project(tmp_path, dataset), "lint", "--format", "json")
    found = [d for d in ended.json["diagnostics"] if d["rule"] == rule]
    assert len(found) == 1
    assert found[0]["path"] == "kpi.yaml"
    assert said in f"{found[0]['message']} {found[0]['hint']}"
    assert ended.code == 1


def test_a_column_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    """A formula over a column that the preset knows and the file lacks is an unknown column, not an empty one."""
    root = project(tmp_path, {"preset": "servicenow"})
    (root / "kpis" / "worked.yaml").write_text(
        METRIC.replace("handle_minutes", "reopen_count").replace("minutes", "count")
    )
    [found] = [d for d in kpi(root, "lint", "--format", "json").json["diagnostics"] if d["severity"] == "error"]
    assert found["rule"] == "unknown-column"
    assert "reopen_count" in found["message"]


JIRA = """Issue key,Issue Type,Status,Created,Resolved{header}
W-1,Task,Done,05/Jan/26 9:00 AM,06/Jan/26 9:00 AM{first}
W-2,Task,Done,05/Jan/26 9:00 AM,{second}
W-3,Task,In Progress,05/Jan/26 9:00 AM,{third}
"""
BACKLOG = (
    "version: 1\nkind: metric\nid: backlog\nname: Backlog\ndataset: tickets\nformula: count(*)\nunit: count\n"
    "open_between: [created_at, resolved_at]\n"
)


@pytest.mark.parametrize(
    ("cells", "still_open", "is_told"),
    [
        (dict.fromkeys(("header", "first", "second", "third"), ""), 2, True),
        ({"header": ",Status Category,Status Category Changed", "first": ",Done,06/Jan/26 9:00 AM",
          "second": ",Done,08/Jan/26 9:00 AM", "third": ",In Progress,08/Jan/26 9:00 AM"}, 1, False),
    ],
)  # fmt: skip
def test_a_jira_issue_is_resolved_by_its_category(
    tmp_path: Path, cells: dict[str, str], still_open: int, is_told: bool
) -> None:
    """Where no resolution is set, the move to Done counts; an export without the category says what it cannot know."""
    project(tmp_path, {"preset": "jira_service_management", "source": "jira.csv"})
    (tmp_path / "jira.csv").write_text(JIRA.format(**cells))
    (tmp_path / "kpis" / "worked.yaml").unlink()
    (tmp_path / "kpis" / "backlog.yaml").write_text(BACKLOG)
    check = kpi(tmp_path, "check", "--as-of", "2026-02-01", "--format", "json").json
    [january] = [m for m in check["measurements"] if m["period"]["start"] == "2026-01-01"]
    assert january["value"] == still_open
    assert is_told == ("unfinished-ticket" in {d["rule"] for d in check["diagnostics"]})
