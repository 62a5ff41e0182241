"""What a line of the ledger says of a published value.

The lines are hashed, so nothing else writes them: a report may change its words and fields, and no hash with it.
"""

from __future__ import annotations

import json
import math
from typing import Any

from ...model.language import is_former
from ...model.ledger import Published
from ...model.measurement import Goal, Measurement
from ...model.period import Period

Line = dict[str, Any]
"""A line before it is sealed: what JSON can say, and no number that it cannot."""
_Number = float | int | None


def value_line(measurement: Measurement) -> Line:
    """A value, what was judged, and by what."""
    m = measurement
    return {
        "period": _period(m.period), "segment": dict(m.segment), "value": _number(m.value), "unit": m.unit,
        "status": m.status.value, "reason": m.reason.value if m.reason else None, "waived": m.waived,
        "population": m.population, "measured": m.measured, "excluded": m.excluded, "missing": m.missing,
        "target": _goal(m.target),
        "baseline": _number(m.baseline), "definition": m.definition,
    }  # fmt: skip


def differences(published: Published, measurement: Measurement) -> tuple[str, ...]:
    """What of a whole published measurement is not what it is when it is computed again; a line has what it has."""
    again = value_line(measurement)
    return tuple(
        f"{name} was published as {_spelled(published.body[name])}, but computed again it is {_spelled(again[name])}"
        for name in _MEASURED
        if name in published.body and published.body[name] != again[name]
    )


_MEASURED = (
    "value", "status", "reason", "waived", "target", "population", "measured", "excluded", "missing", "unit",
    "baseline",
)  # fmt: skip
"""What is compared, in the order in which a reader asks for it."""


def _spelled(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def restatement(earlier: Published, reason: str | None, causes: tuple[str, ...]) -> Line:
    """Which line a value takes the place of, why in a person's words, and what made it another one."""
    line: Line = {"restates": earlier.seq, "was": earlier.value, "because": reason}
    return line | ({"causes": list(causes)} if causes else {})


def is_restated(earlier: Published, measurement: Measurement) -> bool:
    """Whether what was published is not what it is now. A line of an older language is compared by its value alone."""
    again = (measurement.value, measurement.status.value)
    is_its_own = is_former(earlier.definition) or earlier.definition == measurement.definition
    return (earlier.value, earlier.status) != again or not is_its_own


def causes_of(earlier: Published, measurement: Measurement, former_hash: str, fingerprint: str) -> tuple[str, ...]:
    """What made a published value another one, in the words of `kpi diff`: definition, data, version, target."""
    definition = former_hash if is_former(earlier.definition) else measurement.definition
    causes = []
    if earlier.definition != definition:
        causes.append("definition")
    elif earlier.value != measurement.value:
        causes.append("version" if fingerprint and fingerprint == earlier.data else "data")
    if earlier.status != measurement.status.value and earlier.body.get("target") != _goal(measurement.target):
        causes.append("target")
    return tuple(causes)


def _period(period: Period) -> Line:
    """The grain, the first day and the day after the last."""
    grain = period.grain.value if period.grain else None
    return {"grain": grain, "start": period.start.isoformat(), "end": period.end.isoformat()}


def _goal(goal: Goal | None) -> Line | None:
    """The target, resolved; `of` only where it was relative."""
    if goal is None:
        return None
    limits = {"at_most": _number(goal.at_most), "at_least": _number(goal.at_least)}
    line: Line = {name: limit for name, limit in limits.items() if limit is not None}
    if goal.between is not None:
        line["between"] = _numbers(goal.between)
    line["near"] = _numbers(goal.near) if isinstance(goal.near, tuple) else _number(goal.near)
    line["from"] = goal.from_.isoformat() if goal.from_ else None
    return line | ({"of": goal.of} if goal.of is not None else {})


def _number(value: _Number) -> _Number:
    """A number that JSON can write; another one is null, as unknown is."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _numbers(pair: tuple[float, float]) -> list[_Number]:
    return [_number(value) for value in pair]
