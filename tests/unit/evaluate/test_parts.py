"""Which parts of a breakdown are shown is the definition's own affair: its rows in the last twelve periods decide."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.model.record import replace
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot
from tests.engines.inside import InsideEngine

pytestmark = pytest.mark.usefixtures("engine_inside")

NOW = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
OLD = [("2024-06", f"old{n:02}") for n in range(60) for _ in range(9)]
"""Sixty teams with many rows, long before the shown periods."""
NEW = [(f"2026-{1 + n % 3:02}", f"team{n:02}") for n in range(70) for _ in range(1 + n // 10)]
Counts = dict[tuple[str, dt.date, str], object]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Tickets of 130 teams; a count by team, another with named targets, and what makes a run reach further back."""
    rows = [f"{number},{month}-10 12:00,{team}" for number, (month, team) in enumerate([*OLD, *NEW])]
    (tmp_path / "data.csv").write_text("\n".join(["id,opened,team", *rows]) + "\n")
    columns = {
        "id": {"from": "id", "type": "text"}, "opened": {"from": "opened", "type": "timestamp"},
        "team": {"from": "team", "type": "text"},
    }  # fmt: skip
    dataset = {
        "source": "data.csv", "key": "id", "time": "opened", "columns": columns,
        "complete_from": "2024-01-01", "complete_through": "2026-04-01",
    }  # fmt: skip
    project = {"version": 1, "name": "x", "as_of": "2026-04-01", "datasets": {"t": dataset}}
    (tmp_path / "kpi.yaml").write_text(json.dumps(project))
    definition = {"version": 1, "kind": "metric", "dataset": "t", "formula": "count(*)", "unit": "count"}
    baseline = {"from": "2024-06-01", "to": "2024-06-30"}
    goal = {"at_most": 99, "by": {"team": {"old07": {"at_most": 9}}}}
    kpi = {"kind": "kpi", "owner": "a@example.org", "baseline": baseline, "target": goal}
    kpis: dict[str, dict[str, Any]] = {
        "opened": {"segments": ["team"]},
        "by_quarter": {"segments": ["team"], "period": "quarter"},
        "named": {"segments": ["team"], **kpi},
        "growth": {"formula": "opened - year_ago(opened)", "segments": ["team"], "dataset": None},
    }
    (tmp_path / "kpis").mkdir()
    for name, fields in kpis.items():
        whole = {k: v for k, v in {**definition, "id": name, "name": name, **fields}.items() if v is not None}
        (tmp_path / f"kpis/{name}.yaml").write_text(json.dumps(whole))
    return tmp_path


def _counts(root: Path, **asked: Any) -> Counts:
    outcome = check(replace(Options(ProjectRoot(root), NOW, open_engine=lambda: InsideEngine(WorkerLimits())), **asked))
    assert outcome.scorecard is not None
    return {
        (m.kpi, m.period.start, str(m.segment[0][1])): m.value
        for m in outcome.scorecard.measurements if m.segment
    }  # fmt: skip


def _largest(older: list[tuple[str, str]], named: tuple[str, ...] = ()) -> set[str]:
    """Plain Python's answer: the most rows in the shown periods, then by name; twelve quarters show older rows, too."""
    sizes = Counter(team for _, team in [*older, *NEW])
    ranked = sorted((t for t in sizes if t not in named), key=lambda team: (-sizes[team], team))
    return {*ranked[: 50 - len(named)], *named}


@pytest.mark.parametrize("kpi_id", ["opened", "by_quarter"])
def test_the_largest_of_the_shown_periods_are_shown(root: Path, kpi_id: str) -> None:
    """Neither old rows, nor what other definitions name or compare with, decide which fifty teams are shown."""
    counts = _counts(root)
    shown = {team for kpi, _, team in counts if kpi == kpi_id}
    assert shown == {*_largest(OLD if kpi_id == "by_quarter" else []), "(other)"}
    january, start = Counter(team for month, team in NEW if month == "2026-01"), dt.date(2026, 1, 1)
    if kpi_id == "opened":
        assert counts["opened", start, "(other)"] == sum(n for t, n in january.items() if t not in _largest([]))


def test_a_named_part_is_shown_for_the_kpi_that_names_it(root: Path) -> None:
    """A target for a team takes a place of its own KPI's parts, and of no other's."""
    counts = _counts(root)
    assert {team for kpi, _, team in counts if kpi == "named"} == {*_largest([], ("old07",)), "(other)"}


@pytest.mark.parametrize("kpi_id", ["opened", "by_quarter", "named", "growth"])
def test_the_parts_do_not_depend_on_what_else_is_asked(root: Path, kpi_id: str) -> None:
    """Alone, or for fewer periods, a definition shows the same parts with the same values."""
    counts = _counts(root)
    whole = {key: value for key, value in counts.items() if key[0] == kpi_id}
    assert whole
    alone = _counts(root, only=(kpi_id,))
    assert {key: value for key, value in alone.items() if key[0] == kpi_id} == whole
    few = _counts(root, periods=3)
    assert {key: value for key, value in few.items() if key[0] == kpi_id}.items() <= whole.items()
