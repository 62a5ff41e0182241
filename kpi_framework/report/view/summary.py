"""The outcome in a line: passed or not, how many of each, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ...model.diagnostic import Diagnostic, Severity
from ...model.measurement import Scorecard
from ..words.escape import clean
from ..words.phrases import counted, day_text, period_text
from .scorecard_view import ScorecardView

_NAME = 12  # figures of a commit's name that tell it from the others
_WORDS = (
    ("met", "met"),
    ("near", "at risk"),
    ("missed", "missed"),
    ("waived", "waived"),
    ("unknown", "unknown"),
)


def verdict_text(scorecard: Scorecard) -> str:
    """Sign and word."""
    if scorecard.verdict.is_open:
        return "· Not judged yet"
    return "✓ Passed" if scorecard.verdict.passed else "✗ Not passed"


def tally_text(scorecard: Scorecard) -> str:
    """`5 met, 1 at risk, 1 missed, 0 unknown`; waived ones only where there are some."""
    counts = scorecard.verdict.counts
    return ", ".join(f"{counts.get(key, 0)} {word}" for key, word in _WORDS if key != "waived" or counts.get(key))


def when_text(scorecard_view: ScorecardView) -> str:
    """The reporting period, the day of the check, and the revision whose definitions were used."""
    scorecard, periods = scorecard_view.scorecard, scorecard_view.periods
    day = scorecard.today if scorecard.today != dt.date.min else scorecard.as_of.date()
    reporting = f"Reporting period: {period_text(periods[0])}, as" if len(periods) == 1 else "As"
    by = f", with the definitions of revision {scorecard.revision[:_NAME]}" if scorecard.revision else ""
    return f"{reporting} of {day_text(day)}{by}."


def tally(findings: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    severities = [finding.severity for finding in findings]
    levels = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    counts = [counted(severities.count(s), s.value) for s in levels if s in severities]
    return ", ".join(counts) or "no findings"


def one_line(finding: Diagnostic) -> str:
    """What is wrong and what to do, as sentences in one line."""
    message, hint = clean(finding.message), clean(finding.hint)
    stop = "" if message.endswith((".", "!", "?", "…")) or not hint else "."
    return f"{message}{stop} {hint}".strip()


def location(finding: Diagnostic) -> str:
    """`kpis/csat.yaml:3:1`."""
    return f"{finding.span.path}:{finding.span.line}:{finding.span.column}"
