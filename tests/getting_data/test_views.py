"""The shipped views on real servers: each row against plain Python, and no person in any column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from kpi_framework.load.library import shipped_contracts, shipped_views
from tests.cli.projects import kpi
from tests.getting_data.cases import DONE, PRIORITIES, Case, cases, ends, stamp, stored
from tests.getting_data.databases import Database, Row
from tests.getting_data.desk import PERSON

CASES = cases()


def filled(server: Database, product: str) -> Callable[[str], list[Row]]:
    """A database with the cases and the views; what a view shows, by its name."""
    server.run(f"create database {product};", server.first)
    server.run(stored(product, CASES) + shipped_views()[product], product)
    prefix = "kpi." if product == "zammad" else "kpi_"
    return lambda view: server.rows(f"select * from {prefix}{view}", product)


@pytest.fixture(scope="module")
def glpi(maria: Database) -> Callable[[str], list[Row]]:
    """GLPI's views."""
    return filled(maria, "glpi")


@pytest.fixture(scope="module")
def osticket(maria: Database) -> Callable[[str], list[Row]]:
    """The views of osTicket."""
    return filled(maria, "osticket")


@pytest.fixture(scope="module")
def zammad(postgres: Database) -> Callable[[str], list[Row]]:
    """Zammad's views."""
    return filled(postgres, "zammad")


def agrees(rows: list[Row], key: str, expected: dict[str, dict[str, object]]) -> None:
    """Every expected cell of every row; a moment without a zone or in UTC, a truth in any spelling."""
    assert {row[key] for row in rows} == set(expected)
    for row in rows:
        wanted = expected[str(row[key])]
        assert {name: plain(row[name]) for name in wanted} == {name: plain(value) for name, value in wanted.items()}


def plain(value: object) -> object:
    """A cell or a value of Python as one text."""
    if isinstance(value, dt.datetime):
        return stamp(value)
    if isinstance(value, bool) or value in ("t", "f"):
        return "1" if value in (True, "t") else "0"
    text = None if value is None else str(value)
    return text.removesuffix("+00").removesuffix(".0000") if text else text


def late(case: Case) -> bool | None:
    """Whether it was resolved within its service level."""
    return case.solved <= case.due if case.solved and case.due else None


def test_glpis_tickets(glpi: Callable[[str], list[Row]]) -> None:
    """Words for numbers, the first public reply or solution by an agent, the trash as merged."""
    agrees(glpi("tickets"), "ticket_id", {
        str(case.number): {
            "created_at": case.created, "updated_at": case.last, "resolved_at": case.solved, "due_at": case.due,
            "first_response_at": next(iter(case.replies(True)), None), "status": case.status, "priority": case.priority,
            "closed_at": case.last if case.status == "closed" else None, "merged": case.merged, "sla_met": late(case),
            "type": "request" if case.number % 2 else "incident", "category": "Network", "channel": "Phone",
            "location": "Leeds", "team": "Desk", "agent": case.agent, "requester": case.asker,
            "reopen_count": case.reopened, "reply_count": len(case.replies(False)),
            "satisfaction_score": case.score, "satisfaction_max": 5 if case.score else None,
        }
        for case in CASES
    })  # fmt: skip


def test_ostickets_tickets(osticket: Callable[[str], list[Row]]) -> None:
    """Its one end, the reply of an agent, the due time of its plan, the child of a merge."""
    agrees(osticket("tickets"), "ticket_id", {
        f"{case.number:06}": {
            "created_at": case.created, "updated_at": case.last, "resolved_at": case.solved, "due_at": case.due,
            "first_response_at": next(iter(case.replies(False)), None), "closed_at": case.solved,
            "status": case.status if case.status in DONE else "open", "priority": case.priority, "merged": case.merged,
            "sla_met": late(case), "category": "Network", "channel": "email", "agent": case.agent,
            "team": "Level I" if case.number % 2 else "Support", "requester": case.asker,
            "reopen_count": case.reopened, "reply_count": len(case.replies(False)),
        }
        for case in CASES
    })  # fmt: skip


def test_zammads_tickets(zammad: Callable[[str], list[Row]]) -> None:
    """States by their types, times with their zone, what was left of the goal."""
    agrees(zammad("tickets"), "ticket_id", {
        f"9{case.number:04}": {
            "created_at": case.created, "updated_at": case.last, "due_at": case.due,
            "first_response_at": next(iter(case.replies(False)), None),
            "resolved_at": None if case.merged else case.solved,
            "status": "closed" if case.merged or case.status in DONE else case.status, "merged": case.merged,
            "priority": PRIORITIES[min(PRIORITIES.index(case.priority), 2)], "channel": "email", "team": "Desk",
            "customer_group": "Sales" if case.number % 2 else None, "agent": case.agent, "requester": case.asker,
            "sla_met": False if late(case) is False else None if case.merged else late(case),
            "reopen_count": case.reopened,
        }
        for case in CASES
    })  # fmt: skip


def told(rows: list[Row], field: str) -> list[tuple[object, ...]]:
    """The events of a kind, in order."""
    names = ("ticket_id", "at", "value") if field == "status" else ("ticket_id", "at", "by", "public")
    return sorted(tuple(plain(row[name]) or "" for name in names) for row in rows if row["field"] == field)


@pytest.mark.parametrize("product", ["glpi", "osticket", "zammad"])
def test_the_history_of_every_ticket(product: str, request: pytest.FixtureRequest) -> None:
    """Each status with its moment, each comment with who wrote it and who can read it."""
    rows = request.getfixturevalue(product)("ticket_events")
    number = {"glpi": "{}", "osticket": "{:06}", "zammad": "9{:04}"}[product].format
    states, comments = [], []
    for case in CASES:
        key = number(case.number)
        if product == "osticket":
            words = [(case.created, "open"), *ends(case)]
        elif product == "zammad":
            words = [(at, "closed" if word == "resolved" else word) for at, word in case.states]
            words = [pair for place, pair in enumerate(words) if not place or pair[1] != words[place - 1][1]]
        else:
            words = case.states
            comments += [(key, plain(at), "agent", "1") for at, word in words if word == "resolved"]
        if product != "glpi":
            comments.append((key, plain(case.created), "requester", "1"))
        states += [(key, plain(at), word) for at, word in words]
        hides = {"agent", "requester"} if product != "osticket" else {"agent"}
        comments += [(key, plain(c.at), c.by, "1" if c.public or c.by not in hides else "0") for c in case.comments]
    assert told(rows, "status") == sorted(states)
    assert told(rows, "comment") == sorted(comments)


def test_glpis_surveys(glpi: Callable[[str], list[Row]]) -> None:
    """Who was asked, and the answers once they are there."""
    asked = [case for case in CASES if case.asked]
    rows = glpi("surveys")
    agrees(rows, "ticket_id", {
        str(case.number): {
            "asked_at": case.asked, "score": case.score, "max_score": 5 if case.score else None, "question": "csat",
            "answered_at": case.asked + dt.timedelta(hours=2) if case.asked and case.score else None,
            "priority": case.priority,
        }
        for case in asked
    })  # fmt: skip


@pytest.mark.parametrize("product", ["glpi", "osticket", "zammad"])
def test_views_hold_no_person_and_only_known_columns(product: str, request: pytest.FixtureRequest) -> None:
    """Not a name, an address or a text; a column is one that kpi knows, so that nothing has to be mapped."""
    views = {"tickets", "ticket_events", *(("surveys",) if product == "glpi" else ())}
    for view in views:
        rows = request.getfixturevalue(product)(view)
        assert PERSON not in str(rows)
        assert set(rows[0]) <= set(shipped_contracts()[view].columns)


def test_the_catalogue_prints_the_views(tmp_path: Path) -> None:
    """`kpi catalog views` names the products; with one it prints the file that the tests above ran."""
    assert kpi(tmp_path, "catalog", "views").out.split() == ["glpi", "osticket", "zammad"]
    shipped = files("kpi_framework").joinpath("library/views/zammad.sql").read_text(encoding="utf-8")
    assert kpi(tmp_path, "catalog", "views", "zammad").out == shipped
    assert kpi(tmp_path, "catalog", "views", "zamad").code == 2
