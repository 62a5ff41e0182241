"""Freshdesk: the tickets that changed, from the list of tickets; and the deleted ones and spam, which it lacks.

The list ends after 300 pages, and a ticket that changes while the pages are read moves to its end, so that the next
page would begin one ticket too late. So each page asks anew, from the newest change that the last one had.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dlt.sources.helpers.rest_client.paginators import BasePaginator
from nightly import Vendor, load, minutes_ago, setting
from requests import Request, Response

PAGE = 100
COLUMNS = {  # by the names that `preset: freshdesk` knows
    "ticket_id": "text",
    "created_time": "timestamp",
    "last_update_time": "timestamp",
    "initial_response_time": "timestamp",
    "resolved_time": "timestamp",
    "closed_time": "timestamp",
    "due_by_time": "timestamp",
    "status": "text",
    "priority": "text",
    "source": "text",
    "type": "text",
    "group": "text",
}


class FromNewestChange(BasePaginator):
    """Asks for what changed since the newest change of the page before; by number where one second fills a page."""

    def __init__(self) -> None:
        super().__init__()
        self.since, self.number = "", 1

    def init_request(self, request: Request) -> None:
        """The first page."""
        self.since, self.number, self._has_next_page = request.params["updated_since"], 1, True

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """A page that is not full is the last."""
        tickets = data or []
        self._has_next_page = len(tickets) == PAGE
        if self._has_next_page:
            newest = datetime.fromisoformat(tickets[-1]["updated_at"]) - timedelta(seconds=1)
            since = newest.strftime("%Y-%m-%dT%H:%M:%SZ")
            self.since, self.number = (since, 1) if since > self.since else (self.since, self.number + 1)

    def update_request(self, request: Request) -> None:
        """The next page."""
        request.params |= {"updated_since": self.since, "page": self.number}


def row(ticket: dict[str, Any]) -> dict[str, Any]:
    """The columns of one ticket."""
    stats = ticket.get("stats") or {}
    return {
        "ticket_id": str(ticket["id"]),
        "created_time": ticket["created_at"],
        "last_update_time": ticket["updated_at"],
        "initial_response_time": stats.get("first_responded_at"),
        "resolved_time": stats.get("resolved_at"),
        "closed_time": stats.get("closed_at"),
        "due_by_time": ticket.get("due_by"),
        "status": str(ticket["status"]),
        "priority": str(ticket["priority"]),
        "source": str(ticket["source"]),
        "type": ticket.get("type"),
        "group": ticket.get("group_id") and str(ticket["group_id"]),
        "deleted": bool(ticket.get("deleted") or ticket.get("spam")),
    }


def endpoint(**only: str) -> dict[str, Any]:
    """The list from an hour before the last night's newest change on: a row comes twice rather than never."""
    since = {
        "type": "incremental",
        "cursor_path": "last_update_time",
        "initial_value": setting("FRESHDESK_FROM", "2015-01-01T00:00:00Z"),
        "lag": 3600,
    }
    fixed = {"include": "stats", "order_by": "updated_at", "order_type": "asc", "per_page": PAGE}
    return {"path": "tickets", "params": {**fixed, **only, "updated_since": since}, "paginator": FromNewestChange()}


def main() -> None:
    """Load what changed, what was deleted and what turned out to be spam."""
    vendor = Vendor(
        name="freshdesk",
        client={
            "base_url": setting("FRESHDESK_URL") + "/api/v2/",
            "auth": {"type": "http_basic", "username": setting("FRESHDESK_KEY"), "password": "X"},
        },
        endpoints=[endpoint(), endpoint(filter="deleted"), endpoint(filter="spam")],
        columns=COLUMNS,
        changed="last_update_time",
        row=row,
        reached=minutes_ago(1),
    )
    load(vendor)


if __name__ == "__main__":
    main()
