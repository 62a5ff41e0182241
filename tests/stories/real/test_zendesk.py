"""974 real tickets in Zendesk's tables: our clocks agree with the columns that dbt_zendesk 1.7.0 computes."""

from __future__ import annotations

import csv
import datetime as dt
import os
from pathlib import Path

import pytest

from tests.stories.rows import rows

HERE = Path(__file__).parent
DATA = Path(os.environ.get("KPI_REAL_DATA", HERE.parents[3] / "shared" / "data")) / "zendesk_shaped_uci498"
AS_OF = dt.datetime(2017, 3, 1, tzinfo=dt.UTC)

if not DATA.is_dir():
    pytest.skip(f"{DATA} is not there: the real files lie beside this repository", allow_module_level=True)

CONFIG = """
version: 1
name: Zendesk
calendars:
  business:
    hours: {mon-fri: ["09:00-17:30"]}
    timezone: Europe/London
    holidays: [2016-03-25, 2016-03-28, 2016-05-02, 2016-05-30, 2016-08-29]
datasets:
  tickets:
    source: ticket.csv
    key: ticket_id
    columns: {ticket_id: {from: id, type: integer}}
    clocks:
      requester_wait: {history: ticket_events, running: [new, open, on_hold]}
      requester_wait_business: {history: ticket_events, running: [new, open, on_hold], calendar: business}
      agent_work: {history: ticket_events, running: [new, open]}
      agent_work_business: {history: ticket_events, running: [new, open], calendar: business}
      agent_wait: {history: ticket_events, running: pending}
      agent_wait_business: {history: ticket_events, running: pending, calendar: business}
      held: {history: ticket_events, running: on_hold}
      held_business: {history: ticket_events, running: on_hold, calendar: business}
      unsolved: {history: ticket_events, running: [new, open, pending, on_hold]}
      unsolved_business: {history: ticket_events, running: [new, open, pending, on_hold], calendar: business}
      first_solved_at: {history: ticket_events, first: resolved, otherwise: closed}
      last_solved_at: {history: ticket_events, last: resolved, otherwise: closed}
      resolutions: {history: ticket_events, count: resolved}
      stations: {history: ticket_events, count: assignment}
      first_reply_at: {history: ticket_comments, first: reply}
      public_agent_comments: {history: ticket_comments, count: comment}
    derive:
      first_reply: minutes_between(created_at, first_reply_at)
      first_reply_business: business_minutes(created_at, first_reply_at)
      first_resolution: minutes_between(created_at, first_solved_at)
      first_resolution_business: business_minutes(created_at, first_solved_at)
      full_resolution: minutes_between(created_at, last_solved_at)
      full_resolution_business: business_minutes(created_at, last_solved_at)
      reopens: resolutions - 1
      one_touch: public_agent_comments = 1 and first_solved_at is not null
      two_touch: public_agent_comments = 2 and first_solved_at is not null
  ticket_events:
    source: ticket_field_history.csv
    columns:
      ticket_id: {from: ticket_id, type: integer}
      at: {from: updated, type: timestamp}
      field: {from: field_name, values: {assignee_id: assignment}}
      value: {from: value, values: {hold: on_hold, solved: resolved}}
  ticket_comments:
    source: ticket_comment.csv
    contract: ticket_events
    columns:
      ticket_id: {from: ticket_id, type: integer}
      at: {from: created, type: timestamp}
      sequence: {from: id, type: integer}
      field: "'comment'"
      by: "case when cast(user_id as integer) < 2000000 then 'requester' else 'agent' end"
"""
COUNTERPARTS = {
    "requester_wait": "requester_wait_time_in_calendar_minutes",
    "requester_wait_business": "requester_wait_time_in_business_minutes",
    "agent_work": "agent_work_time_in_calendar_minutes",
    "agent_work_business": "agent_work_time_in_business_minutes",
    "agent_wait": "agent_wait_time_in_calendar_minutes",
    "agent_wait_business": "agent_wait_time_in_business_minutes",
    "held": "on_hold_time_in_calendar_minutes",
    "held_business": "on_hold_time_in_business_minutes",
    "unsolved": "solve_time_in_calendar_minutes",
    "unsolved_business": "solve_time_in_business_minutes",
    "first_reply": "first_reply_time_calendar_minutes",
    "first_reply_business": "first_reply_time_business_minutes",
    "first_resolution": "first_resolution_calendar_minutes",
    "first_resolution_business": "first_resolution_business_minutes",
    "full_resolution": "final_resolution_calendar_minutes",
    "full_resolution_business": "full_resolution_business_minutes",
    "resolutions": "count_resolutions",
    "reopens": "count_reopens",
    "stations": "assignee_stations_count",
    "public_agent_comments": "count_public_agent_comments",
    "one_touch": "is_one_touch_resolution",
    "two_touch": "is_two_touch_resolution",
}


@pytest.fixture(scope="module")
def ours() -> dict[int, dict[str, object]]:
    """Our columns of every ticket."""
    found = rows(CONFIG, DATA, "tickets", ["ticket_id", *COUNTERPARTS], AS_OF)
    return {int(str(row[0])): dict(zip(COUNTERPARTS, row[1:], strict=True)) for row in found}


@pytest.fixture(scope="module")
def theirs() -> dict[int, dict[str, str]]:
    """The peer's columns of every ticket."""
    with (DATA / "expected_dbt_zendesk_ticket_metrics.csv").open(newline="") as stream:
        return {int(row["ticket_id"]): row for row in csv.DictReader(stream)}


@pytest.mark.parametrize("column", COUNTERPARTS)
def test_every_ticket_agrees_with_the_peer(
    ours: dict[int, dict[str, object]], theirs: dict[int, dict[str, str]], column: str
) -> None:
    """Within 0.02 minutes on all 974 tickets, and unknown where the peer's is unknown."""
    assert len(ours) == len(theirs) == 974
    wrong = [
        (ticket, ours[ticket][column], row[COUNTERPARTS[column]])
        for ticket, row in theirs.items()
        if not _agrees(ours[ticket][column], row[COUNTERPARTS[column]])
    ]
    assert wrong == []


def _agrees(one: object, text: str) -> bool:
    if text in ("true", "false"):
        return one is (text == "true")
    if text == "" or one is None:
        return text == "" and one is None
    assert isinstance(one, int | float)
    return abs(one - float(text)) <= 0.02
