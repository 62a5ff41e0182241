"""One definition from near: what it says, its value, its twelve periods, and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from ...model.diagnostic import Diagnostic
from ...model.measurement import Scorecard
from ...model.record import Record
from ..doc.markdown import Section, write
from ..doc.terminal import below, draw, heading, indented, plain, status
from ..formats.json import as_text, finding_object, measurement_object, reported_object
from ..view.details import headline, informing, unknown_text
from ..view.reported import reported_of, reported_text
from ..view.rows import period_rows, segment_rows
from ..view.scorecard_view import ScorecardView, Standing
from ..words.escape import code, prose
from ..words.markup import MARKDOWN, PLAIN, Ink
from ..words.phrases import status_text
from .definition import definition_facts
from .findings import each
from .overview import row_table
from .scorecard_text import findings_text
from .table import period_table, segment_table


class ShowReport(Record):
    """One definition of a scorecard, broken down `by` these columns, and the screen it is shown on."""

    scorecard: Scorecard
    id: str
    by: tuple[str, ...] = ()
    color: bool = False
    width: int = 100
    findings: tuple[Diagnostic, ...] = ()
    """Why values could not be computed."""


def show_text(report: ShowReport) -> str:
    """On the terminal."""
    return draw(_text(report, ScorecardView(report.scorecard)), color=report.color, width=report.width)


def show_markdown(report: ShowReport) -> str:
    """As a page."""
    scorecard_view = ScorecardView(report.scorecard)
    standing = scorecard_view.standing(report.id)
    title = f"# {prose(standing.name)} ({code(standing.id)})\n\n{_state(standing)}: {_value(standing, MARKDOWN)}"
    facts = [f"- **{label}:** {text}" for label, text in _facts(standing, scorecard_view, MARKDOWN)]
    periods = ("Period", "Status", "Value", "Target", "To target", "Change", "Measured")
    return write(
        [
            Section("", (title,)),
            Section("", tuple(facts), noun="item"),
            row_table("Periods", periods, period_rows(scorecard_view.series(report.id))),
            _segments(report, scorecard_view),
            *([each("Findings", report.findings)] if report.findings else ()),
        ]
    )


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
    "text": show_text,
    "markdown": show_markdown,
    "json": show_json,
}


def _text(report: ShowReport, scorecard_view: ScorecardView) -> Iterator[RenderableType]:
    standing = scorecard_view.standing(report.id)
    state = status(_state(standing), standing.status)
    yield Text.assemble(plain(standing.name, "bold"), "  ", plain(standing.id, "dim"), "  ", state)
    yield below(_value(standing, PLAIN))
    yield Text()
    for label, text in _facts(standing, scorecard_view, PLAIN):
        yield indented(label, text)
    if series := scorecard_view.series(report.id):
        yield heading("Periods")
        yield period_table(series, report.width)
    if report.by:
        yield heading(f"By {PLAIN.prose(', '.join(report.by))}")
        segments = scorecard_view.breakdown(report.id, report.by)
        yield segment_table(scorecard_view, segments, report.width) if segments else below(_no_segments(report))
    yield from findings_text(report.findings)


def _segments(report: ShowReport, scorecard_view: ScorecardView) -> Section:
    if not report.by:
        return Section("", ())
    title = f"By {prose(', '.join(report.by))}"
    segments = scorecard_view.breakdown(report.id, report.by)
    if not segments:
        return Section(title, (prose(_no_segments(report)),))
    columns = ("Segment", "Status", "Value", "Target", "Change", "Measured", "Trend")
    return row_table(title, columns, segment_rows(scorecard_view, segments))


def _no_segments(report: ShowReport) -> str:
    return f"No value by {', '.join(report.by)}."


def _facts(standing: Standing, scorecard_view: ScorecardView, ink: Ink) -> Iterator[tuple[str, str]]:
    if standing.definition is not None:
        yield from definition_facts(standing.definition, scorecard_view.scorecard.today, ink)
    yield from informing(standing, scorecard_view)
    for reconciliation in reported_of(scorecard_view, standing.id):
        yield "Reported", reported_text(reconciliation, ink)
    if standing.overall is not None:
        yield "Hash", ink.code(standing.overall.definition)
        for name, value in (standing.overall.inputs or {}).items():
            yield "Input", f"{ink.code(name)} = {'unknown' if value is None else f'{value:,}'}"


def _state(standing: Standing) -> str:
    return status_text(standing.status, waived=standing.overall is not None and standing.overall.waived)


def _value(standing: Standing, ink: Ink) -> str:
    """The value and its target, or why there is none."""
    if standing.overall is None or standing.overall.reason is not None:
        return " ".join(unknown_text(standing.overall, ink))
    return headline(standing.overall, ink)
