"""What changes no meaning is silent or cosmetic, and what does is not: single edits of a desk with everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import Ended, kpi
from tests.history.clocked_desk import files
from tests.history.repository import Repository

pytestmark = pytest.mark.usefixtures("engine_inside")

C = "kpi.yaml"
REPLY, ON_TIME, ODD = "kpis/reply_time.yaml", "kpis/on_time.yaml", "kpis/odd.yaml"
PROMISED, OUTAGES = "kpis/promised.yaml", "kpis/outages.yaml"
Edit = tuple[str, str, str]
"""A file, a piece of it, and what stands there afterwards."""

HARMLESS: dict[str, tuple[Edit, ...]] = {
    "order of nulls": ((C, 'nulls: ["", "NA"]', 'nulls: ["NA", ""]'),),
    "order of a key": ((C, "key: [sensor, at]", "key: [at, sensor]"),),
    "a key as a list": ((C, "key: ticket_id\n    time: created_at\n    freshness", "key: [ticket_id]\n    time: created_at\n    freshness"),),
    "./ in a path": ((C, "{path: data/tickets.csv,", "{path: ./data/tickets.csv,"),),
    "./ in a bare path": ((C, "source: data/tickets.csv", "source: ./data/tickets.csv"),),
    "a path as a mapping": ((C, "source: data/tickets.csv", "source: {path: data/tickets.csv}"),),
    "brackets in when": ((ODD, "when: reply_time.status = 'met' and", "when: (reply_time.status = 'met') and"),),
    "order in when": ((ODD, "reply_time.status = 'met' and on_time.status = 'missed'", "on_time.status = 'missed' AND reply_time.status = 'met'"),),
    "the zone of a source": ((C, "{path: data/tickets.csv,", "{path: data/tickets.csv, timezone: Europe/London,"),),
    "the zone of a history": ((C, "source: data/ticket_events.csv", "source: {path: data/ticket_events.csv, timezone: Europe/London}"),),
    "the zone of a calendar": ((C, "business: {hours", "business: {timezone: Europe/London, hours"),),
    "the contract of its name": ((C, "  tickets:\n", "  tickets:\n    contract: tickets\n"),),
    "the usual calendar": ((REPLY, "created_at, first_response_at))", "created_at, first_response_at, 'business'))"),),
    "defaults of a KPI": ((ON_TIME, "unit: percent", "unit: percent\nkind: kpi\nperiod: month\nstatus: active\nexact: true\nmin_sample: 1\nsettle: 0 days"),),
    "defaults of a dataset": ((C, "    freshness: 2 days", "    complete_through: newest_row\n    complete_from: oldest_row\n    max_bad_rows: 0"),),
    "the dataset's time": ((REPLY, "dataset: tickets", "dataset: tickets\ntime: created_at"),),
    "the engine": ((C, "as_of:", "engine: duckdb\nas_of:"),),
    "defaults of the gate": ((C, "{targets: error, unknown: error, data: error, governance: error, signals: warning}", "{governance: error}"),),
    "a rule as it is": ((C, "rules: {missed", "rules: {unguarded: note, missed"),),
    "a share as a fraction": ((ON_TIME, "min_measured: 50%", "min_measured: 0.5"),),
    "days as hours": ((REPLY, "settle: 1 day", "settle: 24 h"),),
    "freshness in hours": ((C, "freshness: 2 days", "freshness: 48 hours"),),
    "an hour for 60 minutes": ((REPLY, "at_most: 60 min", "at_most: 1 h"),),
    "a limit without its unit": ((REPLY, "at_most: 60 min", "at_most: 60"),),
    "a target as a list": ((ON_TIME, "target: {at_least: 70%, near: 65%}", "target: [{at_least: 70%, near: 65%}]"),),
    "a policy in other units": ((C, "{high: 120 min, other: 6 h}", "{other: 360 min, high: 2 h}"),),
    "order of a policy's words": ((C, "until: [reply, resolved]", "until: [resolved, reply]"),),
    "a word that no row has": ((C, "2 - Low: low}}\n      requester", "2 - Low: low, 3 - None: none}}\n      requester"),),
    "a word that means itself": ((C, "2 - Low: low}}\n      requester", "2 - Low: low, low: low}}\n      requester"),),
    "a target from before all data": ((ON_TIME, "{at_least: 70%", "{from: 2020-01-01, at_least: 70%"),),
    "an earlier first day": ((REPLY, "{from: 2026-01-01, at_most", "{from: 2020-01-01, at_most"),),
    "no first day": ((REPLY, "{from: 2026-01-01, at_most", "{at_most"),),
    "hours as a list of one": ((C, '{mon-fri: ["08:00-18:00"]}', '[{mon-fri: ["08:00-18:00"]}]'),),
    "a later entry of the same hours": ((C, '{mon-fri: ["08:00-18:00"]}', '[{mon-fri: ["08:00-18:00"]}, {from: 2026-03-01, mon-fri: ["08:00-18:00"]}]'),),
    "days one by one": ((C, '{mon-fri: ["08:00-18:00"]}', '{mon-thu: ["08:00-18:00"], fri: ["08:00-18:00"]}'),),
    "hours in two parts": ((C, '["08:00-18:00"]', '["08:00-12:00", "12:00-18:00"]'),),
    "a calendar that nothing uses": ((C, "calendars:", 'calendars:\n  nights: {hours: {mon-sun: ["22:00-06:00"]}}'),),
    "a holiday twice": ((C, "holidays: [GB-ENG]", "holidays: [GB-ENG, 2026-12-25]"),),
    "a dataset renamed": ((C, "  promises:", "  commitments:"), (PROMISED, "dataset: promises", "dataset: commitments")),
    "evidence renamed": ((C, "  sensors: {", "  probes: {"), (OUTAGES, "evidence: sensors", "evidence: probes")),
    "a history renamed": ((C, "  ticket_events: {", "  log: {contract: ticket_events, "), (C, "{history: ticket_events, running", "{history: log, running"), (C, "{history: ticket_events, from", "{history: log, from")),
    "a dataset that nothing reads": ((C, "datasets:", "datasets:\n  winter: {source: data/sensors.csv}"),),
    "comments": ((ON_TIME, "unit: percent", "# why\nunit: percent   # a fraction"),),
    "quotes": ((ON_TIME, "unit: percent", 'unit: "percent"'), (ON_TIME, "name: On time", "name: 'On time'")),
    "order of keys": ((ON_TIME, "name: On time\nowner: desk@example.com", "owner: desk@example.com\nname: On time"),),
    "block style": ((ON_TIME, "target: {at_least: 70%, near: 65%}", "target:\n  near: 65%\n  at_least: 70%"),),
    "SQL, spelled otherwise": ((ON_TIME, "share(coalesce(hours_between(created_at, resolved_at) <= 8, false))", "share( coalesce( (8 >= HOURS_BETWEEN(created_at, resolved_at)), FALSE ) )"),),
    "a derived column, spelled otherwise": ((C, "hours_between(created_at, resolved_at) > 48", "(48 < hours_between(created_at, resolved_at))"),),
    "a data rule, spelled otherwise": ((C, "holds: first_response_at >= created_at, at_least: 99%", "holds: (created_at <= first_response_at), at_least: 0.99"),),
    "the case of a header": ((C, "created_at: opened\n", "created_at: Opened\n"),),
    "one more segment": ((ON_TIME, "unit: percent", "unit: percent\nsegments: [priority]"),),
    "order of required": ((C, "required: [reply_time, on_time]", "required: [on_time, reply_time]"),),
    "one more view": ((C, "views: {", "views: {all: {kpis: all}, "),),
    "an example in other units": ((REPLY, "expect: 60 min", "expect: 60"),),
    "an example's name": ((REPLY, "name: an hour", "name: sixty minutes"),),
    "a column that nothing reads": ((C, "      ticket_id: number\n", "      ticket_id: number\n      person: caller\n"),),
    "a clock that nothing reads": ((C, "clocks: {", "clocks: {held: {history: ticket_events, running: [pending]}, "),),
    "a column's own type": ((C, "created_at: opened\n", "created_at: {from: opened, type: timestamp}\n"),),
    "one status as a word": ((C, "running: [new]", "running: new"),),
    "no waivers": ((ON_TIME, "unit: percent", "unit: percent\nwaiver: []"),),
    "an event": ((C, "objectives:", "events: [{date: 2026-02-01, what: A move}]\nobjectives:"),),
    "meta": ((ON_TIME, "unit: percent", "unit: percent\nmeta: {x: 1}"),),
}  # fmt: skip

_HISTORY = "source: data/ticket_events.csv"
WEIGHTY: dict[str, tuple[tuple[Edit, ...], str, str, list[str]]] = {
    "the zone of a history": (((C, _HISTORY, "source: {path: data/ticket_events.csv, timezone: Asia/Tokyo}"),), "restating", "datasets.ticket_events.source", ["promised", "waiting"]),
    "the map of a history": (((C, "ticket_events: {", "ticket_events: {columns: {value: {from: value, values: {new: pending}}}, "),), "restating", "datasets.ticket_events.columns", ["promised", "waiting"]),
    "the file of a history": (((C, _HISTORY, "source: data/sensors.csv"),), "restating", "datasets.ticket_events.source.path", ["promised", "waiting"]),
    "the zone of evidence": (((C, "source: data/sensors.csv", "source: {path: data/sensors.csv, timezone: Asia/Tokyo}"),), "restating", "datasets.sensors.source", ["outages"]),
    "the time of evidence": (((C, "at: {from: at, type: timestamp}}", "at: {from: at, type: timestamp, timestamps: '%Y-%d-%m %H:%M:%S'}}"),), "restating", "datasets.sensors.columns", ["outages"]),
    "a word that a row has": (((C, "2 - Low: low}}\n      requester", "2 - Low: high}}\n      requester"),), "restating", "datasets.tickets.columns", ["reply_time"]),
    "shorter hours": (((C, '"08:00-18:00"', '"10:00-12:00"'),), "restating", "calendars.business", ["reply_time", "waiting"]),
    "an easier policy": (((C, "high: 120 min", "high: 24 h"),), "restating", "datasets.promises.policies", ["promised"]),
    "a weaker data rule": (((C, "at_least: 99%", "at_least: 9%"),), "loosened", "datasets.tickets.rules.reply_after", ["handled", "on_time", "reply_time", "waiting"]),
    "a weaker gate": (((C, "governance: error", "governance: note"),), "loosened", "gate.governance", ["on_time", "outages", "promised", "reply_time", "waiting"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[Edit, ...]], Ended]:
    """What `kpi diff` tells of some edits of the desk, which are taken back afterwards."""
    repository = Repository(tmp_path_factory.mktemp("desk"))
    for path, text in files().items():
        repository.write(path, text)
    repository.git("init", "-q")
    kpi(repository.root, "baseline", "freeze")
    repository.commit("The desk")

    def tell(edits: tuple[Edit, ...]) -> Ended:
        for path, old, new in edits:
            repository.edit(path, (old, new))
        ended = kpi(repository.root, "diff", "--format", "json")
        repository.git("checkout", "-q", ".")
        return ended

    return tell


def _changes(ended: Ended) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = ended.json["changes"]
    return changes


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_edit_is_silent_or_cosmetic(name: str, told: Callable[[tuple[Edit, ...]], Ended]) -> None:
    """No reason is asked for, nothing fails, no value moves."""
    ended = told(HARMLESS[name])
    assert {c["class"] for c in _changes(ended)} <= {"cosmetic", "added"}
    assert (ended.code, ended.json["diagnostics"], ended.json["impact"]) == (0, [], [])


@pytest.mark.parametrize("name", WEIGHTY)
def test_an_edit_of_meaning_is_told_with_all_that_it_touches(
    name: str, told: Callable[[tuple[Edit, ...]], Ended]
) -> None:
    """Readers include clocks, policies and evidence; the change of kpi.yaml has no KPI and lists them."""
    edits, cls, field, touches = WEIGHTY[name]
    ended = told(edits)
    changes = [(c["kpi"], c["class"], c["field"], c["touches"]) for c in _changes(ended)]
    assert (None, cls, field, touches) in changes
    assert ended.code == 1


def test_a_restated_kpi_restates_no_other_edit(told: Callable[[tuple[Edit, ...]], Ended]) -> None:
    """A policy that is easier makes the order of nulls, in a dataset beside it, no less cosmetic."""
    changes = _changes(told((*HARMLESS["order of nulls"], *WEIGHTY["an easier policy"][0])))
    assert {(c["class"], c["field"]) for c in changes} == {
        ("restating", "datasets.promises.policies"), ("cosmetic", "datasets.tickets.source"),
    }  # fmt: skip


def test_the_first_commit_is_named(tmp_path: Path) -> None:
    """A base that has no project yet: everything is added, and nothing needs a reason."""
    repository = Repository(tmp_path)
    repository.write("README.md", "Soon.\n")
    repository.git("init", "-q")
    repository.commit("A start")
    for path, text in files().items():
        repository.write(path, text)
    repository.commit("The desk")
    ended = kpi(tmp_path, "diff", "HEAD~1", "HEAD", "--format", "json")
    assert {c["class"] for c in _changes(ended)} == {"added"}
    assert {c["kpi"] for c in _changes(ended)} >= {"reply_time", "on_time", "odd"}
    assert ended.code == 0
