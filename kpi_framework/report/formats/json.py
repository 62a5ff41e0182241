"""JSON: the scorecard as its schema lays it down, or the findings alone."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from ...model.diagnostic import Diagnostic
from ...model.measurement import ExampleResult, Goal, Measurement, Scorecard, SignalResult, Verdict
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
    found: dict[str, Any] = {
        "schema_version": 1,
        "verdict": {"passed": report.passed, "exit_code": report.exit_code},
        "diagnostics": [finding_object(one) for one in report.findings],
    }
    if report.examples is not None:
        found["examples"] = [_example(one) for one in report.examples]
    return as_text(found)


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
            "measurements": [measurement_object(one) for one in scorecard.measurements],
            "views": {name: _view(view) for name, view in scorecard.views.items()},
            "signals": [_signal(one) for one in scorecard.signals],
            "diagnostics": [finding_object(one) for one in sorted(scorecard.diagnostics, key=lambda f: f.sort_key)],
        }
    )


def as_text(value: object) -> str:
    """Two spaces, readable letters, invisible characters and commands as escapes, a newline at the end."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return inert_json(_BEYOND_ASCII.sub(lambda found: _visible(found[0]), text)) + "\n"


def _visible(character: str) -> str:
    """The character, or its escape if nobody could see it or no encoding could write it."""
    is_hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return json.dumps(character)[1:-1] if is_hidden else character


def measurement_object(one: Measurement) -> dict[str, Any]:
    """One measurement; `inputs` and `because` only where there are any."""
    found = {
        "kpi": one.kpi, "kind": one.kind, "judged": one.judged, "period": period_object(one.period),
        "segment": dict(one.segment), "value": number(one.value), "unit": one.unit,
        "population": one.population, "measured": one.measured, "excluded": one.excluded,
        "missing": one.missing, "interval": None if one.interval is None else _numbers(one.interval),
        "status": one.status.value, "reason": one.reason.value if one.reason else None,
        "waived": one.waived, "target": goal_object(one.target), "baseline": number(one.baseline),
        "frozen": one.frozen, "previous": number(one.previous), "definition": one.definition,
    }  # fmt: skip
    if one.inputs is not None:
        found["inputs"] = {name: number(value) for name, value in one.inputs.items()}
    if one.because is not None:
        found["because"] = one.because
    return found


def period_object(period: Period) -> dict[str, str | None]:
    """The grain, the first day and the day after the last."""
    grain = period.grain.value if period.grain else None
    return {"grain": grain, "start": period.start.isoformat(), "end": period.end.isoformat()}


def goal_object(goal: Goal | None) -> dict[str, Any] | None:
    """The target, resolved; `of` only where it was relative."""
    if goal is None:
        return None
    limits = {"at_most": number(goal.at_most), "at_least": number(goal.at_least)}
    found: dict[str, Any] = {name: limit for name, limit in limits.items() if limit is not None}
    if goal.between is not None:
        found["between"] = _numbers(goal.between)
    found["near"] = _numbers(goal.near) if isinstance(goal.near, tuple) else number(goal.near)
    found["from"] = goal.from_.isoformat() if goal.from_ else None
    return found | ({"of": goal.of} if goal.of is not None else {})


def finding_object(one: Diagnostic) -> dict[str, Any]:
    """One finding and its place."""
    return {
        "code": one.code, "rule": one.rule, "severity": one.severity.value, "message": one.message,
        "hint": one.hint, "path": one.span.path, "line": one.span.line, "column": one.span.column,
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


def _signal(one: SignalResult) -> dict[str, Any]:
    operands = {name: value if isinstance(value, str) else number(value) for name, value in one.operands.items()}
    return {"id": one.id, "state": one.state.value, "operands": operands}


def _example(one: ExampleResult) -> dict[str, Any]:
    return {
        "kpi": one.kpi, "example": one.example, "passed": one.passed, "expected": one.expected,
        "got": one.got, "path": one.path, "line": one.line,
    }  # fmt: skip
