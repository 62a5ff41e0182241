"""GitLab's Code Quality report: a JSON list of findings."""

from __future__ import annotations

from ...model.diagnostic import Severity
from ..view.result import Report
from ..view.summary import in_one
from .fingerprint import fingerprints
from .json import as_text

_SEVERITIES = {
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.NOTE: "info",
    Severity.OFF: "info",
}


def render_gitlab(report: Report) -> str:
    """One entry a finding and a missed target; its fingerprint stays when lines move."""
    told = (*report.alarms, *report.findings)
    prints = fingerprints(told)
    return as_text(
        [
            {
                "description": in_one(one),
                "check_name": one.rule,
                "fingerprint": fingerprint,
                "severity": _SEVERITIES[one.severity],
                "location": {"path": one.span.path, "lines": {"begin": max(one.span.line, 1)}},
            }
            for one, fingerprint in zip(told, prints, strict=True)
        ]
    )
