"""Local servers that answer in the shape that each vendor documents: pages, limits, cursors, and what goes wrong.

Every fifth request is refused with 429, and again if it comes before `Retry-After` has passed; the last row of a page
is the first of the next; and while the first pages are read, a ticket changes that has already been read.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.getting_data.desk import PERSON, Desk, Ticket

SECRET = "canary-secret-5e1f"  # noqa: S105 - it must be found nowhere
MERGED = (33, 88)
"""Tickets that Zendesk has merged into others, and tagged so."""
Answer = tuple[int, Any]
Query = dict[str, str]


class StandIn:
    """One vendor's server over a desk."""

    login: str
    page = 25

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.requests = 0
        self.patience = 0.0
        self.impatient = False
        self.broken = False
        self.moved: Callable[[], None] | None = None

    def answer(self, path: str, query: Query) -> Answer:
        """The status and the document."""
        raise NotImplementedError

    def refused(self) -> bool:
        """Whether the limit is reached: every fifth request waits a second."""
        self.requests += 1
        if time.monotonic() < self.patience:
            self.impatient = True
            return True
        if self.requests % 5 == 2:
            self.patience = time.monotonic() + 1
            return True
        return False

    def happens_once(self) -> None:
        """While pages are read, something changes."""
        moved, self.moved = self.moved, None
        if moved:
            moved()

    def settled(self) -> list[Ticket]:
        """The tickets without what changed within the last minute, by their change."""
        edge = self.desk.now - dt.timedelta(minutes=1)
        rows = [ticket for ticket in self.desk.tickets.values() if ticket.updated <= edge]
        return sorted(rows, key=lambda ticket: (ticket.updated, ticket.number))


def iso(moment: dt.datetime | None) -> str | None:
    """A moment as most vendors write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


class Zendesk(StandIn):
    """GET /api/v2/incremental/tickets/cursor."""

    login = f"desk@example.org/token:{SECRET}"

    def answer(self, path: str, query: Query) -> Answer:
        """Tickets by the time they were generated; deleted ones are among them."""
        assert path == "/api/v2/incremental/tickets/cursor"
        assert query["include"] == "metric_sets"
        rows = self.settled()
        if "cursor" in query:
            start, skip = (int(part) for part in base64.b64decode(query["cursor"]).decode().split(":"))
        else:
            start, skip = int(query["start_time"]), 0
            assert start < time.time() - 60, "the vendor refuses a start within the last minute"
        rows = [ticket for ticket in rows if ticket.updated.timestamp() >= start]
        shown = rows[max(skip - 1, 0) : skip + self.page]
        cursor = base64.b64encode(f"{start}:{skip + self.page}".encode()).decode()
        return 200, {
            "tickets": [self.ticket(ticket) for ticket in shown],
            "after_cursor": cursor,
            "after_url": f"https://elsewhere.example.org/steal?cursor={cursor}",
            "before_cursor": None,
            "end_of_stream": skip + self.page >= len(rows),
        }

    def ticket(self, ticket: Ticket) -> dict[str, Any]:
        """A ticket with its metrics; a deleted one is scrubbed of both."""
        status = "deleted" if ticket.deleted else "solved" if ticket.solved else "open"
        tags = [PERSON, *(["closed_by_merge"] if ticket.number in MERGED else [])]
        reply = ticket.replied and round((ticket.replied - ticket.created).total_seconds() / 60)
        metrics = {
            "solved_at": iso(ticket.solved), "reopens": 0, "replies": int(bool(ticket.replied)),
            "reply_time_in_minutes": {"calendar": reply, "business": reply},
            "full_resolution_time_in_minutes": {"calendar": None, "business": None},
        }  # fmt: skip
        return {
            "id": ticket.number, "created_at": iso(ticket.created), "updated_at": iso(ticket.updated),
            "generated_timestamp": int(ticket.updated.timestamp()), "status": status, "type": None,
            "priority": "urgent" if ticket.urgent else None, "via": {"channel": "email", "source": {"from": {}}},
            "subject": f"{PERSON} needs help", "description": PERSON, "requester_id": 9, "group_id": 12,
            "assignee_id": 4, "custom_fields": [{"id": 1, "value": PERSON}], "tags": tags,
        } | ({} if ticket.deleted else {"metric_set": metrics})  # fmt: skip


class Freshdesk(StandIn):
    """GET /api/v2/tickets: pages by number over a list that moves, at most 300 of them."""

    login = f"{SECRET}:X"
    page = 100

    def answer(self, path: str, query: Query) -> Answer:
        """The list; the deleted ones and spam only by their filters."""
        assert path == "/api/v2/tickets"
        assert (query["order_by"], query["order_type"], query["include"]) == ("updated_at", "asc", "stats")
        number = int(query.get("page", "1"))
        if number > 300:
            return 400, {"description": "Validation failed"}
        wanted = {"deleted": (True, 0), "spam": (True, 1)}.get(query.get("filter", ""), (False, None))
        since = dt.datetime.fromisoformat(query["updated_since"])
        rows = [t for t in self.settled() if t.deleted == wanted[0] and t.updated >= since]
        if wanted[1] is not None:
            rows = [ticket for ticket in rows if ticket.number % 2 == wanted[1]]
        shown = rows[(number - 1) * 100 : number * 100]
        if not query.get("filter"):
            self.happens_once()
        return 200, [self.ticket(ticket) for ticket in shown]

    def ticket(self, ticket: Ticket) -> dict[str, Any]:
        """A ticket with its stats."""
        return {
            "id": ticket.number, "created_at": iso(ticket.created), "updated_at": iso(ticket.updated), "due_by": None,
            "status": 4 if ticket.solved else 2, "priority": 4 if ticket.urgent else 1, "source": 1, "type": None,
            "group_id": None, "deleted": ticket.deleted and ticket.number % 2 == 0,
            "spam": ticket.deleted and ticket.number % 2 == 1, "subject": PERSON, "requester_id": 9,
            "to_emails": [ticket.requester], "custom_fields": {"cf_name": PERSON},
            "stats": {
                "first_responded_at": iso(ticket.replied), "resolved_at": iso(ticket.solved), "closed_at": None,
                "agent_responded_at": iso(ticket.replied), "pending_since": None,
            },
        }  # fmt: skip


class ServiceNow(StandIn):
    """GET /api/now/table/incident and sys_audit_delete: encoded queries, texts only, empty ones for no value."""

    login = f"kpi:{SECRET}"

    def answer(self, path: str, query: Query) -> Answer:
        """Rows after a key; deleted ones are gone, and archived ones stand in a table of their own."""
        if path == "/api/now/table/sys_audit_delete":
            assert query["sysparm_query"].startswith("tablename=incident")
            gone = [t for t in self.desk.tickets.values() if t.deleted]
            return 200, {"result": [{"documentkey": self.key(ticket)} for ticket in gone]}
        assert path == "/api/now/table/incident"
        limit = min(int(query["sysparm_limit"]), 10_000)
        conditions = query["sysparm_query"].split("^")
        assert conditions[-1] == "ORDERBYsys_id"
        since = conditions[0].removeprefix("sys_updated_on>=")
        after = conditions[1].removeprefix("sys_id>") if len(conditions) > 2 else ""
        edge = dt.datetime.strptime(since, "%Y-%m-%d %H:%M:%S").replace(tzinfo=dt.UTC)
        rows = [t for t in self.settled() if t.updated >= edge and not t.deleted and not t.archived]
        rows = sorted((ticket for ticket in rows if self.key(ticket) > after), key=self.key)
        self.happens_once()
        names = query["sysparm_fields"].split(",")
        return 200, {"result": [{name: self.row(t).get(name, "") for name in names} for t in rows[:limit]]}

    def key(self, ticket: Ticket) -> str:
        """A sys_id, in no order of time."""
        return f"{(ticket.number * 7919) % 100_000:032x}"

    def row(self, ticket: Ticket) -> dict[str, Any]:
        """An incident."""
        plain = {
            name: moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""
            for name, moment in (
                ("opened_at", ticket.created), ("sys_updated_on", ticket.updated), ("resolved_at", ticket.solved),
                ("closed_at", None),
            )
        }  # fmt: skip
        return plain | {
            "sys_id": self.key(ticket), "number": f"INC{ticket.number:07}", "sys_mod_count": "3",
            "state": "6" if ticket.solved else "2", "priority": "1" if ticket.urgent else "4", "category": "network",
            "contact_type": "email", "assignment_group": "g", "made_sla": "true" if ticket.solved else "",
            "reopen_count": "0", "reassignment_count": "", "caller_id": PERSON, "short_description": PERSON,
        }  # fmt: skip


class Jira(StandIn):
    """GET /rest/api/3/search/jql by tokens, and single issues; JQL compares whole minutes."""

    login = f"desk@example.org:{SECRET}"

    def answer(self, path: str, query: Query) -> Answer:
        """A page of issues, or whether one is there."""
        if path.startswith("/rest/api/3/issue/"):
            number = int(path.rpartition("-")[2])
            return (404, {}) if self.desk.tickets[number].deleted else (200, {"key": f"HELP-{number}"})
        assert path == "/rest/api/3/search/jql"
        since = re.search(r'updated >= "([^"]+)"', query["jql"])
        edge = dt.datetime.strptime(since[1] if since else "2000-01-01 00:00", "%Y-%m-%d %H:%M").replace(tzinfo=dt.UTC)
        rows = [t for t in self.settled() if t.updated >= edge and not t.deleted and not t.archived]
        skip = int(query.get("nextPageToken", "0"))
        shown = rows[max(skip - 1, 0) : skip + self.page]
        last = skip + self.page >= len(rows)
        fields = query["fields"].split(",")
        issues = [self.issue(ticket, fields) for ticket in shown]
        return 200, {"issues": issues, "isLast": last} | ({} if last else {"nextPageToken": str(skip + self.page)})

    def issue(self, ticket: Ticket, names: list[str]) -> dict[str, Any]:
        """An issue with the fields that were asked for."""

        def zoned(moment: dt.datetime | None) -> str | None:
            zone = dt.timezone(dt.timedelta(hours=1))
            return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S.000%z") if moment else None

        category = "Done" if ticket.solved else "In Progress"
        stop = ticket.replied and {"epochMillis": int(ticket.replied.timestamp() * 1000)}
        fields = {
            "created": zoned(ticket.created), "updated": zoned(ticket.updated), "resolutiondate": None,
            "status": {"name": "Resolved" if ticket.solved else "In Progress", "statusCategory": {"name": category}},
            "statuscategorychangedate": zoned(ticket.solved or ticket.created),
            "priority": {"name": "Highest" if ticket.urgent else "Low"}, "issuetype": {"name": "Service Request"},
            "summary": PERSON, "reporter": {"displayName": PERSON},
            "customfield_10031": {"completedCycles": [{"stopTime": stop, "breached": False}] if stop else []},
            "customfield_10030": {"completedCycles": [{"breached": ticket.urgent}] if ticket.solved else []},
        }  # fmt: skip
        kept = {name: value for name, value in fields.items() if name in names}
        return {"id": str(ticket.number), "key": f"HELP-{ticket.number}"} | ({"fields": kept} if kept else {})


VENDORS: dict[str, type[StandIn]] = {
    "zendesk": Zendesk, "freshdesk": Freshdesk, "jira": Jira, "servicenow": ServiceNow,
}  # fmt: skip


@contextmanager
def served(stand_in: StandIn) -> Iterator[str]:
    """The stand-in's address while it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            header = "Basic " + base64.b64encode(stand_in.login.encode()).decode()
            status, document = 200, None
            if self.headers["Authorization"] != header or (stand_in.broken and stand_in.requests > 3):
                status, document = 401, {"error": "not allowed", "sent": self.headers["Authorization"]}
            elif stand_in.refused():
                status, document = 429, {}
            else:
                status, document = stand_in.answer(parts.path, query)
            body = json.dumps(document).encode()
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
