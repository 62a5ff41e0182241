"""The first page of scorecard.md: the verdict, what needs a decision, and everything in one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model.diagnostic import Severity
from ...model.measurement import Measurement, Status
from ..doc.markdown import Section, table
from ..view.details import action_text, unknown_text
from ..view.rows import VALUES, Row, dated, kpi_rows, metric_rows
from ..view.scorecard_view import ScorecardView, Standing
from ..view.summary import tally_text, verdict_text, when_text
from ..words.escape import code, prose
from ..words.markup import MARKDOWN
from ..words.phrases import counted, segment_text, streak_text
from ..words.values import show_distance, show_target, show_value

_DECISIONS = 15


def head(scorecard_view: ScorecardView) -> Section:
    """The title and the verdict, with why it is what it is."""
    scorecard = scorecard_view.scorecard
    lines = [f"# {prose(scorecard.project)}: KPI scorecard", ""]
    lines += [f"**{verdict_text(scorecard)}**: {tally_text(scorecard)}. {when_text(scorecard_view)}"]
    if scorecard.verdict.gate == "definitions":
        lines += ["", "Only errors in the definitions can fail this check. The values are shown for information."]
    if scorecard.verdict.reasons:
        reasons = "; ".join(prose(reason) for reason in scorecard.verdict.reasons[:_DECISIONS])
        left = len(scorecard.verdict.reasons) - _DECISIONS
        lines += ["", f"Why: {reasons}{f'; and {left:,} more' if left > 0 else ''}."]
    return Section("", ("\n".join(lines),))


def decisions(scorecard_view: ScorecardView) -> Section:
    """What somebody has to decide or do now, weightiest first."""
    lines = list(_decisions(scorecard_view))
    left = len(lines) - _DECISIONS
    first = lines[:_DECISIONS] + ([f"{left:,} more are listed below"] if left > 0 else [])
    blocks = tuple(f"- {line}" for line in first) or ("Nothing needs a decision today.",)
    return Section("What needs a decision", blocks, noun="item")


def _decisions(scorecard_view: ScorecardView) -> Iterator[str]:
    missed = [(s, m) for s in scorecard_view.troubled for m in s.judged if m.status is Status.MISSED and not m.waived]
    for standing, measurement in missed:
        what = action_text(standing.action, scorecard_view.scorecard.today, MARKDOWN)
        row = f" {streak_text(standing.in_a_row)}" if measurement.is_whole and len(standing.in_a_row) > 1 else ""
        yield f"✗ **{_title(standing, measurement)}** is missed{row}: {_short(measurement)}. Action: {what}"
    for standing in scorecard_view.unknown:
        if standing.status is Status.UNKNOWN:
            why, remedy = unknown_text(standing.overall, MARKDOWN)
            yield f"? **{prose(standing.name)}** is unknown: {why} {remedy}"
    near = [(s, m) for s in scorecard_view.troubled for m in s.judged if m.status is Status.NEAR]
    for standing, measurement in near:
        yield f"▲ **{_title(standing, measurement)}** is at risk: {_short(measurement)}"
    errors = sum(finding.severity is Severity.ERROR for finding in scorecard_view.scorecard.diagnostics)
    if errors:
        yield f"✗ **{counted(errors, 'error')}** in the definitions or the data: see the findings below"


def _title(standing: Standing, measurement: Measurement) -> str:
    return prose(f"{standing.name} ({segment_text(measurement.segment)})" if measurement.segment else standing.name)


def _short(measurement: Measurement) -> str:
    target = prose(show_target(measurement.target, measurement.unit, measurement.value))
    distance = show_distance(measurement.value, measurement.target, measurement.unit)
    return f"{show_value(measurement.value, measurement.unit, measurement.target)}, target {target}, {distance}"


def kpis(scorecard_view: ScorecardView) -> Section:
    """Every KPI in one table; segments with a target of their own stand under it."""
    columns = ("Status", "KPI", *dated(scorecard_view), *VALUES, "Trend", "Behaviour", "Owner")
    return row_table("KPIs", columns, kpi_rows(scorecard_view))


def metrics(scorecard_view: ScorecardView) -> Section:
    """What informs without being judged."""
    columns = ("Metric", "Value", "Period", "Change", "Trend", "Behaviour")
    return row_table("Metrics (informative)", columns, metric_rows(scorecard_view))


def row_table(title: str, columns: tuple[str, ...], rows: Iterable[Row]) -> Section:
    """A table of measurements; owners are code, so that nobody is mentioned by mistake."""
    titles = ["Last 12 periods" if column == "Trend" else column for column in columns]
    inks = [code if column == "Owner" else prose for column in columns]
    cells = [[ink(row[column]) for ink, column in zip(inks, columns, strict=True)] for _, row in rows]
    return table(title, titles, cells)
