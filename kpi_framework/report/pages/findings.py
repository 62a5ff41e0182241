"""Findings and examples as markdown sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model.diagnostic import Diagnostic, Severity
from ...model.measurement import ExampleResult
from ..doc.markdown import Section, table, write
from ..view.result import Report
from ..view.scorecard_view import by_rule
from ..view.summary import location, tally
from ..words.escape import code, message, prose
from ..words.phrases import counted

SIGNS = {
    Severity.ERROR: "✗ error",
    Severity.WARNING: "▲ warning",
    Severity.NOTE: "· note",
    Severity.OFF: "· off",
}
_OUTCOMES = {True: "✓ as expected", False: "✗ differs"}
SHOWN = 100
"""Findings shown one by one; beyond, each rule is counted."""


def render_findings(report: Report) -> str:
    """The outcome of a lint or a test."""
    verdict = "✓ Passed" if report.passed else "✗ Not passed"
    head = f"# {prose(report.title)}\n\n**{verdict}**: {tally(report.findings)}{_examples_tally(report)}"
    sections = [Section("", (head,)), each("Findings", report.findings), _examples(report.examples or ())]
    return write(sections)


def each(title: str, findings: Sequence[Diagnostic], most: int = SHOWN) -> Section:
    """The findings one by one, errors first; rolled up where there are too many to read."""
    if len(findings) > most:
        return rolled_up(title, findings)
    ordered = sorted(findings, key=lambda f: (-f.severity.rank, f.sort_key))
    rows = [(SIGNS[f.severity], code(location(f)), _what(f), message(f.hint)) for f in ordered]
    return table(title, ("Severity", "Where", "What", "What to do"), rows)


def rolled_up(title: str, findings: Iterable[Diagnostic]) -> Section:
    """One row a rule: how many there are, and where the first one stands."""
    rows = [
        (
            SIGNS[f[0].severity],
            f"{f[0].code} {code(rule)}",
            f"{len(f):,}",
            code(location(f[0])),
            message(f[0].hint),
        )
        for rule, f in by_rule(findings).items()
    ]
    return table(title, ("Severity", "Rule", "Findings", "First at", "What to do"), rows)


def _what(finding: Diagnostic) -> str:
    return f"{message(finding.message)} ({finding.code} {code(finding.rule)})"


def _examples_tally(report: Report) -> str:
    if report.examples is None:
        return ""
    good = sum(example.passed for example in report.examples)
    return f"; {good:,} of {counted(len(report.examples), 'example')} as expected"


def _examples(examples: Sequence[ExampleResult]) -> Section:
    failed_first = sorted(examples, key=lambda example: example.passed)
    rows = [
        (_OUTCOMES[example.passed], code(example.kpi), *map(prose, (example.example, example.expected, example.got)))
        for example in failed_first
    ]
    return table("Examples", ("Outcome", "KPI", "Example", "Expected", "Actual"), rows)
