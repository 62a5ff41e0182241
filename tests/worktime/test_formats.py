"""A clock that runs by a column's calendar gives the same, whatever the format of the files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

NOW = dt.datetime(2025, 2, 10, 12, tzinfo=dt.UTC)
CONFIG = """version: 1
name: Sites
as_of: 2025-02-09
calendars:
  day: {hours: {mon-fri: ["09:00-17:00"]}}
  night: {hours: {mon-fri: ["22:00-06:00"]}}
datasets:
  ticket_events: {source: events.FORMAT, complete_from: 2025-01-01, complete_through: 2025-02-09}
  tickets:
    source: tickets.FORMAT
    key: ticket_id
    complete_from: 2024-01-01
    complete_through: 2025-02-09
    clocks: {waited: {history: ticket_events, running: [new, open], calendar: site}}
    policies:
      sla: {history: ticket_events, from: created_at, until: [resolved, closed], calendar: site, targets: {other: 2 h}}
"""
METRIC = "version: 1\nkind: metric\nid: {0}\nname: {0}, working time\ndataset: tickets\nformula: {1}\nunit: minutes\n"
TABLES = {
    "tickets": "select '1' ticket_id, '2025-01-06 10:00' created_at, 'low' priority, 'day' site "
    "union all select '2', '2025-01-06 11:00', 'high', 'night'",
    "events": "select '1' ticket_id, '2025-01-06 10:00' \"at\", 'status' field, 'new' \"value\" "
    "union all select '1', '2025-01-06 12:00', 'status', 'resolved' "
    "union all select '2', '2025-01-06 11:00', 'status', 'new' "
    "union all select '2', '2025-01-06 23:30', 'status', 'resolved'",
}


@pytest.mark.parametrize("format_name", ["csv", "json", "parquet"])
def test_a_column_names_the_calendar_in_every_format(format_name: str, tmp_path: Path) -> None:
    """Two hours of the day's calendar and one and a half of the night's; lint finds nothing wrong either."""
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpi.yaml").write_text(CONFIG.replace("FORMAT", format_name), encoding="utf-8")
    for name, formula in (("waited_total", "sum(waited)"), ("sla_total", "sum(sla_elapsed)")):
        (tmp_path / "kpis" / f"{name}.yaml").write_text(METRIC.format(name, formula), encoding="utf-8")
    options = "header, delimiter ','" if format_name == "csv" else ""
    for name, query in TABLES.items():
        form = f"(format {format_name}, {options})" if options else f"(format {format_name})"
        duckdb.sql(f"copy ({query}) to '{tmp_path / name}.{format_name}' {form}")
    result = check(Options(ProjectRoot(tmp_path), NOW))
    assert result.evaluation is not None
    january = {m.kpi: m.value for m in result.evaluation.measurements if m.period.start == dt.date(2025, 1, 1)}
    assert january == {"waited_total": 210.0, "sla_total": 210.0}
    assert [d.message for d in result.diagnostics if d.rule != "not-tracked"] == []
