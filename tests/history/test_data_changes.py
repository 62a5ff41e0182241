"""Data that change what was settled are told with their effect; a published value needs a reason."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import kpi
from tests.history.clocked_desk import CONFIG, files, tickets
from tests.history.repository import Repository

pytestmark = pytest.mark.usefixtures("engine_inside")

DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(91)]
TICKETS = "data/tickets.csv"
Change = dict[str, Any]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """The desk, committed with its frozen baselines."""
    desk = Repository(tmp_path, day=dt.date(2026, 4, 2))
    for path, text in files().items():
        desk.write(path, text)
    desk.git("init", "-q")
    kpi(tmp_path, "baseline", "freeze")
    desk.commit("The desk")
    return desk


def _of_data(repository: Repository, *arguments: str) -> tuple[int, list[Change], list[str]]:
    """The exit code, the changes of data, and the rules that found something."""
    ended = kpi(repository.root, "diff", *arguments, "--format", "json")
    rules = [d["rule"] for d in ended.json["diagnostics"]]
    return ended.code, [c for c in ended.json["changes"] if c["class"] == "data"], rules


def test_rows_that_are_rewritten_are_told_with_both_values(repository: Repository) -> None:
    """One ticket of three took 20 hours; rewritten to three, March is met. Nobody had published it."""
    repository.write(TICKETS, tickets(DAYS, hours=3))
    repository.commit("Update export")
    code, changes, _ = _of_data(repository, "HEAD~1", "HEAD")
    [change] = [c for c in changes if c["kpi"] == "on_time"]
    assert (change["path"], change["after"]["value"], change["after"]["status"]) == (TICKETS, 1.0, "met")
    assert (change["before"]["status"], change["before"]["period"]) == ("near", "2026-03-01")
    # Of March's 31 days, those whose number from 1 January on is no multiple of three were in time.
    in_time = sum((day - DAYS[0]).days % 3 != 0 for day in DAYS if day.month == 3)
    assert change["before"]["value"] == pytest.approx(in_time / 31)
    assert code == 0


def test_rows_on_disk_count_as_well(repository: Repository) -> None:
    """The files as they lie there, before anybody commits them; line ends alone are no change."""
    repository.write(TICKETS, tickets(DAYS, hours=3))
    assert {c["kpi"] for c in _of_data(repository)[1]} >= {"on_time"}
    (repository.root / TICKETS).write_bytes(tickets(DAYS).replace("\n", "\r\n").encode())
    assert _of_data(repository)[1] == []


def test_a_published_value_needs_a_reason(repository: Repository) -> None:
    """A line of the ledger at the base holds the value that moves."""
    assert kpi(repository.root, "publish").code == 0
    repository.commit("Publish")
    repository.write(TICKETS, tickets(DAYS, hours=3))
    repository.commit("Update export")
    code, changes, rules = _of_data(repository, "HEAD~1", "HEAD")
    assert {c["kpi"]: c.get("published", False) for c in changes}["on_time"]
    assert (code, "unexplained-change" in rules) == (1, True)
    repository.write(TICKETS, tickets(DAYS, hours=4))
    repository.commit("Update export\n\nReason: the vendor's clock was wrong until March")
    code, changes, rules = _of_data(repository, "HEAD~1", "HEAD")
    assert [c["kpi"] for c in changes if c["kpi"] == "on_time"] == []


def test_new_rows_of_days_to_come_are_no_change(repository: Repository) -> None:
    """What was not settled at the base, as of its newest day, may still come."""
    config = CONFIG.replace("as_of: 2026-04-02", "as_of: now")
    repository.write("kpi.yaml", config)
    repository.write(TICKETS, tickets(DAYS[:75]))
    repository.commit("Until the middle of March")
    repository.write(TICKETS, tickets(DAYS))
    repository.commit("Until its end")
    assert _of_data(repository, "HEAD~1", "HEAD", "--as-of", "2026-04-02")[1] == []


def test_rows_that_fall_off_the_beginning_are_no_change(repository: Repository) -> None:
    """An export of the last two months has no January: nothing is known of it any more, and February is as it was."""
    february = tickets(DAYS).splitlines(keepends=True)
    rolled = [line for line in february if ",2026-01-" not in line]
    repository.write(TICKETS, "".join(rolled))
    repository.commit("The last two months")
    assert [c["kpi"] for c in _of_data(repository, "HEAD~1", "HEAD")[1]] == []


def test_data_and_a_looser_target_are_both_told(repository: Repository) -> None:
    """The one does not hide the other."""
    repository.edit("kpis/on_time.yaml", ("at_least: 70%, near: 65%", "at_least: 60%, near: 55%"))
    repository.write(TICKETS, tickets(DAYS, hours=3))
    repository.commit("Both")
    changes = kpi(repository.root, "diff", "HEAD~1", "HEAD", "--format", "json").json["changes"]
    assert {c["class"] for c in changes if c["kpi"] == "on_time"} == {"loosened", "data"}
