"""Missed targets and signals that are on, as findings at their lines, for the formats that only know lines of files."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, Severity
from ...model.measurement import Measurement, Scorecard, SignalResult, SignalState, Status
from ..words.markup import PLAIN
from ..words.phrases import period_text, segment_text, status_text
from ..words.values import show_target, show_value
from .signals import read_over


def alarms(scorecard: Scorecard, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """One a missed whole, one a missed part that has rows, one a signal that is on; each weighs what the gate says.

    With the gate on definitions alone they are notes.
    """
    found = (*_missed(scorecard, catalog), *_signals(scorecard, catalog))
    return tuple(one for one in found if one.severity is not Severity.OFF)


def _weight(scorecard: Scorecard, gated: Severity) -> Severity:
    return Severity.NOTE if scorecard.verdict.gate == "definitions" and gated is not Severity.OFF else gated


def _missed(scorecard: Scorecard, catalog: Catalog) -> Iterator[Diagnostic]:
    weight = _weight(scorecard, catalog.project.noun.gate.targets)
    for one in scorecard.measurements:
        is_missed = one.judged and one.status is Status.MISSED and not one.waived
        if is_missed and one.kpi in catalog.definitions and (one.is_whole or one.population):
            yield _miss(one, catalog, weight)


def _miss(one: Measurement, catalog: Catalog, weight: Severity) -> Diagnostic:
    name = f"{one.kpi} ({segment_text(one.segment)})" if one.segment else one.kpi
    value, target = show_value(one.value, one.unit, one.target), show_target(one.target, one.unit, one.value)
    message = f"{name}: {status_text(one.status)} in {period_text(one.period)}: {value}, target {target}"
    kpi = catalog.kpis.get(one.kpi)
    todo = kpi.action.do if kpi and kpi.action else ""
    at = catalog.definitions[one.kpi].at.key("target")
    return Diagnostic("", "target-missed", weight, message, todo, at, one.kpi)


def _signals(scorecard: Scorecard, catalog: Catalog) -> Iterator[Diagnostic]:
    places = {entry.noun.id: entry.at for entry in catalog.signals}
    for one in scorecard.signals:
        if one.state is SignalState.ON and one.id in places:
            weight = _weight(scorecard, catalog.project.noun.gate.of_signal(one.severity))
            yield Diagnostic(
                "", "signal-on", weight, _pattern(one), one.do or one.asks or "", places[one.id].key("when")
            )


def _pattern(one: SignalResult) -> str:
    return f"{one.id}: {one.name}: {read_over(one, PLAIN)}"
