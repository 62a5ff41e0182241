"""What a missed target asks of its owner."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.measurement import Measurement, Status, streak
from ..model.rule import RULES


def missed_without_action(catalog: Catalog, measurements: Iterable[Measurement]) -> tuple[Diagnostic, ...]:
    """missed-without-action: a KPI missed its target overall in the judged period, and its action has no owner or
    no due date.
    """
    findings = []
    wholes = [m for m in measurements if m.is_whole]
    for measurement in wholes:
        kpi = catalog.kpis.get(measurement.kpi)
        if (
            kpi is None
            or kpi.action is None
            or not (measurement.judged and measurement.is_whole and measurement.status is Status.MISSED)
        ):
            continue
        lacks = [name for name, value in (("owner", kpi.action.owner), ("due date", kpi.action.due)) if not value]
        if lacks:
            at = catalog.definitions[measurement.kpi].at.key("action")
            in_a_row = streak([m for m in wholes if m.kpi == measurement.kpi])
            lack = " and no ".join(lacks)
            message = f"{measurement.kpi} has missed its target{_so_long(in_a_row)}, but its action has no {lack}"
            findings.append(RULES["missed-without-action"].finding(at, message, kpi=measurement.kpi))
    return tuple(findings)


def missed_without_cause(catalog: Catalog, measurements: Iterable[Measurement]) -> tuple[Diagnostic, ...]:
    """missed-without-cause: a KPI missed its target overall in the judged period without a waiver, and none of its
    notes is on this period.
    """
    series: dict[str, list[Measurement]] = {}
    for measurement in sorted((m for m in measurements if m.is_whole), key=lambda m: m.period):
        series.setdefault(measurement.kpi, []).append(measurement)
    findings = []
    for kpi, periods in series.items():
        judged = next((m for m in periods if m.judged), None)
        if judged is None or judged.status is not Status.MISSED or judged.waived or kpi not in catalog.kpis:
            continue
        if any(note.is_of(judged.period.start) for note in catalog.kpis[kpi].notes):
            continue
        at = catalog.definitions[kpi].at
        message = f"{kpi} missed its target in the period from {judged.period.start}, and no note gives the cause"
        span = at.key("notes" if ("notes",) in at.spans else "id")
        findings.append(RULES["missed-without-cause"].finding(span, message, kpi=kpi))
    return tuple(findings)


def _so_long(in_a_row: tuple[Measurement, ...]) -> str:
    """` for 3 months in a row`; nothing for the first one."""
    grain = in_a_row[-1].period.grain
    return f" for {len(in_a_row)} {grain.value}s in a row" if grain and len(in_a_row) > 1 else ""
