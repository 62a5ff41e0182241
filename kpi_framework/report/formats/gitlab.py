"""GitLab's Code Quality report: a JSON list of findings."""

from __future__ import annotations

from ...model.diagnostic import Severity
from ..view.result import Report
from ..view.summary import one_line
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
    findings = report.located
    prints = fingerprints(findings)
    return as_text(
        [
            {
                "description": one_line(finding),
                "check_name": finding.rule,
                "fingerprint": fingerprint,
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": finding.span.path, "lines": {"begin": max(finding.span.line, 1)}},
            }
            for finding, fingerprint in zip(findings, prints, strict=True)
        ]
    )
