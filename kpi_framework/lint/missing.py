"""Definitions that are missing, or miss a part."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.diagnostic import Diagnostic, Span
from ..model.kpi import Action, Baseline, Kpi, Metric
from ..model.quoting import shown
from ..model.rule import RULES
from .context import LintContext


def definitions(view: LintContext) -> Iterator[Diagnostic]:
    """no-definitions: a project that checks nothing must not look green."""
    if not view.catalog.entries and not any("/" not in name for name in view.catalog.broken):
        yield RULES["no-definitions"].finding(Span("kpi.yaml"), "there is no definition under kpis/")


def required(view: LintContext) -> Iterator[Diagnostic]:
    """missing-required-kpi: every KPI that kpi.yaml requires is here and active."""
    at = view.catalog.project.at
    for number, one in enumerate(view.catalog.project.noun.required):
        lack = _lack(view, one)
        if lack:
            yield RULES["missing-required-kpi"].finding(
                at.value("required", number), f"{shown(one)} is required and {lack}", kpi=one
            )


def _lack(view: LintContext, one: str) -> str | None:
    entry = view.catalog.definitions.get(one)
    if entry is None:
        return None if one in view.catalog.broken else "has no definition"
    if not isinstance(entry.noun, Kpi):
        return "is a metric, which is never judged"
    return None if entry.noun.is_active else f"is {entry.noun.status.value}"


def fields(view: LintContext) -> Iterator[Diagnostic]:
    """missing-owner … missing-action: an active KPI names all of them, and none is blank."""
    for entry in view.live:
        for name in _required_of(entry.noun):
            value = getattr(entry.noun, name)
            if _is_blank(value):
                at = entry.at.key(name if (name,) in entry.at.spans else "id")
                state = "is blank" if value is not None else "is missing"
                yield RULES[f"missing-{name}"].finding(at, f"{entry.noun.id}: `{name}` {state}", kpi=entry.noun.id)


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
