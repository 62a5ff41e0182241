"""Small tables, a formula, and the query a person would write for it: the answers agree."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from kpi_framework.model.measurement import Measurement
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

HERE = Path(__file__).parent
STORIES: dict[str, dict[str, Any]] = {p.stem: yaml.safe_load(p.read_text()) for p in sorted(HERE.glob("*.yaml"))}
CASES = [(name, number) for name, story in STORIES.items() for number in range(len(story["cases"]))]
SQL = {"text": "varchar", "integer": "bigint", "decimal": "decimal(18, 6)", "double": "double", "boolean": "boolean",
       "date": "date", "timestamp": "timestamp"}  # fmt: skip


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Measurement]:
    """Every case of every story, each story computed in one check."""
    found: dict[tuple[str, int], Measurement] = {}
    for name, story in STORIES.items():
        root = tmp_path_factory.mktemp(name)
        _write(root, story)
        outcome = check(Options(ProjectRoot(root), dt.datetime.now(dt.UTC)))
        assert outcome.scorecard is not None
        assert [d.message for d in outcome.diagnostics if d.severity == "error"] == []
        judged = {m.kpi: m for m in outcome.scorecard.judged()}
        found.update({(name, i): judged[f"case_{i}"] for i in range(len(story["cases"]))})
    return found


def _write(root: Path, story: dict[str, Any]) -> None:
    columns = {n: {"from": n, "type": kind} for n, kind in story["types"].items()}
    dataset = {"source": "rows.csv", "columns": columns, "time": "created", "complete_through": "2026-02-28"}
    project = {"version": 1, "name": "Story", "timezone": story["timezone"], "as_of": "2026-02-10",
               "datasets": {"rows": dataset}, "rules": {"duplicate-formula": "off"}}  # fmt: skip
    (root / "kpis").mkdir()
    (root / "rows.csv").write_text(story["rows"])
    (root / "kpi.yaml").write_text(yaml.safe_dump(project))
    for number, case in enumerate(story["cases"]):
        metric = {"version": 1, "kind": "metric", "id": f"case_{number}", "name": case["formula"], "dataset": "rows",
                  "formula": case["formula"], "unit": case["unit"], "min_measured": "0%"}  # fmt: skip
        if "where" in case:
            metric["where"] = case["where"]
        (root / f"kpis/case_{number}.yaml").write_text(yaml.safe_dump(metric))


def _answer(story: dict[str, Any], sql: str) -> tuple[Any, ...]:
    """What the hand-written query gives over the same rows."""
    names = list(story["types"])
    rows = [[cell or None for cell in row] for row in csv.reader(io.StringIO(story["rows"]))][1:]
    with duckdb.connect() as connection:
        columns = ", ".join(f"{n} {SQL[k]}" for n, k in story["types"].items())
        connection.execute(f"create table t ({columns})")
        marks = ", ".join("?" for _ in names)
        connection.executemany(f"insert into t values ({marks})", rows)  # noqa: S608 - question marks
        answer = connection.execute(sql).fetchone()
    assert answer is not None
    return answer


@pytest.mark.parametrize(("name", "number"), CASES, ids=[f"{n}: {STORIES[n]['cases'][i]['formula']}" for n, i in CASES])
def test_the_formula_gives_what_a_person_would_compute(
    measured: dict[tuple[str, int], Measurement], name: str, number: int
) -> None:
    """Value to 1e-9; population, measured and missing exactly; an unknown says why."""
    story, one = STORIES[name], measured[name, number]
    case = story["cases"][number]
    value, population, entered, missing = _answer(story, case["sql"])
    assert (one.population, one.measured, one.missing) == (population, entered, missing)
    assert one.excluded == 8 - population
    assert (one.reason.value if one.reason else None) == case.get("reason")
    assert one.value == (None if value is None else pytest.approx(float(value), rel=1e-9))
