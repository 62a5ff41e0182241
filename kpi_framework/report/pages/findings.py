"""Findings and examples: as tables on a page, one under the other on a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...model.diagnostic import Diagnostic, Severity
from ...model.measurement import ExampleResult, Status
from ..doc.model import Badge, Block, Code, Document, Entry, Faint, Message, Paragraph, Section, Strong, Table, joined
from ..view.result import Report
from ..view.scorecard_view import by_rule
from ..view.summary import location, tally, together
from ..words.phrases import counted

SIGNS = {
    Severity.ERROR: "✗ error",
    Severity.WARNING: "▲ warning",
    Severity.NOTE: "· note",
    Severity.OFF: "· off",
}
_OUTCOMES = {True: Badge("✓ as expected", Status.MET), False: Badge("✗ differs", Status.MISSED)}
_ON_A_PAGE, _ON_A_SCREEN = 100, 50
"""Findings shown one by one; beyond, each rule is counted."""


def findings_page(report: Report) -> Document:
    """The outcome of a lint or a test."""
    verdict = "✓ Passed" if report.passed else "✗ Not passed"
    head = Paragraph((Strong(verdict), f": {tally(report.findings)}{_examples_tally(report)}"))
    return Document(report.title, (head, each("Findings", report.findings), _examples(report.examples or ())))


# on a page


def each(title: str, findings: Sequence[Diagnostic], most: int = _ON_A_PAGE) -> Section:
    """The findings one by one, errors first; rolled up where there are too many to read."""
    if len(findings) > most:
        return rolled_up(title, findings)
    ordered = sorted(findings, key=lambda f: (-f.severity.rank, f.sort_key))
    rows = [
        (_sign(f), Code(location(f)), (Message(f.message), f" ({f.code} ", Code(f.rule), ")"), Message(f.hint))
        for f in ordered
    ]
    return Section(title, (Table(("Severity", "Where", "What", "What to do"), tuple(rows)),))


def rolled_up(title: str, findings: Iterable[Diagnostic]) -> Section:
    """One row a rule: how many there are, and where the first one stands."""
    rows = [
        (_sign(f[0]), (f"{f[0].code} ", Code(rule)), f"{len(f):,}", Code(location(f[0])), Message(f[0].hint))
        for rule, f in by_rule(findings).items()
    ]
    return Section(title, (Table(("Severity", "Rule", "Findings", "First at", "What to do"), tuple(rows)),))


def _sign(finding: Diagnostic) -> Badge:
    return Badge(SIGNS[finding.severity], finding.severity)


def _examples_tally(report: Report) -> str:
    if report.examples is None:
        return ""
    good = sum(example.passed for example in report.examples)
    return f"; {good:,} of {counted(len(report.examples), 'example')} as expected"


def _examples(examples: Sequence[ExampleResult]) -> Section:
    failed_first = sorted(examples, key=lambda example: example.passed)
    rows = [(_OUTCOMES[e.passed], Code(e.kpi), e.example, e.expected, e.got) for e in failed_first]
    return Section("Examples", (Table(("Outcome", "KPI", "Example", "Expected", "Actual"), tuple(rows)),))


# on a screen


def findings_listed(findings: Sequence[Diagnostic]) -> Section:
    """The weightiest findings one under the other; the others are counted by rule."""
    findings = together(findings)
    ranked = sorted(findings, key=lambda finding: -finding.severity.rank)
    entries: list[Block] = [
        entry(finding) for finding in sorted(ranked[:_ON_A_SCREEN], key=lambda finding: finding.sort_key)
    ]
    if left := ranked[_ON_A_SCREEN:]:
        rules = joined(", ", [f"{len(by_same):,} × {rule}" for rule, by_same in by_rule(left).items()])
        more = (f"{len(left):,} more: ", rules, ". Use --format json to see all of them.")
        entries.append(Entry((more,), apart=True))
    return Section("Findings", tuple(entries))


def entry(finding: Diagnostic) -> Entry:
    """A finding: where, how severe, which rule, what, and what to do."""
    severity = Badge(finding.severity.value, finding.severity)
    head = (Strong(Code(location(finding))), severity, Faint(f"{finding.code} {finding.rule}".strip()))
    return Entry(head, tuple(_told(finding)), apart=True)


def _told(finding: Diagnostic) -> Iterator[Block]:
    yield Paragraph(Message(finding.message))
    yield Paragraph(("→ ", Message(finding.hint)))
