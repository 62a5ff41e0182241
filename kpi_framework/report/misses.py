"""Missed targets as findings at their `target:`, for the formats that only know lines of files."""

from __future__ import annotations

from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, Severity
from ..model.measurement import Measurement, Scorecard, Status
from .values import show_target, show_value
from .words import period_text, segment_text, status_text

RULE = "target-missed"


def misses(scorecard: Scorecard, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """One a missed whole, and one a missed part that has rows; they weigh what the gate gives them."""
    gate = catalog.project.noun.gate.targets
    weight = Severity.NOTE if scorecard.verdict.gate == "definitions" else gate
    missed = (m for m in scorecard.measurements if m.judged and m.status is Status.MISSED and not m.waived)
    return tuple(
        _miss(one, catalog, weight)
        for one in missed
        if one.kpi in catalog.definitions and (one.is_whole or one.population) and weight is not Severity.OFF
    )


def _miss(one: Measurement, catalog: Catalog, weight: Severity) -> Diagnostic:
    name = f"{one.kpi} ({segment_text(one.segment)})" if one.segment else one.kpi
    value, target = show_value(one.value, one.unit, one.target), show_target(one.target, one.unit, one.value)
    message = f"{name}: {status_text(one.status)} in {period_text(one.period)}: {value}, target {target}"
    kpi = catalog.kpis.get(one.kpi)
    todo = kpi.action.do if kpi and kpi.action else ""
    return Diagnostic("", RULE, weight, message, todo, catalog.definitions[one.kpi].at.key("target"), one.kpi)
