"""Hours that change: the past keeps the hours it had, in formulas, clocks and policies."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kpi_framework.model.calendar import Calendar
from tests.stories.rows import rows

pytestmark = pytest.mark.usefixtures("engine_inside")

CONFIG = """
version: 1
name: Hours
calendars:
  business: {hours: [{mon-fri: ["09:00-17:00"]}, {from: 2026-03-02, mon-fri: ["08:00-18:00"]}]}
datasets:
  tickets:
    source: tickets.csv
    key: ticket_id
    clocks: {waited: {history: ticket_events, running: new, calendar: business}}
    policies:
      sla: {history: ticket_events, from: created_at, until: resolved, calendar: business, targets: {other: 100 min}}
    derive: {took: "business_minutes(created_at, resolved_at)"}
  ticket_events: {source: events.csv}
"""
TICKETS = (
    ("2026-02-10 08:00", "2026-02-10 09:30", 30.0),
    ("2026-03-10 08:00", "2026-03-10 09:30", 90.0),
    # From Friday to the Monday of the new hours: an hour and half an hour.
    ("2026-02-27 16:00", "2026-03-02 08:30", 90.0),
)


def test_each_day_has_the_hours_in_force(tmp_path: Path) -> None:
    """The same minutes by all three ways."""
    lines = [f"{n},{start},{end}" for n, (start, end, _) in enumerate(TICKETS)]
    (tmp_path / "tickets.csv").write_text("\n".join(["ticket_id,created_at,resolved_at", *lines]))
    events = [f"{n},{at},status,{s}" for n, (a, b, _) in enumerate(TICKETS) for at, s in ((a, "new"), (b, "resolved"))]
    (tmp_path / "events.csv").write_text("\n".join(["ticket_id,at,field,value", *events]))
    columns = ["ticket_id", "took", "waited", "sla_elapsed", "sla"]
    as_of = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    assert rows(CONFIG, tmp_path, "tickets", columns, as_of) == [
        (str(n), *[minutes] * 3, True) for n, (_, _, minutes) in enumerate(TICKETS)
    ]


@pytest.mark.parametrize(
    "starts", [[None, None], [None, "2026-03-01", "2026-03-01"], [None, "2026-03-01", "2026-02-01"]]
)
def test_entries_are_in_order(starts: list[str | None]) -> None:
    """Nobody has to guess which hours hold on a day."""
    entries = [{**({"from": start} if start else {}), "mon": ["09:00-17:00"]} for start in starts]
    with pytest.raises(ValueError, match="later"):
        Calendar.model_validate({"hours": entries})
