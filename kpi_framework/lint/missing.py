"""Definitions that are missing, or miss a part."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.diagnostic import Diagnostic, Span
from ..model.kpi import Action, Baseline, Kpi, Metric
from ..model.quoting import shown
from ..model.rule import RULES
from .context import LintContext


def definitions(context: LintContext) -> Iterator[Diagnostic]:
    """no-definitions: there is no definition under kpis/, so the project would look green and check nothing."""
    if not context.catalog.entries and not context.catalog.broken:
        yield RULES["no-definitions"].finding(Span("kpi.yaml"), "there is no definition under kpis/")


def required(context: LintContext) -> Iterator[Diagnostic]:
    """missing-required-kpi: kpi.yaml requires a KPI that has no definition, or whose definition is not active."""
    at = context.catalog.project.at
    for number, kpi_id in enumerate(context.catalog.project.noun.required):
        lack = _lack(context, kpi_id)
        if lack:
            yield RULES["missing-required-kpi"].finding(
                at.value("required", number), f"{shown(kpi_id)} is required, but {lack}", kpi=kpi_id
            )


def _lack(context: LintContext, kpi_id: str) -> str | None:
    definition = context.catalog.definitions.get(kpi_id)
    if definition is None:
        return None if kpi_id in context.catalog.broken else "it has no definition"
    if not isinstance(definition.noun, Kpi):
        return "it is a metric, and metrics are never judged"
    return None if definition.noun.is_active else f"it is {definition.noun.status.value}"


def fields(context: LintContext) -> Iterator[Diagnostic]:
    """missing-owner … missing-action: an active KPI names all of them, and none is blank."""
    for definition in context.live:
        for name in _required_of(definition.noun):
            value = getattr(definition.noun, name)
            if _is_blank(value):
                at = definition.at.key(name if (name,) in definition.at.spans else "id")
                state = "is blank" if value is not None else "is missing"
                yield RULES[f"missing-{name}"].finding(
                    at, f"{definition.noun.id}: `{name}` {state}", kpi=definition.noun.id
                )


def _required_of(metric: Metric) -> tuple[str, ...]:
    if not metric.is_active:
        return ()
    return Kpi.REQUIRED if isinstance(metric, Kpi) else ("formula",)


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Action):
        return not value.do.strip()
    if isinstance(value, Baseline):
        return value == Baseline()
    return value is None or value == ()
