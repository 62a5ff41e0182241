"""The first page of scorecard.md: the verdict, what needs a decision, and everything in one table."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.diagnostic import Severity
from ...model.measurement import Measurement, Status
from ...model.period import Grain
from ..doc.model import Block, Paragraph, Points, Section, Strong, Text, joined
from ..view.details import action_text, unknown_text
from ..view.rows import VALUES, by_urgency, dated, kpi_rows, metric_rows, standing_status, status_before
from ..view.scorecard_view import ScorecardView, Standing
from ..view.summary import tally_text, verdict_text, when_text
from ..words.phrases import counted, month_text, segment_text, streak_text
from ..words.trend import LENGTH
from ..words.values import show_distance, show_target, show_value
from .table import row_table

_DECISIONS = 15


def head(scorecard_view: ScorecardView) -> Iterator[Block]:
    """The verdict, with why it is what it is."""
    scorecard = scorecard_view.scorecard
    tally = f": {tally_text(scorecard)}. {when_text(scorecard_view)}"
    yield Paragraph((Strong(verdict_text(scorecard)), tally))
    if scorecard.verdict.gate == "definitions":
        yield Paragraph("Only errors in the definitions can fail this check. The values are shown for information.")
    if scorecard.verdict.reasons:
        reasons = joined("; ", scorecard.verdict.reasons[:_DECISIONS])
        left = len(scorecard.verdict.reasons) - _DECISIONS
        yield Paragraph(("Why: ", reasons, f"; and {left:,} more" if left > 0 else "", "."))


def decisions(scorecard_view: ScorecardView) -> Section:
    """What somebody has to decide or do now, weightiest first."""
    lines = list(_decisions(scorecard_view))
    left = len(lines) - _DECISIONS
    first = (*lines[:_DECISIONS], *([f"{left:,} more are listed below"] if left > 0 else []))
    nothing = Paragraph("Nothing needs a decision today.")
    return Section("What needs a decision", (Points(first) if first else nothing,))


def _decisions(scorecard_view: ScorecardView) -> Iterator[Text]:
    missed = [(s, m) for s in scorecard_view.troubled for m in s.judged if m.status is Status.MISSED and not m.waived]
    for standing, measurement in missed:
        what = action_text(standing.action, scorecard_view.scorecard.today)
        row = f" {streak_text(standing.in_a_row)}" if measurement.is_whole and len(standing.in_a_row) > 1 else ""
        title, value = _title(standing, measurement), _short(measurement)
        yield ("✗ ", title, f" is missed{row}: ", value, ". Action: ", what)
    for standing in scorecard_view.unknown:
        if standing.status is Status.UNKNOWN:
            why, remedy = unknown_text(standing.overall)
            yield ("? ", Strong(standing.name), " is unknown: ", why, " ", remedy)
    near = [(s, m) for s in scorecard_view.troubled for m in s.judged if m.status is Status.NEAR]
    for standing, measurement in near:
        yield ("▲ ", _title(standing, measurement), " is at risk: ", _short(measurement))
    errors = sum(finding.severity is Severity.ERROR for finding in scorecard_view.scorecard.diagnostics)
    if errors:
        yield ("✗ ", Strong(counted(errors, "error")), " in the definitions or the data: see the findings below")


def _title(standing: Standing, measurement: Measurement) -> Strong:
    segment = f" ({segment_text(measurement.segment)})" if measurement.segment else ""
    return Strong((standing.name, segment))


def _short(measurement: Measurement) -> Text:
    value = show_value(measurement.value, measurement.unit, measurement.target)
    target = show_target(measurement.target, measurement.unit, measurement.value)
    distance = show_distance(measurement.value, measurement.target, measurement.unit)
    return (f"{value}, target ", target, f", {distance}")


def kpis(scorecard_view: ScorecardView) -> Section:
    """Every KPI in one table; segments with a target of their own stand under it."""
    columns = ("Status", "Before", "KPI", *dated(scorecard_view), *VALUES, "Trend", "Behaviour")
    return Section("KPIs", (row_table(columns, kpi_rows(scorecard_view), trend=trend_title(scorecard_view)),))


def metrics(scorecard_view: ScorecardView) -> Section:
    """What informs without being judged."""
    columns = ("Metric", "Value", "Period", "Change", "Trend", "Behaviour")
    table = row_table(columns, metric_rows(scorecard_view), trend=trend_title(scorecard_view))
    return Section("Metrics (informative)", (table,))


def trend_title(scorecard_view: ScorecardView) -> str:
    """The months of the small trends, where all KPIs are of months: `Nov 2025 – Oct 2026`."""
    if len(scorecard_view.periods) != 1 or scorecard_view.periods[0].grain is not Grain.MONTH:
        return "Last 12 periods"
    last = scorecard_view.periods[0].start
    months = (last.year * 12 + last.month - back for back in (LENGTH, 1))
    return " – ".join(f"{month_text(number % 12 + 1)} {number // 12}" for number in months)


def turned(scorecard_view: ScorecardView) -> Section:
    """What has another status than in the period before."""
    lines = []
    for standing in by_urgency(scorecard_view.kpis):
        before, now = status_before(scorecard_view, standing), standing_status(standing)
        if before is not None and before is not now:
            lines.append((Strong(standing.name), f": {before.word} → {now.word}"))
    return Section("Changed since the period before", (Points(tuple(lines)),))
