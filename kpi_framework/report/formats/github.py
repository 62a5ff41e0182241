"""GitHub annotations: workflow commands that put findings on the lines of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...model.diagnostic import Diagnostic, Severity
from ..view.result import Report
from ..view.summary import one_line
from ..words.escape import clean, clip
from ..words.workflow_commands import Commands, inert

SHOWN = 10
"""GitHub shows this many annotations of a type a step, and drops the rest without a word."""
_TYPES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(report: Report) -> Commands:
    """At most ten annotations a type: nine, and one that names the rest."""
    lines: list[str] = []
    for severity, kind in _TYPES.items():
        lines += _annotations(kind, [f for f in (*report.alarms, *report.findings) if f.severity is severity])
    if not report.passed and not any(line.startswith("::error") for line in lines):
        verdict = report.scorecard.verdict if report.scorecard else None
        kind = "warning" if verdict and verdict.is_open else "error"
        lines.append(_command(kind, "; ".join(verdict.reasons if verdict else ()) or "not passed", title=report.title))
    return Commands("".join(f"{line}\n" for line in lines))


def _annotations(kind: str, findings: Sequence[Diagnostic]) -> Iterator[str]:
    annotated = findings if len(findings) <= SHOWN else findings[: SHOWN - 1]
    for finding in annotated:
        yield _command(
            kind, one_line(finding),
            file=finding.span.path, line=str(finding.span.line), col=str(finding.span.column),
            title=f"{finding.code} {finding.rule}".strip(),
        )  # fmt: skip
    left = Counter(finding.rule for finding in findings[len(annotated) :])
    if left:
        named = ", ".join(f"{count} × {rule}" for rule, count in left.most_common())
        yield _command(kind, f"{left.total():,} more findings: {named}", title=f"{left.total():,} more findings")


def _command(kind: str, message: str, **properties: str) -> str:
    pairs = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {pairs}::{_message(clip(message, 4000))}"


def _message(text: str) -> str:
    """One line, escaped as the runner reads it back; what it would obey by its older rule is broken."""
    return inert(_escaped(text))


def _property(text: str) -> str:
    return inert(_escaped(text).replace(":", "%3A").replace(",", "%2C"))


def _escaped(text: str) -> str:
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
