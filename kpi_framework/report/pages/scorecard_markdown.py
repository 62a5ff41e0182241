"""scorecard.md: read in ten minutes, what needs a decision first. A lint or a test shows its findings."""

from __future__ import annotations

from collections.abc import Iterator

from ... import __version__
from ...model.measurement import Scorecard
from ..doc.markdown import Section, table, write
from ..view.details import facts, headline, unknown_text
from ..view.reported import COLUMNS, reported_cells
from ..view.result import Report
from ..view.rows import cells, dated
from ..view.scorecard_view import ScorecardView
from ..view.signals import signal_facts, signal_title, signals_to_show
from ..words.escape import code, prose
from ..words.markup import MARKDOWN
from ..words.phrases import day_text, status_text
from .findings import each, render_findings, rolled_up
from .overview import decisions, head, kpis, metrics, row_table

_HASH = 12  # figures of a definition's hash that tell it from the others


def render_markdown(report: Report) -> str:
    """The scorecard if there is one, else the findings."""
    return render_findings(report) if report.scorecard is None else scorecard_markdown(report.scorecard)


def scorecard_markdown(scorecard: Scorecard) -> str:
    """scorecard.md, in order of weight: a page that is too large loses its end."""
    scorecard_view = ScorecardView(scorecard)
    findings = sorted(scorecard.diagnostics, key=lambda f: f.sort_key)
    return write(
        [
            head(scorecard_view),
            decisions(scorecard_view),
            kpis(scorecard_view),
            _signals(scorecard_view),
            *_views(scorecard_view),
            _troubled(scorecard_view),
            _unknown(scorecard_view),
            _reported(scorecard_view),
            metrics(scorecard_view),
            each("Data quality", [f for f in findings if f.code.startswith("KPI6")], 30),
            each("Governance", [f for f in findings if f.code.startswith("KPI4")], 30),
            rolled_up("Other findings", [f for f in findings if not f.code.startswith(("KPI4", "KPI6"))]),
            _events(scorecard_view),
            _definitions(scorecard_view),
            Section("", (_foot(scorecard),)),
        ]
    )


def _signals(scorecard_view: ScorecardView) -> Section:
    """The signals that are on, and those whose state is unknown."""
    blocks = []
    for signal in signals_to_show(scorecard_view):
        lines = [f"### {prose(signal.name)}: {signal_title(signal)}", ""]
        lines += [f"- **{label}:** {text}" for label, text in signal_facts(signal, MARKDOWN)]
        blocks.append("\n".join(lines))
    return Section("Signals", tuple(blocks))


def _views(scorecard_view: ScorecardView) -> Iterator[Section]:
    """What each group of readers looks at, unless it is everything; a report of one view has no others."""
    if scorecard_view.scorecard.view is not None:
        return
    listed = {name: view for name, view in scorecard_view.scorecard.views.items() if view.kpis != "all" or view.limit}
    for name, view in listed.items():
        rows = [(s.status, {**cells(s.overall), "KPI": s.name}) for s in scorecard_view.in_view(view)]
        columns = ("Status", "KPI", *dated(scorecard_view), "Value", "Target", "Change")
        yield row_table(f"View: {prose(name)}", columns, rows)


def _troubled(scorecard_view: ScorecardView) -> Section:
    """Each missed or at-risk KPI: what it asks, where it is worst, what is done."""
    return Section("Missed and at risk", tuple(_story(scorecard_view)))


def _story(scorecard_view: ScorecardView) -> Iterator[str]:
    for standing in scorecard_view.troubled:
        waived = standing.overall is not None and standing.overall.waived
        lines = [f"### {prose(standing.name)}: {status_text(standing.status, waived=waived)}", ""]
        if standing.overall is not None:
            lines += [headline(standing.overall, MARKDOWN), ""]
        lines += [f"- **{label}:** {text}" for label, text in facts(standing, scorecard_view, MARKDOWN)]
        yield "\n".join(lines)


def _unknown(scorecard_view: ScorecardView) -> Section:
    rows = [(prose(standing.name), *unknown_text(standing.overall, MARKDOWN)) for standing in scorecard_view.unknown]
    return table("Unknown values", ("KPI", "Why", "What to do"), rows)


def _reported(scorecard_view: ScorecardView) -> Section:
    """What others reported for the same periods; it judges nothing."""
    return table("Reported by others", COLUMNS, reported_cells(scorecard_view, MARKDOWN))


def _events(scorecard_view: ScorecardView) -> Section:
    blocks = tuple(f"- {day_text(event.date)}: {prose(event.what)}" for event in scorecard_view.events)
    return Section("Events in these periods", blocks, noun="item")


def _definitions(scorecard_view: ScorecardView) -> Section:
    """A line each: what a number means, and the hash that changes when the meaning does."""
    return Section("Definitions", tuple(_definition_lines(scorecard_view)), noun="item")


def _definition_lines(scorecard_view: ScorecardView) -> Iterator[str]:
    for standing in scorecard_view.standings:
        if standing.definition is None:
            continue
        formula = code(standing.definition.formula or "") or "no formula"
        where = f" where {code(standing.definition.where)}" if standing.definition.where else ""
        source = f" of {code(standing.definition.dataset)}" if standing.definition.dataset else ""
        stamp = standing.overall.definition.rpartition(":")[2][:_HASH] if standing.overall else ""
        hashed = f" · {code(stamp)}" if stamp else ""
        yield f"- **{prose(standing.name)}** ({code(standing.id)}){hashed}: {formula}{source}{where}"


def _foot(scorecard: Scorecard) -> str:
    return (
        f"---\n\nMade by kpi {__version__} with {prose(scorecard.engine)}"
        f" (isolation: {prose(scorecard.isolation)}), as of {scorecard.as_of.isoformat()}."
    )
