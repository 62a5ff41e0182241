"""Whole projects of a few rows: periods, parts, statuses and reasons are what a person reads off the rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from kpi_framework.model.measurement import Measurement
from kpi_framework.workflow.checking.check import Options, Outcome, check
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

FILES = sorted((Path(__file__).parent / "judged").glob("*.yaml"))
STORIES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {name}": story for path in FILES for name, story in yaml.safe_load(path.read_text()).items()
}
COUNTED = ("population", "measured", "excluded", "missing", "waived", "judged")
GOVERNED = {
    "owner": "desk@example.com",
    "baseline": {"value": 1, "source": "a report"},
    "review": {"cadence": "monthly"},
    "action": {"do": "Look into it."},
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_as_it_says(name: str, tmp_path: Path) -> None:
    """Each expected line is found among the results: its value to 1e-9, all else exactly."""
    story = STORIES[name]
    _write(tmp_path, story)
    outcome = check(Options(ProjectRoot(tmp_path), dt.datetime.now(dt.UTC)))
    assert outcome.scorecard is not None, [d.message for d in outcome.diagnostics]
    for expected in story["expect"]:
        assert _published(_found(outcome, expected), expected, tmp_path) == _promised(expected, tmp_path), expected
    assert set(story.get("finds", [])) <= {d.rule for d in outcome.diagnostics}
    errors = {d.rule: d.message for d in outcome.diagnostics if d.severity == "error"}
    assert {rule: m for rule, m in errors.items() if rule not in story.get("finds", [])} == {}


def _write(root: Path, story: dict[str, Any]) -> None:
    for path, content in story.get("files", {}).items():
        if isinstance(content, str):
            (root / path).write_bytes(content.encode(story.get("encoding", "utf-8")))
    for path, query in story.get("parquet", {}).items():
        duckdb.execute(f"copy ({query}) to '{root / path}' (format parquet)")
    project = {"version": 1, "name": "Story", "as_of": "2026-03-31", "rules": {"duplicate-formula": "off"}}
    (root / "kpi.yaml").write_text(yaml.safe_dump(project | story["project"]))
    (root / "kpis").mkdir()
    for id_, fields in story["kpis"].items():
        whole = {"version": 1, "id": id_, "name": id_}
        whole |= (GOVERNED if "target" in fields else {"kind": "metric"}) | fields
        (root / f"kpis/{id_}.yaml").write_text(yaml.safe_dump(whole))


def _found(outcome: Outcome, expected: dict[str, Any]) -> Measurement:
    """The one result of that KPI, part and period; without a period the judged one."""
    assert outcome.scorecard is not None
    segment, start = expected.get("segment", {}), expected.get("start")
    of_part = [m for m in outcome.scorecard.measurements if m.kpi == expected["kpi"] and dict(m.segment) == segment]
    found = [m for m in of_part if (str(m.period.start) == str(start) if start else m.judged)]
    assert len(found) == 1, (expected, [(str(m.period.start), m.judged, m.value) for m in of_part])
    return found[0]


def _published(one: Measurement, expected: dict[str, Any], root: Path) -> dict[str, Any]:
    shown: dict[str, Any] = {"value": one.value, "status": one.status.value}
    shown |= {"reason": one.reason.value if one.reason else None, "end": str(one.period.end)}
    shown |= {name: getattr(one, name) for name in COUNTED}
    return {name: shown[name] for name in _promised(expected, root)}


def _promised(expected: dict[str, Any], root: Path) -> dict[str, Any]:
    promised = {k: v for k, v in expected.items() if k not in ("kpi", "segment", "start", "sql")}
    if "sql" in expected:
        (promised["value"],) = duckdb.execute(expected["sql"].replace("@", str(root))).fetchall()[0]
    if isinstance(promised.get("value"), int | float):
        promised["value"] = pytest.approx(promised["value"], rel=1e-9)
    return promised
