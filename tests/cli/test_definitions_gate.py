"""What is wrong with kpi.yaml itself fails without its data: the path of a source, the zone, the file's own name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.projects import KPI, STRICT, kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")

CONFIG = text("kpi.yaml")


@pytest.mark.parametrize("command", [("lint",), ("check", "--gate", "definitions"), ("check",)])
def test_a_source_outside_the_repository_fails_the_definitions(command: tuple[str, ...], tmp_path: Path) -> None:
    """It is told once, whether or not data are read."""
    (tmp_path / "out.csv").write_text("id\n1\n")
    outside = CONFIG.replace("data/tickets.csv", "../out.csv")
    ended = kpi(project(tmp_path / "desk", {"kpi.yaml": outside}), *command, "--format", "json")
    told = [d["rule"] for d in ended.json["diagnostics"] if "outside" in d["message"]]
    assert (ended.code, told) == (1, ["unknown-reference"])


def test_a_source_that_is_not_there_yet_does_not(tmp_path: Path) -> None:
    """The data may come later: that is no fault of the definitions."""
    root = project(tmp_path, {"data/tickets.csv": None})
    assert kpi(root, "lint").code == 0
    assert kpi(root, "check", "--gate", "definitions").code == 0


@pytest.mark.parametrize("command", ["lint", "check"])
def test_a_wrong_zone_is_one_finding(command: str, tmp_path: Path) -> None:
    """Without a zone there are no days: nothing is called overdue, whatever the clock shows."""
    wrong = CONFIG.replace("Europe/London", "Europe/Lundon")
    ended = kpi(project(tmp_path, {"kpi.yaml": wrong}), command, "--format", "json")
    findings = [(d["rule"], d["path"]) for d in ended.json["diagnostics"] if d["severity"] != "note"]
    assert (ended.code, findings) == (1, [("unknown-reference", "kpi.yaml")])


@pytest.mark.parametrize("name", ["kpi.yml", "KPI.YAML", "kpi.yaml.txt"])
def test_a_near_name_of_the_projects_file_is_told(name: str, tmp_path: Path) -> None:
    """Found from a folder below, too; with `kpi.yaml` beside it, it is any file."""
    root = project(tmp_path)
    shutil.move(root / "kpi.yaml", root / name)
    for folder in (root, root / "kpis"):
        ended = kpi(folder, "lint")
        assert ended.code == 2
        assert name in ended.err
        assert "Rename it to kpi.yaml" in ended.err
    (root / "kpi.yaml").write_text(CONFIG)
    assert kpi(root, "lint").code == 0


def test_code_scanning_gets_a_missed_target(tmp_path: Path) -> None:
    """SARIF has a result at `target:` of a KPI that misses it, and the rule that it refers to."""
    [run] = kpi(project(tmp_path / "missed", {KPI: STRICT}), "check", "--format", "sarif").json["runs"]
    [missed] = [result for result in run["results"] if result["ruleId"] == "target-missed"]
    assert run["tool"]["driver"]["rules"][missed["ruleIndex"]]["id"] == "target-missed"
    assert missed["level"] == "error"
    assert missed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == KPI
    [met] = kpi(project(tmp_path / "met"), "check", "--format", "sarif").json["runs"]
    assert "target-missed" not in {result["ruleId"] for result in met["results"]}


def test_what_is_due_stands_in_columns(tmp_path: Path) -> None:
    """The day, the kind and the KPI are two blanks or more apart."""
    lines = kpi(project(tmp_path), "due", "--as-of", "2026-06-20").out.splitlines()
    duties = [line.split("  ") for line in lines if line[:4] == "2026"]
    assert duties
    assert all(duty[1].strip() in ("review", "action", "waiver", "target") for duty in duties)
