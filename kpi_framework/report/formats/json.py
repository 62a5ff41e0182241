"""JSON: the scorecard as its schema lays it down, or the findings alone."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from ...model.behaviour import Behaviour
from ...model.diagnostic import Diagnostic
from ...model.measurement import ExampleResult, Goal, Measurement, Reconciliation, Scorecard, SignalResult, Verdict
from ...model.pace import Budget
from ...model.period import Period
from ...model.project import View
from ..view.result import Report
from ..words.workflow_commands import inert_json

Number = float | int | None
_BEYOND_ASCII = re.compile(r"[^ -~\n]")


def render_json(report: Report) -> str:
    """The scorecard if there is one, else the findings (and the examples that ran)."""
    if report.scorecard is not None:
        return scorecard_json(report.scorecard)
    body: dict[str, Any] = {
        "schema_version": 1,
        "verdict": {"passed": report.passed, "exit_code": report.exit_code},
        "diagnostics": [finding_object(finding) for finding in report.findings],
    }
    if report.examples is not None:
        body["examples"] = [_example(example) for example in report.examples]
    return as_text(body)


def scorecard_json(scorecard: Scorecard) -> str:
    """scorecard.json."""
    return as_text(
        {
            "schema_version": 1,
            "project": scorecard.project,
            "as_of": scorecard.as_of.isoformat(),
            **({"revision": scorecard.revision} if scorecard.revision else {}),
            "engine": scorecard.engine,
            "isolation": scorecard.isolation,
            "verdict": _verdict(scorecard.verdict),
            "measurements": [measurement_object(measurement) for measurement in scorecard.measurements],
            "views": {name: _view(view) for name, view in scorecard.views.items()},
            "signals": [_signal(signal) for signal in scorecard.signals],
            **({"reported": [reported_object(r) for r in scorecard.reported]} if scorecard.reported else {}),
            "diagnostics": [finding_object(f) for f in sorted(scorecard.diagnostics, key=lambda f: f.sort_key)],
        }
    )


def as_text(value: object) -> str:
    """Two spaces, readable letters, invisible characters and commands as escapes, a newline at the end."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return inert_json(_BEYOND_ASCII.sub(lambda match: _visible(match[0]), text)) + "\n"


def _visible(character: str) -> str:
    """The character, or its escape if nobody could see it or no encoding could write it."""
    is_hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return json.dumps(character)[1:-1] if is_hidden else character


def measurement_object(measurement: Measurement) -> dict[str, Any]:
    """One measurement; `inputs`, `because`, `would_be` and what informs only where there are any."""
    interval, target = measurement.interval, goal_object(measurement.target)
    fields = {
        "kpi": measurement.kpi, "kind": measurement.kind, "judged": measurement.judged,
        "period": period_object(measurement.period), "segment": dict(measurement.segment),
        "value": number(measurement.value), "unit": measurement.unit, "population": measurement.population,
        "measured": measurement.measured, "excluded": measurement.excluded, "missing": measurement.missing,
        "interval": None if interval is None else _numbers(interval), "status": measurement.status.value,
        "reason": measurement.reason.value if measurement.reason else None, "waived": measurement.waived,
        "target": target, "baseline": number(measurement.baseline), "frozen": measurement.frozen,
        "previous": number(measurement.previous), "definition": measurement.definition,
    }  # fmt: skip
    if measurement.inputs is not None:
        fields["inputs"] = {name: number(value) for name, value in measurement.inputs.items()}
    if measurement.because is not None:
        fields["because"] = measurement.because
    if measurement.would_be is not None:
        fields["would_be"] = measurement.would_be.value
    return fields | _informing(measurement)


def _informing(measurement: Measurement) -> dict[str, Any]:
    """What informs beside a value and judges nothing: its behaviour, its budget and its pace."""
    fields: dict[str, Any] = {}
    if measurement.behaviour is not None:
        fields["behaviour"] = _behaviour(measurement.behaviour)
    if measurement.budget is not None:
        fields["budget"] = _budget(measurement.budget)
    if measurement.pace is not None:
        fields["pace"] = measurement.pace.value
    return fields


def _behaviour(behaviour: Behaviour) -> dict[str, Any]:
    return {
        "variation": behaviour.variation.value if behaviour.variation else None,
        "assurance": behaviour.assurance.value if behaviour.assurance else None,
        "mean": number(behaviour.mean),
        "limits": _numbers(behaviour.limits) if behaviour.limits else None,
        "points": [start.isoformat() for start in behaviour.points],
        "special_causes": [
            {"start": c.start.isoformat(), "pattern": c.pattern.value, "side": "high" if c.is_high else "low",
             "length": c.length}
            for c in behaviour.special_causes
        ],
    }  # fmt: skip


def _budget(budget: Budget) -> dict[str, Any]:
    expected = budget.expected
    whole = {"rows": expected.rows, "allowed": expected.allowed} if expected else None
    return {"allowed": budget.allowed, "used": budget.used, "left": budget.left, "expected": whole}


def reported_object(reconciliation: Reconciliation) -> dict[str, Any]:
    """What somebody else reported, our value, and what was tried where they differ."""
    r = reconciliation
    return {
        "kpi": r.kpi, "period": period_object(r.period), "source": r.figure.source, "written": str(r.figure.value),
        "reported": number(r.reported), "value": number(r.value), "unit": r.unit,
        "difference": number(r.difference), "agrees": r.agrees,
        "reason": r.reason.value if r.reason else None, "explained_by": [a.variant for a in r.explanations],
        "tried": [
            {"variant": a.variant, "words": a.words, "value": number(a.value), "explains": a.explains}
            for a in r.attempts
        ],
    }  # fmt: skip


def period_object(period: Period) -> dict[str, str | None]:
    """The grain, the first day and the day after the last."""
    grain = period.grain.value if period.grain else None
    return {"grain": grain, "start": period.start.isoformat(), "end": period.end.isoformat()}


def goal_object(goal: Goal | None) -> dict[str, Any] | None:
    """The target, resolved; `of` only where it was relative."""
    if goal is None:
        return None
    limits = {"at_most": number(goal.at_most), "at_least": number(goal.at_least)}
    fields: dict[str, Any] = {name: limit for name, limit in limits.items() if limit is not None}
    if goal.between is not None:
        fields["between"] = _numbers(goal.between)
    fields["near"] = _numbers(goal.near) if isinstance(goal.near, tuple) else number(goal.near)
    fields["from"] = goal.from_.isoformat() if goal.from_ else None
    return fields | ({"of": goal.of} if goal.of is not None else {})


def finding_object(finding: Diagnostic) -> dict[str, Any]:
    """One finding and its place."""
    return {
        "code": finding.code, "rule": finding.rule, "severity": finding.severity.value, "message": finding.message,
        "hint": finding.hint, "path": finding.span.path, "line": finding.span.line, "column": finding.span.column,
    }  # fmt: skip


def number(value: Number) -> Number:
    """A JSON number; what is none of them is null, as unknown is."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _numbers(pair: tuple[float, float]) -> list[Number]:
    return [number(value) for value in pair]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    counts: Mapping[str, int] = {
        name: verdict.counts.get(name, 0) for name in ("met", "near", "missed", "waived", "unknown")
    }
    return {
        "passed": verdict.passed, "exit_code": verdict.exit_code, "gate": verdict.gate,
        "counts": dict(counts), "reasons": list(verdict.reasons),
    }  # fmt: skip


def _view(view: View) -> dict[str, Any]:
    return {"kpis": view.kpis if view.kpis == "all" else list(view.kpis), "limit": view.limit}


def _signal(signal: SignalResult) -> dict[str, Any]:
    operands = {name: value if isinstance(value, str) else number(value) for name, value in signal.operands.items()}
    return {"id": signal.id, "state": signal.state.value, "operands": operands}


def _example(example: ExampleResult) -> dict[str, Any]:
    return {
        "kpi": example.kpi, "example": example.example, "passed": example.passed, "expected": example.expected,
        "got": example.got, "path": example.path, "line": example.line,
    }  # fmt: skip
