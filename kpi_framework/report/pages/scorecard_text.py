"""The terminal: the verdict, the table, what to do for each miss, then the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from ...model.diagnostic import Diagnostic
from ...model.measurement import ExampleResult, SignalState, Status
from ..doc.terminal import SEVERITIES, below, draw, heading, indented, plain, status
from ..view.details import facts, headline, unknown_text
from ..view.reported import reported_of, reported_text
from ..view.result import Report
from ..view.scorecard_view import ScorecardView, by_rule
from ..view.signals import signal_facts, signal_title, signals_to_show
from ..view.summary import location, tally, tally_text, verdict_text, when_text
from ..words.markup import PLAIN
from ..words.phrases import counted, status_text
from .table import kpi_table, metric_table

_SHOWN = 50
"""Findings shown one by one; the rest is counted by rule."""


def render_text(report: Report) -> str:
    """The whole outcome, as wide as the screen."""
    return draw(_parts(report), color=report.color, width=report.width)


def _parts(report: Report) -> Iterator[RenderableType]:
    if report.scorecard is not None:
        yield from _scorecard(ScorecardView(report.scorecard), report.width)
    if report.examples:
        yield from _examples(report.examples)
    yield from findings_text(report.findings)
    yield _closing(report)


def _scorecard(scorecard_view: ScorecardView, width: int) -> Iterator[RenderableType]:
    yield plain(scorecard_view.scorecard.project, "bold")
    yield plain(when_text(scorecard_view), "dim")
    yield Text()
    yield kpi_table(scorecard_view, width) if scorecard_view.kpis else Text("There is no KPI to judge.")
    if scorecard_view.informative:
        yield Text()
        yield metric_table(scorecard_view, width)
    yield from _signals(scorecard_view)
    yield from _troubled(scorecard_view)
    yield from _unknown(scorecard_view)
    yield from _reported(scorecard_view)


def _signals(scorecard_view: ScorecardView) -> Iterator[RenderableType]:
    signals = signals_to_show(scorecard_view)
    if signals:
        yield heading("Signals")
    for signal in signals:
        yield Text()
        style = "bold yellow" if signal.state is SignalState.ON else "bold magenta"
        yield Text.assemble((signal_title(signal), style), "  ", plain(signal.name, "bold"))
        for label, text in signal_facts(signal, PLAIN):
            yield indented(label, text)


def _troubled(scorecard_view: ScorecardView) -> Iterator[RenderableType]:
    if scorecard_view.troubled:
        yield heading("What to do")
    for standing in scorecard_view.troubled:
        waived = standing.overall is not None and standing.overall.waived
        yield Text()
        state = status(status_text(standing.status, waived=waived), standing.status)
        yield Text.assemble(state, "  ", plain(standing.name, "bold"))
        if standing.overall is not None:
            yield below(headline(standing.overall, PLAIN))
        for label, text in facts(standing, scorecard_view, PLAIN):
            yield indented(label, text)
        if standing.owner:
            yield indented("Owner", PLAIN.prose(standing.owner))


def _unknown(scorecard_view: ScorecardView) -> Iterator[RenderableType]:
    """What is unknown, together where it has the same reason."""
    if scorecard_view.unknown:
        yield heading("Unknown values")
    reasons: dict[tuple[str, str], list[str]] = {}
    for standing in scorecard_view.unknown:
        reasons.setdefault(unknown_text(standing.overall, PLAIN), []).append(standing.name)
    for (why, remedy), names in reasons.items():
        yield Text()
        named = plain(", ".join(names), "bold")
        yield Text.assemble(status(status_text(Status.UNKNOWN), Status.UNKNOWN), "  ", named)
        yield indented("Why", why)
        yield indented("Do", remedy)


def _reported(scorecard_view: ScorecardView) -> Iterator[RenderableType]:
    """What others reported for the same periods."""
    reported = [(s, r) for s in scorecard_view.standings for r in reported_of(scorecard_view, s.id)]
    if reported:
        yield heading("Reported by others")
    for standing, reconciliation in reported:
        yield Text()
        yield plain(standing.name, "bold")
        yield below(reported_text(reconciliation, PLAIN))


def _examples(examples: Sequence[ExampleResult]) -> Iterator[RenderableType]:
    yield heading("Examples")
    for example in examples:
        if not example.passed:
            yield Text()
            yield Text.assemble(("✗ differs", "bold red"), "  ", plain(f"{example.kpi}: {example.example}", "bold"))
            yield indented("Expected", PLAIN.prose(example.expected))
            yield indented("Actual", PLAIN.prose(example.got))
            yield indented("Where", PLAIN.prose(f"{example.path}:{example.line}"))
    good = sum(example.passed for example in examples)
    yield Text(f"{good:,} of {counted(len(examples), 'example')} as expected")


def findings_text(findings: Sequence[Diagnostic]) -> Iterator[RenderableType]:
    """The findings below their heading, the weightiest if they are many; nothing where there are none."""
    if findings:
        yield heading("Findings")
    weightiest = sorted(findings, key=lambda finding: -finding.severity.rank)[:_SHOWN]
    for finding in sorted(weightiest, key=lambda finding: finding.sort_key):
        yield Text()
        yield Text.assemble(
            plain(location(finding), "bold"), "  ", (finding.severity.value, SEVERITIES[finding.severity]), "  ",
            plain(f"{finding.code} {finding.rule}", "dim"),
        )  # fmt: skip
        yield below(PLAIN.message(finding.message))
        yield below(f"→ {PLAIN.message(finding.hint)}")
    yield from _left_out(findings, weightiest)


def _left_out(findings: Sequence[Diagnostic], listed: Sequence[Diagnostic]) -> Iterator[RenderableType]:
    left = sorted(findings, key=lambda finding: -finding.severity.rank)[len(listed) :]
    if left:
        named = ", ".join(f"{len(by_same):,} × {rule}" for rule, by_same in by_rule(left).items())
        yield Text()
        yield plain(f"{len(left):,} more: {named}. Use --format json to see all of them.")


def _closing(report: Report) -> Text:
    """The last line, where the eye rests: passed or not, and why."""
    words = "✓ Passed" if report.passed else "✗ Not passed"
    style = "bold green" if report.passed else "bold red"
    tallies = [tally(report.findings)]
    if report.scorecard is not None:
        words = verdict_text(report.scorecard)
        style = "bold yellow" if report.scorecard.verdict.is_open else style
        tallies = [tally_text(report.scorecard), *tallies]
    line = Text.assemble("\n", (words, style), f": {'; '.join(tallies)}")
    if report.scorecard is not None:
        for reason in report.scorecard.verdict.reasons[:_SHOWN]:
            line.append(f"\n  · {PLAIN.prose(reason)}")
    return line
