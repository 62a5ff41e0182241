"""What counts as a reply, and where a ticket's clocks end: small histories, worked by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kpi_framework.evaluate.engine.interface import Row
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot
from tests.stories.rows import rows

pytestmark = pytest.mark.usefixtures("engine_inside")

AS_OF = dt.datetime(2026, 1, 12, tzinfo=dt.UTC)
CONFIG = """
version: 1
name: Replies
datasets:
  tickets:
    source: tickets.csv
    key: ticket_id
    clocks:
      open_for: {history: ticket_events, running: [new, open, closed, done]}
      replied_at: {history: ticket_events, first: reply}
      replies: {history: ticket_events, count: reply}
    policies:
      solved: {history: ticket_events, from: created_at, until: resolved, targets: {other: 2 h}}
    derive:
      reply_after: minutes_between(created_at, replied_at)
  ticket_events: {source: events.csv}
"""
HEADER = "ticket_id,at,field,value,by,public"
NEW = "1,2026-01-05 10:00,status,new,requester,"
REPLIES = ["reply_after", "replies"]
SOLVED = ["open_for", "solved", "solved_elapsed", "solved_target"]


def computed(
    root: Path, columns: list[str], events: list[str], config: str = CONFIG, header: str = HEADER,
    ticket: str = "ticket_id,created_at\n1,2026-01-05 10:00\n",
) -> Row:  # fmt: skip
    """The columns of one ticket that was opened at ten."""
    (root / "tickets.csv").write_text(ticket)
    (root / "events.csv").write_text("\n".join([header, *events]) + "\n")
    [row] = rows(config, root, "tickets", columns, AS_OF)
    return row


def comment(minute: str, by: str, end: str = "true") -> str:
    """A comment at 10:MM."""
    return f"1,2026-01-05 10:{minute},comment,,{by},{end}"


def test_a_first_comment_after_a_while_is_a_reply(tmp_path: Path) -> None:
    """A product that keeps the description elsewhere: the agent's first comment is the reply."""
    assert computed(tmp_path, REPLIES, [NEW, comment("20", "agent"), comment("50", "agent")]) == (20.0, 2)


def test_the_opening_text_is_no_reply(tmp_path: Path) -> None:
    """An agent opens a ticket for a user, and describes it within the first minute."""
    opened = NEW.replace("requester", "agent")
    assert computed(tmp_path, REPLIES, [opened, comment("01", "agent"), comment("20", "agent")]) == (19.0 + 1, 1)


def test_an_answer_in_the_first_minute_is_a_reply(tmp_path: Path) -> None:
    """The user opened the ticket: what an agent writes then is no opening text."""
    assert computed(tmp_path, REPLIES, [NEW, comment("01", "agent")]) == (1.0, 1)


def test_the_author_is_the_person_where_the_history_knows(tmp_path: Path) -> None:
    """Two agents: one opened the ticket, the other answers at once."""
    events = [f"{NEW.replace('requester', 'agent')},ann", f"{comment('01', 'agent')},bob"]
    assert computed(tmp_path, REPLIES, events, header=f"{HEADER},actor") == (1.0, 1)
    assert computed(tmp_path, REPLIES, [e.replace("bob", "ann") for e in events], header=f"{HEADER},actor") == (None, 0)


def test_opening_none_makes_every_public_comment_of_an_agent_a_reply(tmp_path: Path) -> None:
    """So it does where the preset of the tickets says it; a history that says otherwise wins."""
    events = [NEW.replace("requester", "agent"), comment("00", "agent")]
    none = CONFIG.replace("{source: events.csv}", "{source: events.csv, opening: none}")
    assert computed(tmp_path, REPLIES, events) == (None, 0)
    assert computed(tmp_path, REPLIES, events, none) == (0.0, 1)


def test_a_ticket_closed_without_a_solution_ends_there(tmp_path: Path) -> None:
    """Closed counts as what the policy waits for; the time in a final status is nobody's."""
    assert computed(tmp_path, SOLVED, [NEW, "1,2026-01-05 11:00,status,closed,agent,"]) == (60.0, True, 60.0, 120.0)
    assert computed(tmp_path, SOLVED, [NEW, "1,2026-01-05 13:00,status,closed,agent,"]) == (180.0, False, 180.0, 120.0)


def test_a_cancelled_ticket_is_bound_to_nothing(tmp_path: Path) -> None:
    """Unless it had run over its limit before: cancelling does not undo that."""
    assert computed(tmp_path, SOLVED, [NEW, "1,2026-01-05 11:00,status,cancelled,agent,"]) == (60.0, None, 60.0, None)
    late = computed(tmp_path, SOLVED, [NEW, "1,2026-01-05 13:00,status,cancelled,agent,"])
    assert late == (180.0, False, 180.0, 120.0)


def test_a_cancelled_ticket_that_is_opened_again_runs_on(tmp_path: Path) -> None:
    """Half an hour, then cancelled, then an hour more."""
    events = [NEW, *(f"1,2026-01-05 {at},status,{s},agent," for at, s in (
        ("10:30", "cancelled"), ("12:00", "open"), ("13:00", "resolved")))]  # fmt: skip
    assert computed(tmp_path, SOLVED, events) == (90.0, True, 90.0, 120.0)


def test_a_merged_ticket_counts_as_cancelled(tmp_path: Path) -> None:
    """It ends at its last event, whatever its status says."""
    ticket = "ticket_id,created_at,merged\n1,2026-01-05 10:00,true\n"
    events = [NEW, "1,2026-01-05 10:40,assignment,desk,agent,"]
    assert computed(tmp_path, SOLVED, events, ticket=ticket) == (40.0, None, 40.0, None)
    closed = [NEW, "1,2026-01-05 11:00,status,closed,agent,"]
    assert computed(tmp_path, SOLVED, closed, ticket=ticket) == (60.0, None, 60.0, None)


def test_a_history_names_final_statuses_of_its_own(tmp_path: Path) -> None:
    """They count as closed."""
    config = CONFIG.replace("{source: events.csv}", "{source: events.csv, final: done}")
    events = [NEW, "1,2026-01-05 11:00,status,done,agent,"]
    assert computed(tmp_path, SOLVED, events, config) == (60.0, True, 60.0, 120.0)


def test_a_comment_on_a_closed_ticket_is_no_first_reply(tmp_path: Path) -> None:
    """It is one in the moment of closing, and once the ticket is open again."""
    closed = [NEW, "1,2026-01-05 10:30,status,closed,agent,"]
    assert computed(tmp_path, ["reply_after"], [*closed, comment("50", "agent")]) == (None,)
    assert computed(tmp_path, ["reply_after"], [*closed, comment("30", "agent")]) == (30.0,)
    again = [*closed, "1,2026-01-05 10:45,status,open,agent,", comment("50", "agent")]
    assert computed(tmp_path, ["reply_after"], again) == (50.0,)


@pytest.mark.parametrize("lacking", ["by", "public"])
def test_replies_of_a_history_without_their_author_or_reader_are_unknown(lacking: str, tmp_path: Path) -> None:
    """Unknown is neither 0 nor met."""
    formula = "version: 1\nkind: metric\nid: replies\nname: R\ndataset: tickets\nformula: sum(replies)\nunit: count\n"
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis/replies.yaml").write_text(formula)
    (tmp_path / "kpi.yaml").write_text(CONFIG)
    (tmp_path / "tickets.csv").write_text("ticket_id,created_at\n1,2026-01-05 10:00\n")
    (tmp_path / "events.csv").write_text("\n".join([HEADER.replace(lacking, "other"), NEW, comment("20", "agent")]))
    evaluation = check(Options(ProjectRoot(tmp_path), dt.datetime(2026, 2, 10, tzinfo=dt.UTC))).evaluation
    assert evaluation is not None
    assert {(m.value, m.reason) for m in evaluation.measurements} == {(None, "source_error")}


@pytest.mark.parametrize("solved", ["1900-01-01 00:00", "2026-01-05 09:59"])
def test_an_end_before_its_start_is_missing(solved: str, tmp_path: Path) -> None:
    """A product writes 1900-01-01 for a ticket that is not solved: it is never one that was solved, and it is told."""
    (tmp_path / "kpis").mkdir()
    metric = "version: 1\nkind: metric\nid: {0}\nname: {0}, elapsed\ndataset: tickets\nformula: {1}\nunit: {2}\n"
    for name, formula, unit in (
        ("solved", "count(resolved_at)", "count"), ("took", "avg(hours_between(created_at, resolved_at))", "hours"),
        ("backlog", "count(*)", "count\nopen_between: [created_at, resolved_at]"),
    ):  # fmt: skip
        (tmp_path / f"kpis/{name}.yaml").write_text(metric.format(name, formula, unit))
    (tmp_path / "kpi.yaml").write_text(
        "version: 1\nname: A\nas_of: 2026-02-10\n"
        "datasets:\n"
        "  tickets: {source: t.csv, key: ticket_id, complete_from: 2026-01-01, complete_through: 2026-02-10}\n"
    )
    (tmp_path / "t.csv").write_text(
        f"ticket_id,created_at,resolved_at\n1,2026-01-05 10:00,{solved}\n2,2026-01-06 10:00,\n"
        "3,2026-01-06 10:00,2026-01-06 12:00\n"
    )
    evaluation = check(Options(ProjectRoot(tmp_path), dt.datetime(2026, 2, 10, tzinfo=dt.UTC))).evaluation
    assert evaluation is not None
    values = {m.kpi: m.value for m in evaluation.measurements if m.period.start == dt.date(2026, 1, 1)}
    assert values == {"solved": 1, "took": 2.0, "backlog": 2}
    assert [d.rule for d in evaluation.diagnostics].count("impossible-time") == 1
