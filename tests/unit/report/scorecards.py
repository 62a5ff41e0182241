"""Scorecards built by hand, for the tests of the reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from kpi_framework.model.diagnostic import Diagnostic, Span
from kpi_framework.model.kpi import Kpi, Metric
from kpi_framework.model.measurement import (
    ExampleResult,
    Goal,
    Measurement,
    Reason,
    Scorecard,
    Segment,
    Status,
    Verdict,
)
from kpi_framework.model.period import Almanac, Grain
from kpi_framework.model.project import ProjectEvent
from kpi_framework.model.record import replace
from kpi_framework.model.rule import RULES
from kpi_framework.model.waiver import Waiver

ALMANAC = Almanac(ZoneInfo("Europe/London"))
OCTOBER = ALMANAC.period_of(dt.date(2026, 10, 1), Grain.MONTH)
TODAY = dt.date(2026, 11, 5)
HASH = "sha256:1:" + "0123456789abcdef" * 4


WAIVER = Waiver.model_validate({
    "from": "2026-10-15", "until": "2026-12-31", "limit": "90%", "reason": "two vacancies",
    "approved_by": "cio@example.com",
})  # fmt: skip


def kpi(one: str = "first_response_time", **fields: Any) -> Kpi:
    """An active KPI; fields as in its YAML."""
    given = {
        "version": 1, "id": one, "name": one.replace("_", " ").capitalize(), "unit": "minutes",
        "owner": "service-desk@example.com", "dataset": "tickets",
        "formula": "median(minutes_between(created_at, first_response_at))",
        "asks": "Is there cover when users write?",
        "action": {
            "do": "Move shift cover to the peak hours.", "owner": "desk-lead@example.com",
            "link": "https://tracker.example.com/T-12", "due": "2026-12-15",
        },
    }  # fmt: skip
    return Kpi.model_validate(given | fields)


def metric(one: str = "ticket_volume", **fields: Any) -> Metric:
    """A metric that counts."""
    given = {"version": 1, "kind": "metric", "id": one, "name": one.replace("_", " ").capitalize()}
    return Metric.model_validate(given | {"unit": "count", "dataset": "tickets", "formula": "count(*)"} | fields)


def measure(one: str = "first_response_time", value: float | None = 72.5, **fields: Any) -> Measurement:
    """A judged measurement of October; 72.5 minutes, at risk, unless told otherwise."""
    given: dict[str, Any] = {
        "kpi": one, "kind": "kpi", "judged": True, "period": OCTOBER, "segment": (), "value": value,
        "unit": "minutes", "population": 412, "measured": 409, "excluded": 9, "missing": 3,
        "interval": (66.0, 80.0), "status": Status.NEAR, "reason": None,
        "target": Goal(at_most=60.0, near=75.0), "baseline": 81.0, "frozen": True, "previous": 70.0,
        "definition": HASH,
    }  # fmt: skip
    return Measurement(**(given | fields))


def unknown(one: str, reason: Reason, **fields: Any) -> Measurement:
    """A judged measurement without a status."""
    return measure(one, fields.pop("value", None), status=Status.UNKNOWN, reason=reason, interval=None, **fields)


def judgement(value: float, goal: Goal | None) -> Status:
    """The status of a value, written down once more as docs/numbers.md says it."""
    if goal is None:
        return Status.INFORMATIVE
    low, high = goal.between or (goal.at_least, goal.at_most)
    near_low, near_high = goal.near if isinstance(goal.near, tuple) else (goal.near, goal.near)
    if (low is None or value >= low) and (high is None or value <= high):
        return Status.MET
    if low is not None and value < low:
        return Status.NEAR if near_low is not None and value >= near_low else Status.MISSED
    return Status.NEAR if near_high is not None and high is not None and value <= near_high else Status.MISSED


def series(judged: Measurement, values: Sequence[float | None]) -> tuple[Measurement, ...]:
    """The measurements before the judged one, oldest first, then it."""
    before = []
    for back, value in zip(range(len(values), 0, -1), values, strict=True):
        status = Status.UNKNOWN if value is None else judgement(value, judged.target)
        before.append(
            replace(
                judged,
                judged=False,
                period=ALMANAC.shift(judged.period, -back),
                value=value,
                status=status,
                reason=Reason.NO_DATA if value is None else None,
            )
        )
    return (*before, judged)


def segment(**columns: str | None) -> Segment:
    """A segment by its columns."""
    return tuple(columns.items())


def finding(rule: str = "missing-owner", path: str = "kpis/csat.yaml", line: int = 3, **fields: Any) -> Diagnostic:
    """A finding of a rule."""
    message = fields.pop("message", RULES[rule].why)
    found = RULES[rule].finding(Span(path, line, 1), message, fields.pop("hint", ""), fields.pop("kpi", None))
    return replace(found, **fields)


def scorecard(
    measurements: Iterable[Measurement] = (),
    definitions: Iterable[Metric] = (),
    diagnostics: Iterable[Diagnostic] = (),
    **fields: Any,
) -> Scorecard:
    """A scorecard of these, with the verdict that follows from the wholes."""
    measured = tuple(measurements)
    wholes = [m for m in measured if m.judged and m.is_whole]
    counts = {s.value: sum(m.status is s and not m.waived for m in wholes) for s in Status}
    counts["waived"] = sum(m.waived for m in wholes)
    reasons = tuple(f"{m.kpi} is missed" for m in wholes if m.status is Status.MISSED and not m.waived)
    given: dict[str, Any] = {
        "project": "Example service desk", "as_of": dt.datetime(2026, 11, 6, tzinfo=dt.UTC),
        "engine": "duckdb 2.0.0", "isolation": "process",
        "verdict": Verdict(not reasons, int(bool(reasons)), "all", counts, reasons),
        "measurements": measured, "diagnostics": tuple(diagnostics),
        "definitions": {d.id: d for d in definitions}, "today": TODAY,
    }  # fmt: skip
    return Scorecard(**(given | fields))


def example(*, passed: bool = True, **fields: Any) -> ExampleResult:
    """How an example came out."""
    given: dict[str, Any] = {
        "kpi": "csat", "example": "four fifths", "passed": passed, "expected": "80 %",
        "got": "80 %" if passed else "79.9 %", "path": "kpis/csat.yaml", "line": 30,
    }  # fmt: skip
    return ExampleResult(**(given | fields))


def _seven() -> Iterable[Measurement]:
    """Seven KPIs of a service desk: four met, one at risk, one missed and waived, one missed, one unknown."""
    yield from series(measure(), [91, 88, 85, 84, 80, 83, 79, 75, 71, None, 70])
    hours = {"unit": "hours", "interval": (4.9, 5.5), "baseline": 4.75, "previous": 4.2}
    resolution = measure(
        "time_to_resolution", 5.166666667, status=Status.MISSED, target=Goal(at_most=4.0, near=5.0), **hours
    )
    yield from series(resolution, [4.1, 4.0, 3.9, 4.4, 4.6, 4.2, 4.1, 3.8, 3.9, 4.0, 4.2])
    for name, value, rows in (("low", 9.0, 140), ("high", 3.5, 60), ("critical", 1.75, 12)):
        yield replace(
            resolution, segment=segment(priority=name), value=value, target=None,
            status=Status.INFORMATIVE, population=rows, measured=rows,
        )  # fmt: skip
    yield replace(
        resolution, segment=segment(priority="urgent"), value=2.6, target=Goal(at_most=2.0),
        status=Status.MISSED, population=31, measured=31,
    )  # fmt: skip
    shares = {"unit": "percent", "interval": (0.80, 0.87), "baseline": 0.70, "previous": 0.735}
    at_least = Goal(at_least=0.7, near=0.65)
    fcr = measure("first_contact_resolution", 0.741, status=Status.MET, target=at_least, **shares)
    yield from series(fcr, [0.70, 0.71, 0.70, 0.72, 0.71, 0.73, 0.72, 0.74, 0.73, 0.74, 0.735])
    sla = measure("sla_compliance", 0.9496, status=Status.MISSED, target=Goal(at_least=0.95), **shares)
    yield from series(replace(sla, waiver=WAIVER, because=WAIVER.reason), [0.96] * 11)
    band = Goal(between=(0.2, 0.3))
    yield from series(measure("ticket_deflection_rate", 0.24, status=Status.MET, target=band, **shares), [0.2] * 11)
    money = {"unit": "GBP", "interval": None, "population": None, "measured": None, "excluded": None}
    yield measure(
        "cost_per_ticket", 7.9, status=Status.MET, target=Goal(at_most=8.1, of="90% of baseline"),
        baseline=9.0, previous=8.05, missing=None, frozen=False,
        inputs={"support_cost": 40000, "tickets_handled": 5063}, **money,
    )  # fmt: skip
    yield unknown(
        "csat", Reason.TOO_FEW, value=0.81, unit="percent", measured=4, population=5, target=at_least,
        baseline=0.78, previous=0.8,
    )  # fmt: skip
    volume = measure("ticket_volume", 1412, kind="metric", unit="count", status=Status.INFORMATIVE, target=None)
    yield from series(replace(volume, baseline=None, previous=1380), list(range(1200, 1420, 20)))


def service_desk() -> Scorecard:
    """A scorecard with one of everything."""
    definitions = (
        kpi(),
        kpi("time_to_resolution", unit="hours", asks="Where do tickets wait?",
            read_with=["first_contact_resolution"],
            action={"do": "Review the queue between first reply and assignment.", "due": "2026-11-01"}),
        kpi("first_contact_resolution", unit="percent", formula="share(contacts = 1)", where="not merged"),
        kpi("sla_compliance", unit="percent", formula="share(sla_met)", waiver=[WAIVER]),
        kpi("ticket_deflection_rate", unit="percent", dataset=None, formula="solved / raised"),
        kpi("cost_per_ticket", unit="GBP", dataset=None, formula="support_cost / tickets_handled"),
        kpi("csat", unit="percent", formula="sum(score) / sum(possible)"),
        metric(),
    )  # fmt: skip
    misfits = "tickets.priority: 3 rows whose cell does not fit `priority`"
    diagnostics = (
        finding("contract-violation", "kpi.yaml", 21, message=misfits),
        finding("review-overdue", "kpis/csat.yaml", 12, message="the review was due on 1 November 2026"),
        finding("duplicate-formula", "kpis/csat.yaml", 7, message="`csat` and `csat_copy` compute the same"),
    )  # fmt: skip
    events = (
        ProjectEvent(date=dt.date(2026, 9, 12), what="VPN change"),
        ProjectEvent(date=dt.date(2020, 1, 1), what="Long ago"),
    )
    return scorecard(_seven(), definitions, diagnostics, events=events)
