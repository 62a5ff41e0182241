"""Zendesk: the tickets that changed, from the incremental export by cursor.

It has every ticket, archived ones too; a deleted one comes once more with the status `deleted`. It leaves out what
changed within the last minute. Ten requests a minute are allowed: dlt waits as long as `Retry-After` says.
"""

from __future__ import annotations

from typing import Any

from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator
from nightly import Vendor, load, minutes_ago, setting
from requests import Request, Response

COLUMNS = {  # by the names that `preset: zendesk` knows
    "id": "text",
    "created_at": "timestamp",
    "updated_at": "timestamp",
    "generated_timestamp": "bigint",
    "status": "text",
    "priority": "text",
    "ticket_type": "text",
    "channel": "text",
    "group": "text",
    "solved_at": "timestamp",
    "reopens": "bigint",
    "replies": "bigint",
    "first_reply_time_in_minutes": "bigint",
    "first_reply_time_in_minutes_within_business_hours": "bigint",
    "full_resolution_time_in_minutes": "bigint",
    "closed_by_merge": "bool",
}


class UntilEndOfStream(JSONResponseCursorPaginator):
    """Pages by `after_cursor`, which the last page has too: `end_of_stream` says that it is the last."""

    def __init__(self) -> None:
        super().__init__(cursor_path="after_cursor", cursor_param="cursor")

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Stop where the stream ends."""
        super().update_state(response, data)
        self._has_next_page = not response.json()["end_of_stream"]

    def update_request(self, request: Request) -> None:
        """The cursor stands in the place of the start."""
        request.params.pop("start_time", None)
        super().update_request(request)


def row(ticket: dict[str, Any]) -> dict[str, Any]:
    """The columns of one ticket."""
    metrics = ticket.get("metric_set") or {}
    reply = metrics.get("reply_time_in_minutes") or {}
    return {
        **ticket,
        "id": str(ticket["id"]),
        "deleted": ticket["status"] == "deleted",
        "closed_by_merge": "closed_by_merge" in (ticket.get("tags") or ()),  # Zendesk's own tag
        "ticket_type": ticket.get("type"),
        "channel": (ticket.get("via") or {}).get("channel"),
        "group": ticket.get("group_id") and str(ticket["group_id"]),
        "solved_at": metrics.get("solved_at"),
        "reopens": metrics.get("reopens"),
        "replies": metrics.get("replies"),
        "first_reply_time_in_minutes": reply.get("calendar"),
        "first_reply_time_in_minutes_within_business_hours": reply.get("business"),
        "full_resolution_time_in_minutes": (metrics.get("full_resolution_time_in_minutes") or {}).get("calendar"),
    }


def main() -> None:
    """Begin an hour before the newest ticket of the last night: a row comes twice rather than never."""
    start = {"type": "incremental", "cursor_path": "generated_timestamp", "initial_value": 0, "lag": 3600}
    vendor = Vendor(
        name="zendesk",
        client={
            "base_url": setting("ZENDESK_URL") + "/api/v2/",
            "auth": {
                "type": "http_basic",
                "username": setting("ZENDESK_EMAIL") + "/token",
                "password": setting("ZENDESK_TOKEN"),
            },
        },
        endpoints=[
            {
                "path": "incremental/tickets/cursor",
                "params": {"include": "metric_sets", "start_time": start},
                "data_selector": "tickets",
                "paginator": UntilEndOfStream(),
            }
        ],
        columns=COLUMNS,
        changed="updated_at",
        row=row,
        reached=minutes_ago(1),
    )
    load(vendor)


if __name__ == "__main__":
    main()
