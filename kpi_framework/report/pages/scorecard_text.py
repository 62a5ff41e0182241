"""The terminal: the verdict, the table, what to do for each miss, then the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model.measurement import ExampleResult, Status
from ..doc.model import Badge, Block, Document, Entry, Facts, Faint, Paragraph, Points, Section, Strong, Text, joined
from ..doc.terminal import terminal
from ..view.details import unknown_text
from ..view.reported import reported_of, reported_text
from ..view.result import Report
from ..view.rows import dated, kpi_rows, metric_rows
from ..view.scorecard_view import ScorecardView
from ..view.summary import tally, tally_text, verdict_text, when_text
from ..words.phrases import counted, status_text
from .findings import findings_listed
from .scorecard_markdown import signals, stories
from .table import row_table

_SHOWN = 50
"""Reasons of a verdict that are shown."""


def render_text(report: Report) -> str:
    """The whole outcome, as wide as the screen."""
    return terminal(report_screen(report), color=report.color, width=report.width)


def report_screen(report: Report) -> Document:
    """The scorecard, if there is one, the examples, the findings, and the verdict where the eye rests."""
    scorecard = report.scorecard
    about = _scorecard(ScorecardView(scorecard)) if scorecard is not None else ()
    blocks = (*about, *_examples(report.examples or ()), findings_listed(report.findings), _closing(report))
    return Document(scorecard.project if scorecard is not None else "", blocks)


def _scorecard(scorecard_view: ScorecardView) -> Iterator[Block]:
    yield Paragraph(Faint(when_text(scorecard_view)))
    columns = ("Status", "KPI", *dated(scorecard_view), "Value", "Target", "To target", "Change", "Trend")
    spare = ("Change", "To target", "Trend")
    yield row_table(columns, kpi_rows(scorecard_view), spare=spare, empty="There is no KPI to judge.")
    columns = ("Metric", *dated(scorecard_view), "Value", "Change", "Trend")
    yield row_table(columns, metric_rows(scorecard_view), spare=("Change", "Trend"))
    yield signals(scorecard_view)
    yield Section("What to do", tuple(stories(scorecard_view, has_owner=True)))
    yield Section("Unknown values", tuple(_unknown(scorecard_view)))
    yield Section("Reported by others", tuple(_reported(scorecard_view)))


def _unknown(scorecard_view: ScorecardView) -> Iterator[Section]:
    """What is unknown, together where it has the same reason."""
    reasons: dict[tuple[Text, Text], list[str]] = {}
    for standing in scorecard_view.unknown:
        reasons.setdefault(unknown_text(standing.overall), []).append(standing.name)
    badge = Badge(status_text(Status.UNKNOWN), Status.UNKNOWN)
    for (why, remedy), names in reasons.items():
        yield Section(joined(", ", names), (Facts((("Why", why), ("Do", remedy))),), badge, level=3)


def _reported(scorecard_view: ScorecardView) -> Iterator[Section]:
    """What others reported for the same periods."""
    for standing in scorecard_view.standings:
        for reconciliation in reported_of(scorecard_view, standing.id):
            yield Section(standing.name, (Paragraph(reported_text(reconciliation)),), level=3)


def _examples(examples: Sequence[ExampleResult]) -> Iterator[Block]:
    """Those that failed, and how many did not."""
    differs = Badge("✗ differs", Status.MISSED)
    failed = tuple(
        Section(
            (example.kpi, ": ", example.example),
            (Facts((
                ("Expected", example.expected), ("Actual", example.got), ("Where", f"{example.path}:{example.line}"),
            )),), differs, level=3,
        )
        for example in examples if not example.passed
    )  # fmt: skip
    if examples:
        tallied = f"{len(examples) - len(failed):,} of {counted(len(examples), 'example')} as expected"
        yield Section("Examples", (*failed, Paragraph(tallied)))


def _closing(report: Report) -> Entry:
    """The last line: passed or not, and why."""
    words = "✓ Passed" if report.passed else "✗ Not passed"
    tone = Status.MET if report.passed else Status.MISSED
    tallies = [tally(report.findings)]
    reasons: tuple[str, ...] = ()
    if report.scorecard is not None:
        words = verdict_text(report.scorecard)
        tone = Status.NEAR if report.scorecard.verdict.is_open else tone
        tallies = [tally_text(report.scorecard), *tallies]
        reasons = report.scorecard.verdict.reasons[:_SHOWN]
    return Entry(((Strong(Badge(words, tone)), f": {'; '.join(tallies)}"),), (Points(reasons),), apart=True)
