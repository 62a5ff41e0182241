"""Jira Service Management (Cloud): the requests that changed, from the issue search; and those that were deleted.

The search names no deleted issue. So every night the keys of all issues are asked for, a few requests; a key that we
had and that is not among them is looked up: `404` is deleted, anything else archived, and that one goes on counting.
JQL compares in minutes and in the zone of the user whose token it is: we begin a day before the newest change.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dlt.sources.helpers import requests
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import HttpBasicAuth
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator
from nightly import Vendor, load, minutes_ago, setting

COLUMNS = {  # by the names that `preset: jira_service_management` knows
    "issue_key": "text",
    "created": "timestamp",
    "updated": "timestamp",
    "resolved": "timestamp",
    "status": "text",
    "status_category": "text",
    "status_category_changed": "timestamp",
    "priority": "text",
    "issue_type": "text",
    "first_response_at": "timestamp",
    "sla_met": "bool",
}


def sla_fields() -> dict[str, str]:
    """The site's own numbers of the two service levels, such as customfield_10031."""
    return {name: setting(f"JIRA_{name}_FIELD") for name in ("FIRST_RESPONSE", "RESOLUTION")}


def instant(text: str | None) -> str | None:
    """Jira's `2026-01-05T10:00:00.000+0100` in UTC."""
    if text is None:
        return None
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")


def last_cycle(service_level: dict[str, Any] | None, place: int) -> dict[str, Any]:
    """A completed cycle of a service level: the first has place 0, the last -1; {} while there is none."""
    cycles = (service_level or {}).get("completedCycles") or [{}]
    return dict(cycles[place])


def row(issue: dict[str, Any]) -> dict[str, Any]:
    """The columns of one issue."""
    fields, slas = issue["fields"], sla_fields()
    replied = last_cycle(fields.get(slas["FIRST_RESPONSE"]), 0).get("stopTime")
    breached = last_cycle(fields.get(slas["RESOLUTION"]), -1).get("breached")
    return {
        "issue_key": issue["key"],
        "created": instant(fields["created"]),
        "updated": instant(fields["updated"]),
        "resolved": instant(fields.get("resolutiondate")),
        "status": fields["status"]["name"],
        "status_category": fields["status"]["statusCategory"]["name"],
        "status_category_changed": instant(fields.get("statuscategorychangedate")),
        "priority": (fields.get("priority") or {}).get("name"),
        "issue_type": fields["issuetype"]["name"],
        "first_response_at": replied and moment_of(replied["epochMillis"]),
        "sla_met": None if breached is None else not breached,
    }


def moment_of(milliseconds: int) -> str:
    """Milliseconds since 1970 as a time."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


def pages() -> JSONResponseCursorPaginator:
    """Pages by the server's own token: nothing moves while they are read."""
    return JSONResponseCursorPaginator(cursor_path="nextPageToken", cursor_param="nextPageToken")


def client() -> dict[str, Any]:
    """The site, and who asks it."""
    login = {"type": "http_basic", "username": setting("JIRA_EMAIL"), "password": setting("JIRA_TOKEN")}
    return {"base_url": setting("JIRA_URL") + "/rest/api/3/", "auth": login}


def deleted(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the known issues that are there no more."""
    login = HttpBasicAuth(setting("JIRA_EMAIL"), setting("JIRA_TOKEN"))
    site = RESTClient(client()["base_url"], auth=login, data_selector="issues")
    query = {"jql": f'project = "{setting("JIRA_PROJECT")}" ORDER BY key', "fields": "key", "maxResults": "5000"}
    present = {issue["key"] for page in site.paginate("search/jql", params=query, paginator=pages()) for issue in page}
    absent = [issue for issue in known if issue["issue_key"] not in present]
    asks = requests.Client(raise_for_status=False).session
    place = client()["base_url"] + "issue/"
    return [issue for issue in absent if asks.get(place + issue["issue_key"], auth=login).status_code == 404]


def main() -> None:
    """Load what changed since a day before the newest change of the last night."""
    changed = {
        "cursor_path": "updated",
        "initial_value": setting("JIRA_FROM", "2015-01-01T00:00:00.000+00:00"),
        "lag": 24 * 3600,
        "convert": lambda moment: datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M"),
    }
    names = ("created", "updated", "resolutiondate", "status", "statuscategorychangedate", "priority", "issuetype")
    vendor = Vendor(
        name="jira",
        client=client(),
        endpoints=[
            {
                "path": "search/jql",
                "incremental": changed,
                "params": {
                    "jql": f'project = "{setting("JIRA_PROJECT")}" '
                    'AND updated >= "{incremental.start_value}" ORDER BY updated ASC',
                    "fields": ",".join((*names, *sla_fields().values())),
                    "maxResults": "100",
                },
                "data_selector": "issues",
                "paginator": pages(),
            }
        ],
        columns=COLUMNS,
        changed="updated",
        row=row,
        reached=minutes_ago(1),
        gone=deleted,
    )
    load(vendor)


if __name__ == "__main__":
    main()
