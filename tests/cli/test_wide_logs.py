"""A wide event log, a row a state of a ticket: its last states, its first ones, and its history, from one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")
LOG = """\
number,opened_at,sys_updated_at,sys_mod_count,incident_state,assignment_group,resolved_at
A,2026-01-05 09:00,2026-01-05 09:00,0,New,Phones,
A,2026-01-05 09:00,2026-01-05 10:00,1,On Hold,Phones,
A,2026-01-05 09:00,2026-01-05 10:30,2,On Hold,Networks,
A,2026-01-05 09:00,2026-01-05 12:00,3,Resolved,Networks,2026-01-05 12:00
B,2026-01-06 09:00,2026-01-06 09:00,0,New,Mail,
B,2026-01-06 09:00,2026-01-06 09:00,1,In Progress,Mail,
"""
PROJECT = """\
version: 1
name: desk
timezone: UTC
as_of: 2026-02-10
datasets:
  tickets:
    source: log.csv
    preset: servicenow
    latest_by: [sys_updated_at, sys_mod_count]
    complete_from: 2026-01-01
    complete_through: 2026-02-10
    clocks:
      waited: {history: states, running: [on_hold]}
  arrivals:
    source: log.csv
    preset: servicenow
    first_by: [sys_updated_at, sys_mod_count]
    complete_from: 2026-01-01
    complete_through: 2026-02-10
  states:
    source: log.csv
    contract: ticket_events
    complete_from: 2026-01-01
    columns:
      ticket_id: number
      at: sys_updated_at
      sequence: {from: sys_mod_count, type: integer}
      field: "'status'"
      value:
        from: incident_state
        values: {New: new, In Progress: open, On Hold: on_hold, Resolved: resolved}
"""
METRIC = """\
version: 1
kind: metric
id: {ID}
name: {ID}
description: Something about tickets.
family: productivity
dataset: {DATASET}
time: created_at
formula: {FORMULA}
unit: {UNIT}
"""
METRICS = {
    "opened": ("tickets", "count(*)", "count", 2),  # tickets A and B, not the six rows
    "resolved": ("tickets", "count(resolved_at)", "count", 1),  # in its last state A is resolved
    "of_phones": ("arrivals", "count_if(team = 'Phones')", "count", 1),  # A came in at the phones …
    "at_phones": ("tickets", "count_if(team = 'Phones')", "count", 0),  # … and went to the networks
    "open_first": ("arrivals", "count(resolved_at)", "count", 0),  # no ticket arrives resolved
    "on_hold": ("tickets", "sum(waited)", "minutes", 120),  # from 10:00 to 12:00, by whatever group; B never was
}


def test_one_log_gives_last_states_first_states_and_a_history(tmp_path: Path) -> None:
    """Each figure is the one that a person counts in the file."""
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "kpi.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "kpis").mkdir()
    for metric_id, (dataset, formula, unit, _) in METRICS.items():
        text = METRIC.replace("{ID}", metric_id).replace("{DATASET}", dataset)
        text = text.replace("{FORMULA}", formula).replace("{UNIT}", unit)
        (tmp_path / "kpis" / f"{metric_id}.yaml").write_text(text, encoding="utf-8")
    card = kpi(tmp_path, "check", "--format", "json").json
    values = {m["kpi"]: m["value"] for m in card["measurements"] if m["period"]["start"] == "2026-01-01"}
    assert values == {metric_id: expected for metric_id, (_, _, _, expected) in METRICS.items()}, card["diagnostics"]
