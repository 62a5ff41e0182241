"""One definition from near: what it says, its value, its twelve periods, and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...model.diagnostic import Diagnostic
from ...model.measurement import Scorecard
from ...model.record import Record
from ..doc.markdown import markdown
from ..doc.model import Block, Code, Document, Facts, Paragraph, Section, Text
from ..doc.terminal import terminal
from ..formats.json import as_text, finding_object, measurement_object, reported_object
from ..view.details import Labelled, headline, informing, unknown_text
from ..view.reported import reported_of, reported_text
from ..view.rows import period_rows, segment_rows
from ..view.scorecard_view import ScorecardView, Standing
from .definition import definition_facts
from .findings import each, findings_listed
from .table import row_table


class ShowReport(Record):
    """One definition of a scorecard, broken down `by` these columns, and the screen it is shown on."""

    scorecard: Scorecard
    id: str
    by: tuple[str, ...] = ()
    color: bool = False
    width: int = 100
    findings: tuple[Diagnostic, ...] = ()
    """Why values could not be computed."""


def show_page(report: ShowReport, *, on_screen: bool = False) -> Document:
    """The definition, its value, its periods and its parts."""
    scorecard_view = ScorecardView(report.scorecard)
    standing = scorecard_view.standing(report.id)
    findings = findings_listed(report.findings) if on_screen else each("Findings", report.findings)
    blocks = (
        Paragraph((standing.badge, ": ", _value(standing))),
        Facts(tuple(_facts(standing, scorecard_view))),
        *_tables(report, scorecard_view, on_screen=on_screen),
        findings,
    )
    return Document((standing.name, " (", Code(standing.id), ")"), blocks)


def show_json(report: ShowReport) -> str:
    """For programs: the definition as written, and its measurements as in scorecard.json."""
    scorecard_view = ScorecardView(report.scorecard)
    standing = scorecard_view.standing(report.id)
    segments = scorecard_view.breakdown(report.id, report.by) if report.by else ()
    definition, reported = standing.definition, reported_of(scorecard_view, report.id)
    written = definition.model_dump(mode="json", by_alias=True, exclude_unset=True) if definition else None
    return as_text(
        {
            "schema_version": 1,
            "kpi": standing.id,
            "name": definition.name if definition else standing.id,
            "definition": written,
            "measurements": [measurement_object(m) for m in scorecard_view.series(report.id)],
            **({"reported": [reported_object(r) for r in reported]} if reported else {}),
            "by": list(report.by),
            "segments": [measurement_object(m) for m in segments],
            "diagnostics": [finding_object(f) for f in report.findings],
        }
    )


SHOW_FORMATS: Mapping[str, Callable[[ShowReport], str]] = {
    "text": lambda view: terminal(show_page(view, on_screen=True), color=view.color, width=view.width),
    "markdown": lambda view: markdown(show_page(view)),
    "json": show_json,
}


def _tables(report: ShowReport, scorecard_view: ScorecardView, *, on_screen: bool) -> Iterator[Block]:
    columns = ("Period", "Status", "Value", "Target", "To target", "Change", "Measured", *[""] * on_screen)
    spare = ("Change", "To target", "Measured") if on_screen else None
    rows = period_rows(scorecard_view.series(report.id))
    yield Section("Periods", (row_table(columns, rows, spare=spare),))
    if report.by:
        by = ", ".join(report.by)
        columns = ("Segment", "Status", "Value", "Target", "Change", "Measured", "Trend")
        spare = ("Change", "Target", "Trend") if on_screen else None
        segments = scorecard_view.breakdown(report.id, report.by)
        parts = row_table(columns, segment_rows(scorecard_view, segments), spare=spare)
        yield Section(f"By {by}", (parts if segments else Paragraph(f"No value by {by}."),))


def _facts(standing: Standing, scorecard_view: ScorecardView) -> Labelled:
    if standing.definition is not None:
        yield from definition_facts(standing.definition, scorecard_view.scorecard.today)
    yield from informing(standing, scorecard_view)
    for reconciliation in reported_of(scorecard_view, standing.id):
        yield "Reported", reported_text(reconciliation)
    if standing.overall is not None:
        yield "Hash", Code(standing.overall.definition)
        for name, value in (standing.overall.inputs or {}).items():
            yield "Input", (Code(name), f" = {'unknown' if value is None else f'{value:,}'}")


def _value(standing: Standing) -> Text:
    """The value and its target, or why there is none."""
    if standing.overall is None or standing.overall.reason is not None:
        why, remedy = unknown_text(standing.overall)
        return (why, " ", remedy)
    return headline(standing.overall)
