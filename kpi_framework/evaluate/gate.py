"""The gate: judged measurements and findings → a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ..model.diagnostic import Diagnostic, Severity
from ..model.measurement import Measurement, Reason, SignalResult, SignalState, Status, Verdict
from ..model.project import Gate
from ..model.record import Record, replace

Scope = Literal["definitions", "all"]
FailOn = Literal["error", "warning", "never"]
_OF_DATA = frozenset({"baseline-drift", "unknown-segment"})


class Strictness(Record):
    """What may fail a check: which gate, and from which severity on."""

    gate: Scope = "all"
    fail_on: FailOn = "error"
    only_drafts: bool = False
    """Whether the project has drafts and no active KPI."""

    def fails(self, severity: Severity) -> bool:
        """Whether a finding of this severity fails the check."""
        return self.fail_on != "never" and severity.rank >= Severity(self.fail_on).rank


DRAFTS = "all KPIs are drafts: none is judged yet"
"""What a verdict says where nobody has made a KPI active."""
OF_BASELINES = frozenset({"baseline-stale", "baseline-drift", "baseline-unfrozen", "baseline-unproven"})
_ON_ITS_WAY = frozenset({Reason.TOO_FEW, Reason.BEFORE_DATA})
"""Reasons that pass with time: the last settled period is too small, or begins before the data do."""
_FAILURES = frozenset({Reason.SOURCE_ERROR, Reason.DEFINITION_ERROR, Reason.WORKER_ERROR, Reason.NOT_RUN})
_OF_THE_RUN = frozenset({"source-unreadable", "worker-failed"})


def is_definitional(finding: Diagnostic) -> bool:
    """Whether a finding is about a definition, not about data or a date that has passed."""
    return finding.code[:4] in ("KPI1", "KPI2", "KPI3") and finding.rule not in _OF_DATA


def is_failed(measurement: Measurement) -> bool:
    """Whether a value is unknown because it could not be computed, whatever the data say."""
    return measurement.reason in _FAILURES


def hindering(measurements: Iterable[Measurement], findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The errors for which values could not be computed: sources nobody could read, and what made definitions fail."""
    failed = {m.kpi for m in measurements if is_failed(m)}
    about = {None, *failed} if failed else failed
    errors = (f for f in findings if f.severity is Severity.ERROR and f.rule not in OF_BASELINES)
    return tuple(f for f in errors if f.rule in _OF_THE_RUN or f.kpi in about)


def weighed(findings: Iterable[Diagnostic], gate: Gate, rules: Mapping[str, Severity]) -> tuple[Diagnostic, ...]:
    """The findings with the gate's weight: governance as it says, data at most as it says.

    A rule whose severity kpi.yaml states keeps it.
    """
    severities = ((f, f.severity if f.rule in rules else _severity(f, gate)) for f in findings)
    return tuple(replace(f, severity=s) for f, s in severities if s is not Severity.OFF)


def _severity(finding: Diagnostic, gate: Gate) -> Severity:
    if finding.code.startswith("KPI4"):
        return gate.governance
    if finding.code.startswith("KPI6") and finding.severity is Severity.ERROR:
        return gate.data
    return finding.severity


def verdict_of(
    measurements: Iterable[Measurement], findings: Iterable[Diagnostic], signals: Iterable[SignalResult],
    gate: Gate, strictness: Strictness,
) -> Verdict:  # fmt: skip
    """Whether the check passed. If nothing was judged, it has not (except under the gate on definitions).

    Where there are only drafts, nobody has decided yet what is judged: that neither passes nor fails.
    """
    gated = [m for m in measurements if m.judged and m.status is not Status.INFORMATIVE and _counts(m)]
    only_drafts = strictness.only_drafts and strictness.gate == "all"
    reasons = _of_findings(findings, strictness)
    if strictness.gate == "all" and strictness.fail_on != "never":
        reasons += [] if only_drafts else _of_targets(gated, gate, strictness)
        reasons += [f"signal {s.id} is on" for s in signals if _rings(s, gate, strictness)]
    wholes = [m for m in gated if m.is_whole]
    code = 1 if reasons else 0
    if only_drafts:
        reasons.append(DRAFTS)
    return Verdict(
        passed=not reasons, exit_code=code, gate=strictness.gate, counts=_tally(wholes), reasons=tuple(reasons)
    )


def _counts(measurement: Measurement) -> bool:
    """A segment without rows never gates; nor does one that is unknown."""
    return measurement.is_whole or (bool(measurement.population) and measurement.status is not Status.UNKNOWN)


def _tally(wholes: list[Measurement]) -> dict[str, int]:
    missed = [m for m in wholes if m.status is Status.MISSED]
    counted = {s.value: sum(m.status is s for m in wholes) for s in (Status.MET, Status.NEAR)}
    return {
        **counted, "missed": sum(not m.waived for m in missed), "waived": sum(m.waived for m in missed),
        "unknown": sum(m.status is Status.UNKNOWN for m in wholes),
    }  # fmt: skip


def _of_findings(findings: Iterable[Diagnostic], strictness: Strictness) -> list[str]:
    failing = [
        f for f in findings
        if strictness.fails(f.severity) and (strictness.gate == "all" or is_definitional(f))
    ]  # fmt: skip
    rules = sorted({f.rule for f in failing})
    if not failing:
        return []
    return [f"{len(failing)} finding{'s' if len(failing) > 1 else ''}: {', '.join(rules)}"]


def _of_targets(gated: list[Measurement], gate: Gate, strictness: Strictness) -> list[str]:
    if not gated:
        return ["nothing was judged"]
    reasons = []
    for measurement in gated:
        if measurement.status is Status.MISSED and not measurement.waived and strictness.fails(gate.targets):
            reasons.append(f"{_name(measurement)} is missed")
        elif measurement.status is Status.UNKNOWN and strictness.fails(_weight(measurement, gate)):
            reasons.append(f"{_name(measurement)} is unknown: {measurement.reason}")
    return reasons


def _rings(signal: SignalResult, gate: Gate, strictness: Strictness) -> bool:
    """Whether a signal is on and fails the check."""
    return signal.state is SignalState.ON and strictness.fails(gate.of_signal(signal.severity))


def _weight(measurement: Measurement, gate: Gate) -> Severity:
    return (
        min(gate.unknown, Severity.WARNING, key=lambda s: s.rank) if measurement.reason in _ON_ITS_WAY else gate.unknown
    )


def _name(measurement: Measurement) -> str:
    parts = ", ".join(f"{c} {'(none)' if v is None else v}" for c, v in measurement.segment)
    return f"{measurement.kpi} ({parts})" if parts else measurement.kpi
