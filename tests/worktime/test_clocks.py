"""Clocks and service levels: equal to plain Python for any history, and right on tickets worked by hand."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.stories.rows import rows

pytestmark = pytest.mark.usefixtures("engine_inside")

AS_OF = dt.datetime(2026, 1, 12, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
FINAL = ("closed", "cancelled")
STATUSES = ("new", "open", "pending", "on_hold", "resolved", "closed", "cancelled")
LIMITS = {"critical": 30, "high": 120}
CONFIG = """
version: 1
name: Clocks
calendars:
  business: {hours: {mon-fri: ["09:00-17:00"]}}
  always: {hours: 24x7}
datasets:
  tickets:
    source: tickets.csv
    key: ticket_id
    clocks:
      waited: {history: ticket_events, running: [new, open, on_hold]}
      worked: {history: ticket_events, running: [new, open], calendar: business}
      by_site: {history: ticket_events, running: [new, open], calendar: site}
      first_solved_at: {history: ticket_events, first: [resolved], otherwise: [closed]}
      last_solved_at: {history: ticket_events, last: [resolved], otherwise: [closed]}
      solved: {history: ticket_events, count: [resolved]}
      replied_at: {history: ticket_events, first: reply}
      replies: {history: ticket_events, count: reply}
      spoken: {history: ticket_events, count: comment}
    policies:
      reply_sla:
        history: ticket_events
        from: created_at
        until: [reply, resolved]
        targets: {critical: 30 min, high: 2 h}
        calendar: business
      resolution_sla:
        history: ticket_events
        from: created_at
        until: resolved
        targets: {critical: 30 min, other: 2 h}
        pausing: [pending, on_hold]
    derive:
      one_touch: spoken = 1 and first_solved_at is not null
      first_s: seconds_between(timestamp '2026-01-01', first_solved_at)
      last_s: seconds_between(timestamp '2026-01-01', last_solved_at)
      reply_s: seconds_between(timestamp '2026-01-01', replied_at)
  ticket_events:
    source: events.csv
    columns: {sequence: {from: sequence, type: integer}}
"""
COLUMNS = (
    "waited", "worked", "by_site", "first_s", "last_s", "solved", "reply_s", "replies", "spoken", "one_touch",
    "reply_sla", "reply_sla_elapsed", "resolution_sla", "resolution_sla_elapsed", "resolution_sla_target",
)  # fmt: skip
Event = tuple[int, str, str, str, bool | None]
"""Minutes since Monday, field, value, by, public."""


def computed(
    root: Path, tickets: Sequence[tuple[int, str, str, Sequence[Event]]], config: str = CONFIG
) -> list[dict[str, object]]:
    """Each ticket's columns; a ticket is (created, own priority, site, events), and the file is out of order."""
    with (root / "tickets.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([
            ("ticket_id", "created_at", "priority", "site"),
            *((n, at(created), priority, site) for n, (created, priority, site, _) in enumerate(tickets)),
        ])  # fmt: skip
    lines = [
        (n, at(minute), number, field, value, by, "" if public is None else str(public).lower())
        for n, (*_, events) in enumerate(tickets)
        for number, (minute, field, value, by, public) in enumerate(events)
    ]
    with (root / "events.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(
            [
                ("ticket_id", "at", "sequence", "field", "value", "by", "public"),
                *sorted(lines, key=lambda e: hash(e[1:])),
            ]
        )
    found = rows(config, root, "tickets", ["ticket_id", *COLUMNS], AS_OF)
    return [dict(zip(COLUMNS, row[1:], strict=True)) for row in sorted(found, key=lambda r: int(str(r[0])))]


def at(minute: int) -> str:
    """Minutes since Monday as a timestamp."""
    return (MONDAY + dt.timedelta(minutes=minute)).strftime("%Y-%m-%d %H:%M:%S")


# the oracle: minute by minute, event by event

END = 7 * 1440


def business(minute: int) -> bool:
    """Monday to Friday, nine to five."""
    return minute // 1440 < 5 and 540 <= minute % 1440 < 1020


BUSINESS_BEFORE = [0, *accumulate(business(minute) for minute in range(END))]


def minutes(start: int, end: int, calendar: str | None) -> int:
    """How many minutes of the calendar lie between."""
    return max(BUSINESS_BEFORE[end] - BUSINESS_BEFORE[start] if calendar == "business" else end - start, 0)


def oracle(created: int, own: str, site: str, events: Sequence[Event]) -> dict[str, object]:
    """What a careful reader would say of one ticket."""
    ordered = sorted(enumerate(events), key=lambda e: (e[1][0], e[0]))
    states = [(e[0], e[2]) for _, e in ordered if e[1] == "status"]
    stints = [(a, b, s) for (a, s), (b, _) in zip(states, [*states[1:], (END, "")], strict=False)]
    changes = [(m, s) for i, (m, s) in enumerate(states) if i == 0 or states[i - 1][1] != s]
    solved = [m for m, s in changes if s == "resolved"]
    ended = solved or [m for m, s in changes if s == "closed"]
    public = [(e[0], e[3]) for _, e in ordered if e[1] == "comment" and e[4]]
    begun_by = ordered[0][1][3] if ordered else ""
    opens = bool(public) and public[0][0] <= created + 1 and begun_by in ("", public[0][1])
    replies = [m for m, by in public[opens:] if by == "agent"]
    in_time = [m for m in replies if not any(s in FINAL and a < m < b for a, b, s in stints)]
    spoken = sum(by == "agent" for _, by in public)

    def ran(words: tuple[str, ...], calendar: str | None) -> float | None:
        return float(sum(minutes(a, b, calendar) for a, b, s in stints if s in words)) if states else None

    known = bool(events)
    found: dict[str, object] = {
        "waited": ran(("new", "open", "on_hold"), None),
        "worked": ran(("new", "open"), "business"),
        "by_site": ran(("new", "open"), site),
        "first_s": _second(min(ended, default=None)),
        "last_s": _second(max(ended, default=None)),
        "solved": len(solved) if states else None,
        "reply_s": _second(min(in_time, default=None)),
        "replies": len(replies) if known else None,
        "spoken": spoken if known else None,
    }
    found["one_touch"] = (spoken == 1 and bool(ended)) if known else (None if ended else False)
    priorities = [(e[0], e[2]) for _, e in ordered if e[1] == "priority"]
    in_force = [p for m, p in priorities if m <= created]
    priority = in_force[-1] if in_force else priorities[0][1] if priorities else own
    found |= _level("reply_sla", created, [*in_time, *solved], LIMITS.get(priority), stints, (), "business")
    limit = 30 if priority == "critical" else 120
    found |= _level("resolution_sla", created, solved, limit, stints, ("pending", "on_hold"), None)
    return {c: found[c] for c in COLUMNS}


def _level(
    name: str, created: int, stops: Sequence[int], limit: int | None, stints: Sequence[tuple[int, int, str]],
    pausing: tuple[str, ...], calendar: str | None,
) -> dict[str, object]:  # fmt: skip
    ends = [(a, s) for i, (a, _, s) in enumerate(stints) if s in FINAL and (i == 0 or stints[i - 1][2] not in FINAL)]
    stop = min((m for m in (*stops, *(a for a, s in ends if s == "closed")) if m >= created), default=None)
    is_over = stop is None and bool(stints) and stints[-1][2] in FINAL
    end = stop if stop is not None else max(ends[-1][0], created) if is_over else END
    paused = {m for a, b, s in stints if s in (*pausing, *FINAL) for m in range(a, b)}
    elapsed = sum((calendar is None or business(m)) and m not in paused for m in range(created, end))
    if is_over and limit is not None and elapsed <= limit:
        limit = None  # cancelled inside its limit: bound to none
    met = None if limit is None else elapsed <= limit if stop is not None else False if elapsed > limit else None
    return {name: met, f"{name}_elapsed": float(elapsed), f"{name}_target": limit if limit is None else float(limit)}


def _second(minute: int | None) -> float | None:
    return None if minute is None else (MONDAY - dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).total_seconds() + minute * 60.0


# any history

moments = st.one_of(st.integers(0, END - 1), st.sampled_from([540, 545, 600, 1020, 1440]))
events = st.one_of(
    st.tuples(moments, st.just("status"), st.sampled_from(STATUSES), st.just(""), st.none()),
    st.tuples(moments, st.just("priority"), st.sampled_from(["critical", "high", "medium"]), st.just(""), st.none()),
    st.tuples(
        moments, st.just("comment"), st.just(""), st.sampled_from(["agent", "requester", "automation"]), st.booleans()
    ),
)
tickets = st.tuples(
    moments,
    st.sampled_from(["critical", "high", "low"]),
    st.sampled_from(["business", "always"]),
    st.lists(events, max_size=7),
)


@pytest.mark.parametrize("at_once", [4_000_000, 20])
@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(tickets, min_size=8, max_size=25))
def test_clocks_equal_plain_python(tmp_path: Path, at_once: int, some: list[tuple[int, str, str, list[Event]]]) -> None:
    """Any history, out of order and with equal instants, gives what a reader of the sorted events would say.

    So it does where the events are too many for one go, and a share of the tickets is taken at a time.
    """
    anchor = (0, "low", "always", [(0, "status", "new", "", None), (0, "comment", "", "agent", True)])
    everyone = [*some, anchor]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kpi_framework.compile.clocks.clocks.EVENTS_AT_ONCE", at_once)
        assert computed(tmp_path, everyone) == [oracle(*ticket) for ticket in everyone]


# worked by hand


def test_a_reply_in_the_last_minute_is_in_time(tmp_path: Path) -> None:
    """Elapsed = target is met. (A peer that asks for elapsed < target calls it breached.)"""
    ticket = (540, "critical", "business", [
        (540, "status", "new", "", None), (540, "comment", "", "requester", True), (570, "comment", "", "agent", True),
    ])  # fmt: skip
    late = (*ticket[:3], [*ticket[3][:2], (571, "comment", "", "agent", True)])
    met, breached = computed(tmp_path, [ticket, late])
    assert (met["reply_sla"], met["reply_sla_elapsed"]) == (True, 30.0)
    assert (breached["reply_sla"], breached["reply_sla_elapsed"]) == (False, 31.0)


def test_a_ticket_solved_without_a_reply_stops_the_clock(tmp_path: Path) -> None:
    """The earlier of two moments of which one never came is the one that came, not NULL."""
    [found] = computed(tmp_path, [(540, "critical", "business", [
        (540, "status", "new", "", None), (550, "status", "resolved", "", None),
    ])])  # fmt: skip
    assert (found["reply_s"], found["reply_sla"], found["reply_sla_elapsed"]) == (None, True, 10.0)


def test_a_target_still_ahead_is_undecided(tmp_path: Path) -> None:
    """Opened on Friday at half past four, asked on Monday before nine: half an hour of two has passed."""
    friday = 4 * 1440 + 990
    [found] = computed(tmp_path, [(friday, "high", "business", [(friday, "status", "new", "", None)])])
    assert (found["reply_sla"], found["reply_sla_elapsed"]) == (None, 30.0)


def test_the_priority_in_force_at_the_start_sets_the_target(tmp_path: Path) -> None:
    """A ticket that becomes critical later is held to what it was promised."""
    [found] = computed(tmp_path, [(540, "critical", "business", [
        (540, "priority", "high", "", None), (540, "status", "new", "", None), (545, "priority", "critical", "", None),
        (600, "status", "resolved", "", None),
    ])])  # fmt: skip
    assert (found["resolution_sla"], found["resolution_sla_target"]) == (True, 120.0)


def test_of_equal_instants_the_further_status_is_the_later(tmp_path: Path) -> None:
    """Without a sequence, an open and a resolved at one instant leave the ticket resolved, in any order of the file."""
    config = CONFIG.replace("columns: {sequence: {from: sequence, type: integer}}", "columns: {order: sequence}")
    for statuses in (("open", "resolved"), ("resolved", "open")):
        ticket = (0, "low", "always", [(0, "status", "new", "", None), *((5, "status", s, "", None) for s in statuses)])
        [found] = computed(tmp_path, [ticket], config)
        assert found["waited"] == 5.0


TOGETHER = """
version: 1
name: Together
datasets:
  tickets:
    source: tickets.csv
    key: ticket_id
    clocks:
      waited: {history: ticket_events, running: [new, open]}
      picked_at: {history: ticket_events, first: open}
    policies:
      solved_in_time: {history: ticket_events, from: created_at, until: resolved, targets: {other: 2 h}}
      solved_after_pick: {history: ticket_events, from: picked_at, until: resolved, targets: {other: 2 h}}
  ticket_events: {source: events.csv}
"""


def test_clocks_and_policies_of_one_dataset_are_computed_together(tmp_path: Path) -> None:
    """In one run, without any calendar; a policy may start at the moment that a clock gives."""
    (tmp_path / "tickets.csv").write_text("ticket_id,created_at\n1,2026-01-05 08:00\n")
    (tmp_path / "events.csv").write_text(
        "ticket_id,at,field,value\n1,2026-01-05 08:00,status,new\n1,2026-01-05 09:00,status,open\n"
        "1,2026-01-05 10:30,status,resolved\n"
    )
    columns = ["waited", "solved_in_time", "solved_in_time_elapsed", "solved_after_pick", "solved_after_pick_elapsed"]
    assert rows(TOGETHER, tmp_path, "tickets", columns, AS_OF) == [(150.0, False, 150.0, True, 90.0)]
