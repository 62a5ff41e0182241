"""ServiceNow: the incidents that changed, from the Table API; and those that were deleted, from its audit table.

Pages by offset lose a row whenever one that was already read changes its place. Here each page begins after the last
one's greatest sys_id, so that nothing can move. Times are UTC, since no display values are asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dlt.sources.helpers import requests
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from nightly import Vendor, load, minutes_ago, setting
from requests import Request, Response

PAGE = int(setting("SERVICENOW_PAGE", "1000"))  # rows of one answer
TIMES = ("opened_at", "sys_updated_on", "resolved_at", "closed_at")
COLUMNS = {  # by the names that `preset: servicenow` knows
    "sys_id": "text",
    "number": "text",
    **dict.fromkeys(TIMES, "timestamp"),
    "sys_mod_count": "bigint",
    "state": "text",
    "priority": "text",
    "category": "text",
    "contact_type": "text",
    "assignment_group": "text",
    "made_sla": "bool",
    "reopen_count": "bigint",
    "reassignment_count": "bigint",
}


class AfterGreatestId(BasePaginator):
    """Pages by key: the rows after the greatest sys_id of the page before."""

    def init_request(self, request: Request) -> None:
        """The first page has no lower end."""
        self.query, self._has_next_page = request.params["sysparm_query"], True
        self._ask(request, "")

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """A page that is not full is the last."""
        self._has_next_page = len(data or []) == PAGE
        self.last = data[-1]["sys_id"] if data else ""

    def update_request(self, request: Request) -> None:
        """The next page."""
        self._ask(request, f"^sys_id>{self.last}")

    def _ask(self, request: Request, after: str) -> None:
        request.params["sysparm_query"] = f"{self.query}{after}^ORDERBYsys_id"


def row(incident: dict[str, Any]) -> dict[str, Any]:
    """The columns of one incident; an empty text is no value."""
    values = {name: incident.get(name) or None for name in COLUMNS}
    for name in TIMES:
        values[name] = values[name] and values[name].replace(" ", "T") + "Z"
    values["made_sla"] = {"true": True, "false": False}.get(incident.get("made_sla", ""))
    return values


def deleted(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the known incidents that the audit of deletions names."""
    answer = requests.get(
        setting("SERVICENOW_URL") + "/api/now/table/sys_audit_delete",
        params={"sysparm_query": "tablename=incident", "sysparm_fields": "documentkey", "sysparm_limit": 100_000},
        auth=(setting("SERVICENOW_USER"), setting("SERVICENOW_PASSWORD")),
    )
    keys = {audit["documentkey"] for audit in answer.json()["result"]}
    return [incident for incident in known if incident["sys_id"] in keys]


def main() -> None:
    """Begin an hour before the newest change of the last night: a row comes twice rather than never."""
    changed = {
        "cursor_path": "sys_updated_on",
        "initial_value": setting("SERVICENOW_FROM", "2015-01-01T00:00:00Z"),
        "lag": 3600,
        "convert": lambda moment: datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M:%S"),
    }
    vendor = Vendor(
        name="servicenow",
        client={
            "base_url": setting("SERVICENOW_URL") + "/api/now/",
            "auth": {
                "type": "http_basic",
                "username": setting("SERVICENOW_USER"),
                "password": setting("SERVICENOW_PASSWORD"),
            },
        },
        endpoints=[
            {
                "path": "table/incident",
                "incremental": changed,
                "params": {
                    "sysparm_query": "sys_updated_on>={incremental.start_value}",
                    "sysparm_fields": ",".join(COLUMNS),
                    "sysparm_limit": PAGE,
                    "sysparm_exclude_reference_link": "true",
                },
                "data_selector": "result",
                "paginator": AfterGreatestId(),
            }
        ],
        columns=COLUMNS,
        changed="sys_updated_on",
        row=row,
        reached=minutes_ago(1),
        gone=deleted,
    )
    load(vendor)


if __name__ == "__main__":
    main()
