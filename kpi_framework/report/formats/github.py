"""GitHub annotations: workflow commands that put findings on the lines of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...model.diagnostic import Diagnostic, Severity
from ..view.result import Report
from ..view.summary import in_one
from ..words.escape import clean, clip
from ..words.workflow_commands import Commands, inert

SHOWN = 10
"""GitHub shows this many annotations of a type a step, and drops the rest without a word."""
_TYPES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(report: Report) -> Commands:
    """At most ten annotations a type: nine, and one that names the rest."""
    lines: list[str] = []
    for severity, kind in _TYPES.items():
        lines += _annotations(kind, [one for one in (*report.alarms, *report.findings) if one.severity is severity])
    if not report.passed and not any(line.startswith("::error") for line in lines):
        reasons = report.scorecard.verdict.reasons if report.scorecard else ()
        lines.append(_command("error", "; ".join(reasons) or "not passed", title=report.title))
    return Commands("".join(f"{line}\n" for line in lines))


def _annotations(kind: str, findings: Sequence[Diagnostic]) -> Iterator[str]:
    shown = findings if len(findings) <= SHOWN else findings[: SHOWN - 1]
    for one in shown:
        yield _command(
            kind, in_one(one),
            file=one.span.path, line=str(one.span.line), col=str(one.span.column),
            title=f"{one.code} {one.rule}".strip(),
        )  # fmt: skip
    rest = Counter(one.rule for one in findings[len(shown) :])
    if rest:
        named = ", ".join(f"{count} × {rule}" for rule, count in rest.most_common())
        yield _command(kind, f"and {rest.total():,} more: {named}", title=f"{rest.total():,} more")


def _command(kind: str, message: str, **properties: str) -> str:
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(clip(message, 4000))}"


def _data(text: str) -> str:
    """One line, escaped as the runner reads it back; what it would obey by its older rule is broken."""
    return inert(_escaped(text))


def _property(text: str) -> str:
    return inert(_escaped(text).replace(":", "%3A").replace(",", "%2C"))


def _escaped(text: str) -> str:
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
