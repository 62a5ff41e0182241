"""Load, lock, compute: what an author wrote runs only behind the locked door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.recorder import Recorder
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

LOCKED = "-- the door is locked"

PROJECT = """\
version: 1
name: Lock
timezone: Europe/London
as_of: 2026-04-01
calendars: {desk: {hours: {mon-fri: ["09:00-17:00"]}}}
datasets:
  tickets:
    source: data/tickets.csv
    columns:
      ticket_id: number
      created_at: opened
      resolved_at: {from: solved, type: timestamp}
      merged: "number = '770001'"
    derive:
      late: length(ticket_id) > 770002
      starts: "coalesce(created_at, cast('2026-01-02 00:00:00.770003' as timestamp))"
    key: ticket_id
    latest_by: [resolved_at]
    time: starts
    complete_through: 2026-04-01
    clocks: {wait: {history: events, running: [new], calendar: desk}}
    rules: {sane: {holds: "length(ticket_id) < 770004", at_least: 99%}}
  events:
    source: data/events.csv
    contract: ticket_events
    columns:
      value: "coalesce(status, '770005')"
    time: at
    complete_through: 2026-04-01
"""
KPI = """\
version: 1
kind: metric
id: {id}
name: {id}
dataset: tickets
formula: {formula}
unit: {unit}
"""
FORMULAS = {
    "worked": (
        "avg(business_minutes(coalesce(created_at, cast('2026-01-02 00:00:00.770006' as timestamp)), resolved_at))",
        "minutes",
    ),
    "lates": ("count_if(late and not merged)", "count"),
    "waited": ("avg(wait)", "minutes"),
}  # fmt: skip
SENTINELS = tuple(f"77000{n}" for n in range(1, 7))


class Locksmith(Recorder):
    """Notes the statements, and when the door is locked."""

    def lock(self) -> None:
        """Note it, and lock."""
        self.statements.append(LOCKED)
        super().lock()


def project(root: Path) -> Path:
    """A project in which every place that takes SQL holds a number of its own."""
    (root / "data").mkdir(parents=True)
    (root / "kpis").mkdir()
    (root / "kpi.yaml").write_text(PROJECT)
    (root / "data/tickets.csv").write_text(
        "number,opened,solved\n1,2026-03-02 09:00,2026-03-02 10:00\n2,2026-03-03 09:00,2026-03-04 10:00\n"
        "2,2026-03-03 09:00,2026-03-04 11:00\n"
    )
    (root / "data/events.csv").write_text(
        "event_id,ticket_id,at,field,status\n1,1,2026-03-02 09:00,status,new\n2,1,2026-03-02 09:30,status,resolved\n"
    )
    for name, (formula, unit) in FORMULAS.items():
        (root / f"kpis/{name}.yaml").write_text(KPI.format(id=name, formula=f'"{formula}"', unit=unit))
    return root


def run(root: Path) -> tuple[Sequence[str], dict[str, object]]:
    """The statements of a check, and the values of the last whole period."""
    statements: list[str] = []
    options = Options(
        ProjectRoot(root),
        dt.datetime(2026, 4, 1, tzinfo=dt.UTC),
        open_engine=lambda: Locksmith(DuckWorker(WorkerLimits()), statements),
    )
    outcome = check(options)
    assert outcome.scorecard is not None
    assert not [d for d in outcome.diagnostics if d.severity == "error"], outcome.diagnostics
    return statements, {m.kpi: m.value for m in outcome.scorecard.measurements if m.judged and m.is_whole}


def test_no_expression_of_an_author_runs_before_the_lock(tmp_path: Path) -> None:
    """Formulas, arguments of working time, derived columns and times, clocks and rules: all of them behind it."""
    statements, values = run(project(tmp_path))
    assert values == {"worked": 330, "lates": 0, "waited": 30}
    at = statements.index(LOCKED)
    before, after = "\n".join(statements[:at]), "\n".join(statements[at:])
    assert "read_csv" in before.lower()
    assert "read_csv" not in after.lower()
    assert [s for s in SENTINELS if s in before] == []
    assert [s for s in SENTINELS if s not in after] == []
    assert statements.count(LOCKED) == 1
