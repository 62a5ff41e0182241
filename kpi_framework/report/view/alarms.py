"""Missed targets and signals that are on, as findings at their lines, for the formats that only know lines of files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, Severity
from ...model.measurement import Measurement, Scorecard, SignalResult, SignalState, Status
from ..doc.model import plain
from ..words.phrases import period_text, segment_text, status_text
from ..words.values import show_target, show_value
from .signals import read_over

ALARMS: Mapping[str, str] = {
    "target-missed": "A KPI misses its target in the reporting period.",
    "signal-on": "A rule over several KPIs is on.",
}
"""What an alarm means, by its name."""


def alarms(scorecard: Scorecard, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """One for each missed overall value, each missed segment with rows and each signal that is on.

    Their severity is what the gate says; with the gate on definitions alone they are notes.
    """
    findings = (*_missed(scorecard, catalog), *_signals(scorecard, catalog))
    return tuple(finding for finding in findings if finding.severity is not Severity.OFF)


def _weight(scorecard: Scorecard, gated: Severity) -> Severity:
    return Severity.NOTE if scorecard.verdict.gate == "definitions" and gated is not Severity.OFF else gated


def _missed(scorecard: Scorecard, catalog: Catalog) -> Iterator[Diagnostic]:
    weight = _weight(scorecard, catalog.project.noun.gate.targets)
    for measurement in scorecard.measurements:
        is_missed = measurement.judged and measurement.status is Status.MISSED and not measurement.waived
        if is_missed and measurement.kpi in catalog.definitions and (measurement.is_whole or measurement.population):
            yield _miss(measurement, catalog, weight)


def _miss(measurement: Measurement, catalog: Catalog, weight: Severity) -> Diagnostic:
    name = f"{measurement.kpi} ({segment_text(measurement.segment)})" if measurement.segment else measurement.kpi
    value = show_value(measurement.value, measurement.unit, measurement.target)
    target = show_target(measurement.target, measurement.unit, measurement.value)
    status = f"{status_text(measurement.status)} in {period_text(measurement.period)}"
    message = f"{name}: {status}: {value}, target {target}"
    kpi = catalog.kpis.get(measurement.kpi)
    todo = kpi.action.do if kpi and kpi.action else ""
    at = catalog.definitions[measurement.kpi].at.key("target")
    return Diagnostic("", "target-missed", weight, message, todo, at, measurement.kpi)


def _signals(scorecard: Scorecard, catalog: Catalog) -> Iterator[Diagnostic]:
    spans = {definition.noun.id: definition.at for definition in catalog.signals}
    for signal in scorecard.signals:
        if signal.state is SignalState.ON and signal.id in spans:
            weight = _weight(scorecard, catalog.project.noun.gate.of_signal(signal.severity))
            yield Diagnostic(
                "", "signal-on", weight, _pattern(signal), signal.do or signal.asks or "", spans[signal.id].key("when")
            )


def _pattern(signal: SignalResult) -> str:
    return f"{signal.id}: {signal.name}: {plain(read_over(signal))}"
