"""Calendars and clocks: what a calendar costs a row, and a clock against a person's window query."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import duckdb

from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

from .data import CACHE, tickets
from .table import Row, timed

ROUNDS = 3
_MANY = 10_000_000
_PROJECT = """version: 1
name: Worktime
as_of: 2026-10-15
calendars:
  business: {hours: {mon-fri: ["09:00-12:00", "12:45-17:30"]}, timezone: Europe/London, holidays: [GB-ENG]}
datasets:
  tickets:
    source: TICKETS
    key: ticket_id
    columns: {ticket_id: {from: ticket_id, type: integer}}
    complete_through: 2026-10-14
    clocks:
      waited: {history: ticket_events, running: [new, open], calendar: business}
  ticket_events:
    source: EVENTS
    columns: {ticket_id: {from: ticket_id, type: integer}}
"""
_METRIC = """version: 1
kind: metric
id: one
name: One
counts: Elapsed or working time.
dataset: tickets
formula: FORMULA
unit: minutes
"""
_EVENTS = """
    select ticket_id, unnest([created_at, created_at + interval 3 hour, coalesce(resolved_at, created_at + interval 9 day)]) as at,
        'status' as field, unnest(['new', 'open', 'resolved']) as value
    from '{tickets}'
"""
_BY_HAND = """
    select avg(spent) from (
        select ticket_id, sum(case when value in ('new', 'open') then epoch_us(ending) - epoch_us("at") end) as spent
        from (select *, lead("at", 1, timestamp '2026-10-16') over (partition by ticket_id order by "at") as ending from '{events}')
        group by ticket_id
    )
"""


def calendars(rows: int) -> Iterator[Row]:
    """Business minutes beside elapsed ones: the difference is the calendar's."""
    data = tickets(rows)
    between = [_seconds(data, data, f"avg(minutes_between({a}))") for a in [_ENDS] * ROUNDS]
    business = [_seconds(data, data, f"avg(business_minutes({a}))") for a in [_ENDS] * ROUNDS]
    each = max(median(business) - median(between), 0.0) / rows * 1e9
    # Of few rows each bears more of the calendar's table of days, which is made once.
    promised = 100 if rows >= _MANY else 400
    yield Row(f"calendar, {rows / 1e6:g}M rows: nanoseconds a row", each, 1, "at most", promised)


def clocks(rows: int) -> Iterator[Row]:
    """A clock in working time against a person's query of elapsed time over the same events."""
    data = tickets(rows)
    events = _events(data, rows)
    ours = [_seconds(data, events, "avg(waited)") for _ in range(ROUNDS)]
    with duckdb.connect() as connection:
        hand = [timed(lambda: connection.execute(_BY_HAND.format(events=events)).fetchall()) for _ in range(ROUNDS)]
    yield Row(f"clock, {rows / 1e6:g}M tickets, 3 events each ÷ by hand", median(ours), median(hand), "at most", 8)


_ENDS = "created_at, resolved_at"


def _events(data: Path, rows: int) -> Path:
    path = CACHE / f"events_{rows}.parquet"
    if not path.exists():
        with duckdb.connect() as connection:
            connection.execute(f"copy ({_EVENTS.format(tickets=data)}) to '{path}' (format parquet)")
    return path


def _seconds(data: Path, events: Path, formula: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "kpis").mkdir()
        text = _PROJECT.replace("TICKETS", str(data)).replace("EVENTS", str(events))
        if "waited" not in formula:
            text = text.partition("    clocks:")[0]
        (root / "kpi.yaml").write_text(text)
        (root / "kpis" / "one.yaml").write_text(_METRIC.replace("FORMULA", formula))
        options = Options(ProjectRoot(root, (data.parent,)), dt.datetime.now(dt.UTC))
        began = time.perf_counter()
        outcome = check(options)
        seconds = time.perf_counter() - began

        assert outcome.scorecard is not None
        assert any(m.value is not None for m in outcome.scorecard.measurements), outcome.diagnostics
        return seconds
