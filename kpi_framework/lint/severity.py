"""The project's own weight of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model.diagnostic import Diagnostic, Severity
from ..model.record import replace


def reweighed(findings: Iterable[Diagnostic], rules: Mapping[str, Severity]) -> tuple[Diagnostic, ...]:
    """The findings with the severities that kpi.yaml gives their rules; those that are off are gone."""
    weighed = (replace(f, severity=rules.get(f.rule, f.severity)) for f in findings)
    return tuple(f for f in weighed if f.severity is not Severity.OFF)
