"""Desks of generated tickets and their histories: bad, blank and unknown cells, and KPIs of every kind over them."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.model.measurement import Measurement, Segment
from kpi_framework.model.record import replace
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot
from tests.engines.inside import InsideEngine

NOW = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 1, 1)
TICKET = ("ticket_id", "created_at", "first_response_at", "resolved_at", "priority", "type", "channel", "effort",
          "score", "version")  # fmt: skip
EVENT = ("ticket_id", "at", "field", "value", "by", "public", "sequence")
Row = tuple[str, ...]
Results = dict[tuple[str, dt.date, Segment], tuple[object, ...]]
Finding = tuple[str | None, str, object, str]


def _at(minute: int) -> str:
    return f"{MIDNIGHT + dt.timedelta(minutes=minute):%Y-%m-%d %H:%M}"


moments = st.integers(0, 88 * 24 * 6).map(lambda n: _at(10 * n))
CELLS: dict[str, tuple[str, ...] | None] = {
    "created_at": None, "first_response_at": None, "resolved_at": None, "priority": ("high", "low", "low"),
    "type": ("incident", "request"), "channel": ("mail", "phone"), "effort": ("1", "2", "30", ""),
    "score": ("0.1", "0.2", "4.75", ""), "version": ("1", "2", "10"), "at": None,
    "field": ("status", "status", "comment", "comment", "priority"),
    "value": ("new", "open", "on_hold", "resolved", "closed", "cancelled", "high", "low"),
    "by": ("agent", "agent", "requester", "automation"), "public": ("true", "true", "false"),
    "sequence": ("1", "2", "3"),
}  # fmt: skip
"""What stands in the columns; moments where nothing is listed."""
FAULTS: dict[str, tuple[str, ...]] = {
    "ticket_id": ("1", "2", "3", ""), "created_at": ("", "soon", "1900-01-01 00:00"), "first_response_at": ("later",),
    "resolved_at": ("31/31/2026", "1970-01-01 00:00"), "priority": ("", "URGENT", "none"),
    "type": ("", "Incident ", "ticket"), "channel": ("", "Mail"), "effort": ("many", "-4"), "score": ("x", "1e400"),
    "version": ("", "v2"), "at": ("", "then"), "field": ("", "note"), "value": ("", "parked"), "by": ("", "robot"),
    "public": ("", "perhaps"), "sequence": ("", "x"),
}  # fmt: skip
"""Cells that do not fit, or are no word of the list, in the columns of a desk that has such."""


def _cell(name: str, faulty: Collection[str]) -> st.SearchStrategy[str]:
    words = CELLS[name]
    usual = moments if words is None else st.sampled_from(words)
    if name in ("first_response_at", "resolved_at"):
        usual = st.one_of(usual, usual, st.just(""))
    return st.one_of(usual, usual, usual, st.sampled_from(FAULTS[name])) if name in faulty else usual


@st.composite
def _rows(draw: st.DrawFn, header: Sequence[str], faulty: Collection[str], most: int) -> list[Row]:
    """Tickets have each its number, unless that is what is wrong; events belong to a few of them."""
    cells = st.tuples(*(_cell(name, faulty) for name in header[1:]))
    rows = draw(st.lists(cells, min_size=2, max_size=most))
    if header is EVENT or "ticket_id" in faulty:
        numbers = st.one_of(st.integers(1, 9).map(str), st.integers(1, most).map(str))
        return [(draw(numbers), *row) for row in rows]
    return [(str(number), *row) for number, row in enumerate(rows, 1)]


# A ratio, an average, quantiles, a stock, windows, clocks, policies, words, other dates, an evidence, derived ones.
TARGET = {"at_most": 3, "by": {"priority": {"high": {"at_most": 1}, "low": {"at_most": 4}}}}
DAYS = {"from": "2026-01-01", "to": "2026-02-28"}
KPIS: dict[str, dict[str, Any]] = {
    "opened": {"formula": "count(*)", "unit": "count", "target": TARGET, "segments": ["priority"], "baseline": DAYS},
    "incidents": {"formula": "count_if(type = 'incident')", "unit": "count", "target": {"at_most": 1},
                  "segments": ["type"]},
    "urgent_share": {"formula": "share(priority = 'high')", "unit": "percent", "target": {"at_most": "50%"}},
    "rate": {"formula": "sum(score) / sum(effort)", "unit": "ratio", "target": {"at_most": 1}, "baseline": DAYS},
    "mean": {"formula": "avg(score)", "unit": "score", "segments": ["channel"],
             "target": {"at_least": "90% of baseline"}, "baseline": DAYS},
    "slowest": {"formula": "quantile_cont(minutes_between(created_at, first_response_at), 0.9)", "unit": "minutes",
                "min_measured": "30%", "target": {"at_most": "120% of previous"}},
    "spread": {"formula": "stddev(score)", "unit": "score", "min_sample": 2, "target": {"at_most": 1}},
    "worked": {"formula": "median(business_hours(created_at, resolved_at))", "unit": "hours",
               "target": {"at_most": "20 h"}},
    "backlog": {"formula": "count(*)", "unit": "count", "open_between": ["created_at", "resolved_at"],
                "target": {"at_most": "baseline + 1"}, "baseline": DAYS, "segments": ["priority"]},
    "resolved": {"formula": "count(resolved_at)", "unit": "count", "time": "resolved_at", "target": {"at_least": 2}},
    "trailing": {"formula": "sum(effort)", "unit": "count", "window": "60 days", "target": {"at_most": 40}},
    "lasting": {"formula": "sum(overlap_hours())", "unit": "hours", "spans": ["created_at", "resolved_at"],
                "target": {"at_most": "90 h"}},
    "waiting": {"formula": "avg(wait)", "unit": "minutes", "target": {"at_most": "60 h"}, "segments": ["channel"]},
    "replies_each": {"formula": "sum(replies) / count(replies)", "unit": "ratio", "target": {"at_most": 2}},
    "reply_time": {"formula": "median(minutes_between(created_at, replied_at))", "unit": "minutes",
                   "target": {"at_most": "60 min"}},
    "held": {"formula": "share(reply_sla)", "unit": "percent", "target": {"at_least": "50%"}, "segments": ["priority"]},
    "proven": {"formula": "count_if(effort > 5)", "unit": "count", "evidence": "events", "target": {"at_most": 0}},
}  # fmt: skip
DERIVED = {
    "each": {"formula": "rate / opened", "unit": "ratio", "target": {"at_most": 1}},
    "growth": {"formula": "opened / previous(opened) - 1", "unit": "percent", "target": {"at_most": "10%"}},
    "gain": {"formula": "mean - baseline(mean)", "unit": "score", "target": {"at_least": 0}},
}
SIGNAL = {"version": 1, "kind": "signal", "id": "slow", "name": "slow", "asks": "Why?", "do": "Look.",
          "when": "slowest.status = 'missed' and backlog.worst_segment.value > 0"}  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """The rows of a desk, and what its kpi.yaml says of them."""

    tickets: Sequence[Row]
    events: Sequence[Row]
    allowed: int = 0
    latest_by: bool = True
    begins: str | None = None
    through: str = "2026-03-31"
    freshness: str = "0 days"


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """A desk in at most three of whose columns something is wrong."""
    faulty = draw(st.one_of(st.just(set()), st.sets(st.sampled_from(sorted(FAULTS)), max_size=3)))
    return Desk(
        draw(_rows(TICKET, faulty, 20)), draw(_rows(EVENT, faulty, 24)),
        draw(st.sampled_from([0, 1, 3])), draw(st.booleans()),
        draw(st.sampled_from([None, None, "2025-10-01", "2026-01-20"])),
        draw(st.sampled_from(["2026-03-31", "newest_row"])), draw(st.sampled_from(["0 days", "20 days"])),
    )  # fmt: skip


def write(root: Path, desk: Desk, ids: Collection[str] = ()) -> Path:
    """The project of a desk, without its data; the named KPIs alone, or all."""
    definitions = {**{i: {"dataset": "tickets", **f} for i, f in KPIS.items()}, **DERIVED}
    folder = root / "kpis"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for kpi_id, fields in definitions.items():
        if not ids or kpi_id in ids:
            head = {"version": 1, "id": kpi_id, "name": kpi_id, "owner": "a@example.com"}
            (folder / f"{kpi_id}.yaml").write_text(json.dumps({**head, **fields}))
    if not ids:
        (folder / "slow.yaml").write_text(json.dumps(SIGNAL))
    (root / "kpi.yaml").write_text(json.dumps(_project(desk)))
    return root


def _project(desk: Desk) -> dict[str, Any]:
    begins = {"complete_from": desk.begins} if desk.begins else {}
    numbers = {"effort": "integer", "score": "double", "version": "integer"}
    tickets = {
        "source": "data/tickets/*.csv", "key": "ticket_id", "complete_through": desk.through, **begins,
        "freshness": desk.freshness, "max_bad_rows": desk.allowed,
        "columns": {
            **{name: {"from": name, "type": kind} for name, kind in numbers.items()},
            "priority": {"from": "priority", "values": {"URGENT": "high"}},
        },
        "clocks": {
            "wait": {"history": "events", "running": ["new", "open"], "calendar": "business"},
            "replies": {"history": "events", "count": "reply"}, "replied_at": {"history": "events", "first": "reply"},
        },
        "policies": {"reply_sla": {
            "history": "events", "from": "created_at", "until": ["reply", "resolved"],
            "targets": {"high": "4 h", "other": "30 h"},
        }},
        "rules": {"reply_after_creation": {"holds": "first_response_at >= created_at", "at_least": "90%"}},
    }  # fmt: skip
    if desk.latest_by:
        tickets["latest_by"] = ["version"]
    history = {"source": "data/events/*.csv", "contract": "ticket_events", "max_bad_rows": desk.allowed,
               "complete_through": "2026-03-31", **begins}  # fmt: skip
    return {
        "version": 1, "name": "x", "timezone": "Europe/London", "as_of": "2026-04-01",
        "calendars": {"business": {"hours": {"mon-fri": ["09:00-17:00"]}}},
        "datasets": {"tickets": tickets, "events": history},
    }  # fmt: skip


def lay(root: Path, desk: Desk, files: int = 1, chance: random.Random | None = None) -> None:
    """Its rows as files: in any order, each with its own order and case of headers, where `chance` says so."""
    for name, header, rows in (("tickets", TICKET, desk.tickets), ("events", EVENT, desk.events)):
        folder = root / "data" / name
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        shuffled = chance.sample(rows, len(rows)) if chance else rows
        for number in range(files):
            order = chance.sample(range(len(header)), len(header)) if chance else range(len(header))
            names = [header[n].upper() if number % 2 else header[n] for n in order]
            lines = [names, *([row[n] for n in order] for row in shuffled[number::files])]
            (folder / f"{number}.csv").write_text("".join(",".join(line) + "\n" for line in lines))


def measured(root: Path, threads: int = 2, **asked: Any) -> tuple[Results, set[Finding]]:
    """What is published of each period and segment, and the findings that are no judgement of the definitions."""
    options = Options(ProjectRoot(root), NOW, open_engine=lambda: InsideEngine(WorkerLimits(threads=threads)))
    outcome = check(replace(options, **asked))
    assert outcome.scorecard is not None
    results = {(m.kpi, m.period.start, m.segment): published(m) for m in outcome.scorecard.measurements}
    # One that is about no single KPI may name those that were asked for.
    findings = (d for d in outcome.diagnostics if d.code.startswith(("KPI3", "KPI6")))
    return results, {(d.kpi, d.rule, d.span, d.message if d.kpi else "") for d in findings}


def published(measurement: Measurement) -> tuple[object, ...]:
    """All that a scorecard says of a value; where inputs are given by id, without their order."""
    m = measurement
    inputs = m.inputs if m.inputs is None else tuple(sorted(m.inputs.items()))
    return (
        m.value, m.status, m.reason, m.judged, m.population, m.measured, m.excluded, m.missing, m.interval, m.target,
        m.baseline, m.previous, m.definition, inputs, m.because,
    )  # fmt: skip


def of_kpi(results: Mapping[tuple[str, dt.date, Segment], tuple[object, ...]], kpi_id: str) -> Results:
    """What is published of one KPI."""
    return {key: value for key, value in results.items() if key[0] == kpi_id}
