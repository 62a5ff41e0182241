"""What is wrong with calendars, clocks and histories is found at its line, and never crashes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kpi_framework.model.diagnostic import Diagnostic
from kpi_framework.workflow.checking.check import Options, check, lint_project
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

NOW = dt.datetime(2026, 2, 10, 12, tzinfo=dt.UTC)
CONFIG = """version: 1
name: Desk
as_of: 2026-02-10
calendars:
  business: {hours: {mon-fri: ["09:00-17:00"]}, timezone: Europe/London, holidays: [GB-ENG]}
datasets:
  tickets:
    source: tickets.csv
    key: ticket_id
    complete_from: 2026-01-01
    complete_through: 2026-02-09
    clocks:
      waited: {history: ticket_events, running: [new, open], calendar: business}
  ticket_events: {source: events.csv}
"""
METRIC = """version: 1
kind: metric
id: wait
name: Wait, in working time
dataset: tickets
formula: {formula}
unit: minutes
"""
TICKETS = "ticket_id,created_at,calendar\n1,2026-01-05 09:00,business\n2,2026-01-05 10:00,lunar\n"
EVENTS = "ticket_id,at,field,value\n1,2026-01-05 11:00,status,resolved\n1,2026-01-05 09:00,status,new\n"


def project(root: Path, config: str = CONFIG, formula: str = "avg(waited)", events: str = EVENTS) -> Options:
    """A small project."""
    (root / "kpis").mkdir()
    for name, text in {
        "kpi.yaml": config,
        "kpis/wait.yaml": METRIC.replace("{formula}", formula),
        "tickets.csv": TICKETS,
        "events.csv": events,
    }.items():
        (root / name).write_text(text, encoding="utf-8")
    return Options(ProjectRoot(root), NOW)


def found(options: Options, rule: str) -> list[Diagnostic]:
    """The findings of a rule."""
    return [d for d in lint_project(options).diagnostics if d.rule == rule]


@pytest.mark.parametrize(
    ("old", "new", "rule", "line", "said"),
    [
        ('["09:00-17:00"]', '["09:00-17:00", "16:00-18:00"]', "wrong-type", 5, "overlaps"),
        ('mon-fri: ["09:00-17:00"]', 'mon-sun: ["22:00-06:00", "05:00-07:00"]', "wrong-type", 5, "overlaps"),
        ('["09:00-17:00"]', '["09:00-09:00"]', "wrong-type", 5, "same time"),
        ('["09:00-17:00"]', '["9-17"]', "wrong-type", 5, "hours"),
        ("mon-fri", "weekdays", "wrong-type", 5, "weekdays"),
        ("GB-ENG", "GB-ENGL", "unknown-reference", 5, "GB-ENGL"),
        ("GB-ENG", "2026-02-30", "unknown-reference", 5, "2026-02-30"),
        ("Europe/London", "Europe/Londen", "unknown-reference", 5, "Europe/Londen"),
        ("running: [new, open]", "running: [new, opened]", "unknown-reference", 13, "opened"),
        ("history: ticket_events", "history: ticket_event", "unknown-reference", 13, "ticket_event"),
        ("calendar: business", "calendar: busines", "unknown-reference", 13, "busines"),
        ("running: [new, open]", "running: [new], count: [open]", "wrong-type", 13, "exactly one"),
        ("    key: ticket_id\n", "", "unknown-reference", 12, "key"),
    ],
)
def test_a_slip_is_found_at_its_line(old: str, new: str, rule: str, line: int, said: str, tmp_path: Path) -> None:
    """Overlaps, hours that cannot be read, names of zones, holidays, calendars, histories and statuses."""
    options = project(tmp_path, CONFIG.replace(old, new))
    assert [(d.span.path, d.span.line) for d in found(options, rule) if said in d.message] == [("kpi.yaml", line)]
    check(options)


def test_a_status_nobody_declared_is_counted(tmp_path: Path) -> None:
    """A finding says how many rows have one; no clock runs in it."""
    outcome = check(project(tmp_path, events=EVENTS + "2,2026-01-05 10:00,status,limbo\n"))
    [finding] = [d for d in outcome.diagnostics if d.rule == "contract-violation"]
    assert "in 1 row" in finding.message
    assert "limbo" not in finding.message


def test_a_history_that_cannot_be_read_makes_its_clocks_unknown(tmp_path: Path) -> None:
    """Not zero: unknown."""
    options = project(tmp_path)
    (tmp_path / "events.csv").unlink()
    outcome = check(options)
    assert "source-unreadable" in {d.rule for d in outcome.diagnostics}
    assert outcome.scorecard is not None
    assert {m.value for m in outcome.scorecard.measurements} == {None}


@pytest.mark.parametrize("calendars", ["", "  a: {hours: 24x7}\n  b: {hours: 24x7}\n"])
def test_working_time_needs_to_know_whose(calendars: str, tmp_path: Path) -> None:
    """Without a calendar, or with several and none called business, the formula is refused."""
    config = CONFIG.replace(CONFIG.splitlines()[4] + "\n", calendars).replace(", calendar: business", "")
    config = config if calendars else config.replace("calendars:\n", "")
    formula = "avg(business_minutes(created_at, timestamp '2026-01-06'))"
    assert found(project(tmp_path, config, formula), "unknown-reference")


def test_a_row_without_a_known_calendar_is_missing(tmp_path: Path) -> None:
    """A ticket whose column names no calendar of the project has no working time."""
    formula = "avg(business_minutes(created_at, timestamp '2026-01-06', calendar))"
    outcome = check(project(tmp_path, formula=formula))
    assert outcome.scorecard is not None
    [one] = [m for m in outcome.scorecard.measurements if m.population]
    assert (one.value, one.measured, one.missing) == (480.0, 1, 1)


def test_equal_meaning_has_an_equal_hash_and_other_hours_another(tmp_path: Path) -> None:
    """The hours, holidays and clocks that a formula reaches are part of its definition; others are not."""
    hashes = []
    for number, (old, new) in enumerate([
        ("GB-ENG", "GB-ENG"), ("calendars:\n", "calendars:\n  nights: {hours: 24x7}\n"), ("17:00", "17:30"),
        ("GB-ENG", "GB-SCT"), ("running: [new, open]", "running: [new]"), ("calendar: business", ""),
    ]):  # fmt: skip
        root = tmp_path / str(number)
        root.mkdir()
        outcome = check(project(root, CONFIG.replace(old, new).replace(", }", "}")))
        assert outcome.evaluation is not None
        hashes.append(outcome.evaluation.hashes["wait"])
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 5
    assert all(hashes)
