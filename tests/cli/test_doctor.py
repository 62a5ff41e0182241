"""`kpi doctor`: what an issue report needs, and nothing that is anybody's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.projects import DATA, KPI, kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")

CANARY = "Zarathustra"


def test_no_name_and_no_value_is_told(tmp_path: Path) -> None:
    """A canary in every text of a project, in headers, cells, paths and findings, is in no output."""
    config = text("kpi.yaml").replace("A small desk", CANARY).replace("requester: user", f"requester: {CANARY}")
    files = {
        "kpi.yaml": config,
        KPI: text(KPI)
        .replace("name: Fix time", f"name: {CANARY}")
        .replace("desk@example.com", f"{CANARY}@example.com"),
        f"kpis/{CANARY}.yaml": f"version: 1\nid: {CANARY.lower()}\n{CANARY}: 1\n",
        DATA: text(DATA).replace(",user\n", f",{CANARY}\n").replace("user 1\n", f"{CANARY}\n"),
    }
    root = project(tmp_path / CANARY, files)
    for form in ("text", "json"):
        ended = kpi(root, "doctor", "--format", form)
        assert ended.code == 0, ended.err
        assert CANARY.lower() not in (ended.out + ended.err).lower()


def test_it_tells_what_was_found_out(tmp_path: Path) -> None:
    """Versions of all that takes part, the definitions by kind, each dataset's size and columns, and findings."""
    root = project(tmp_path, {KPI: text(KPI).replace("owner: desk@example.com\n", "")})
    diagnosis = kpi(root, "doctor", "--format", "json").json
    assert {"kpi-framework", "python", "duckdb", "sqlglot"} <= set(diagnosis["versions"])
    assert diagnosis["definitions"]["kpi"] == 1
    assert diagnosis["definitions"]["metric"] == 1
    [dataset] = diagnosis["datasets"]
    assert (dataset["format"], dataset["files"]) == ("csv", 1)
    assert dataset["size"] == (root / DATA).stat().st_size
    assert len(dataset["columns"]) == 5
    assert diagnosis["findings"]["missing-owner"] == 1
    assert set(diagnosis["seconds"]) == {"read the definitions", "look at the data", "check"}


def test_without_a_project_it_tells_of_the_installation(tmp_path: Path) -> None:
    """So does a project whose kpi.yaml cannot be read: that is when a report is written."""
    assert json.loads(kpi(tmp_path, "doctor", "--format", "json").out)["versions"]["kpi-framework"]
    (tmp_path / "kpi.yaml").write_text("version: [")
    ended = kpi(tmp_path, "doctor")
    assert ended.code == 0
    assert "kpi.yaml cannot be read" in ended.out


def test_it_tells_where_git_may_break_a_ledger(tmp_path: Path) -> None:
    """A merge driver that weaves lines, or line ends that are changed: the line to write is named; with it, nothing."""
    root = project(tmp_path / "desk", {"ledger/fix_time.jsonl": "", ".gitattributes": "*.jsonl merge=union\n"})
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    assert "*.jsonl -text -merge" in kpi(root, "doctor").out
    (root / "ledger/.gitattributes").write_text("*.jsonl -text -merge\n")
    assert kpi(root, "doctor", "--format", "json").json["advice"] == []
