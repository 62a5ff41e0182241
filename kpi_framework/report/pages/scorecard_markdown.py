"""scorecard.md: read in ten minutes, what needs a decision first. A lint or a test shows its findings."""

from __future__ import annotations

from collections.abc import Iterator

from ... import __version__
from ...model.measurement import Scorecard
from ..doc.markdown import markdown
from ..doc.model import (
    Block,
    Code,
    Disclosure,
    Document,
    Facts,
    Paragraph,
    Points,
    Section,
    Strong,
    Table,
    Text,
    joined,
)
from ..view.details import facts, headline, unknown_text
from ..view.reported import COLUMNS, reported_cells
from ..view.result import Report
from ..view.scorecard_view import ScorecardView, Standing
from ..view.signals import signal_badge, signal_facts, signals_to_show
from ..words.phrases import day_text
from .findings import each, findings_page, rolled_up
from .overview import decisions, head, kpis, metrics, turned

_HASH = 12  # figures of a definition's hash that tell it from the others


def render_markdown(report: Report) -> str:
    """The scorecard if there is one, else the findings."""
    return markdown(findings_page(report)) if report.scorecard is None else scorecard_markdown(report.scorecard)


def scorecard_markdown(scorecard: Scorecard) -> str:
    """scorecard.md."""
    return markdown(scorecard_page(scorecard))


def scorecard_page(scorecard: Scorecard) -> Document:
    """The scorecard in order of weight: a page that is too large loses its end."""
    scorecard_view = ScorecardView(scorecard)
    findings = sorted(scorecard.diagnostics, key=lambda f: f.sort_key)
    blocks = (
        *head(scorecard_view),
        decisions(scorecard_view),
        turned(scorecard_view),
        kpis(scorecard_view),
        signals(scorecard_view),
        *_views(scorecard_view),
        Section("Missed and at risk", tuple(stories(scorecard_view))),
        _unknown(scorecard_view),
        Section("Reported by others", (Table(COLUMNS, tuple(reported_cells(scorecard_view))),)),
        metrics(scorecard_view),
        each("Data quality", [f for f in findings if f.code.startswith("KPI6")], 30),
        each("Governance", [f for f in findings if f.code.startswith("KPI4")], 30),
        rolled_up("Other findings", [f for f in findings if not f.code.startswith(("KPI4", "KPI6"))]),
        _events(scorecard_view),
        Section("Definitions", (_folded("What each number means", tuple(_definitions(scorecard_view))),)),
    )
    return Document((scorecard.project, ": KPI scorecard"), blocks, _foot(scorecard))


def signals(scorecard_view: ScorecardView) -> Section:
    """The signals that are on, and those whose state is unknown."""
    shown = signals_to_show(scorecard_view)
    each_one = (Section(s.name, (Facts(tuple(signal_facts(s))),), signal_badge(s), level=3) for s in shown)
    return Section("Signals", tuple(each_one))


def _views(scorecard_view: ScorecardView) -> Iterator[Section]:
    """What each group of readers looks at, unless it is everything: how it stands, since the values stand above."""
    if scorecard_view.scorecard.view is not None:
        return
    listed = {name: view for name, view in scorecard_view.scorecard.views.items() if view.kpis != "all" or view.limit}
    lines = tuple(
        (Strong(name), ": ", joined(", ", [(s.name, f" {s.status.word}") for s in scorecard_view.in_view(view)]))
        for name, view in listed.items()
    )
    yield Section("Views", (Points(lines),))


def _folded(summary: str, lines: tuple[Text, ...]) -> Disclosure:
    return Disclosure(summary, (Points(lines),))


def stories(scorecard_view: ScorecardView, *, has_owner: bool = False) -> Iterator[Section]:
    """Each missed or at-risk KPI: what it asks, where it is worst, what is done, and whose it is."""
    for standing in scorecard_view.troubled:
        overall = standing.overall
        value: tuple[Block, ...] = (Paragraph(headline(overall)),) if overall is not None else ()
        owner = [("Owner", Code(standing.owner))] if has_owner and standing.owner else []
        about = Facts((*facts(standing, scorecard_view), *owner))
        yield Section(standing.name, (*value, about), standing.badge, level=3)


def _unknown(scorecard_view: ScorecardView) -> Section:
    rows = [(standing.name, *unknown_text(standing.overall)) for standing in scorecard_view.unknown]
    return Section("Unknown values", (Table(("KPI", "Why", "What to do"), tuple(rows)),))


def _events(scorecard_view: ScorecardView) -> Section:
    lines = [(f"{day_text(event.date)}: ", event.what) for event in scorecard_view.events]
    return Section("Events in these periods", (Points(tuple(lines)),))


def _definitions(scorecard_view: ScorecardView) -> Iterator[Text]:
    """A line each: what a number means, and the hash that changes when the meaning does."""
    for standing in scorecard_view.standings:
        if standing.definition is not None:
            yield (Strong(standing.name), " (", Code(standing.id), ")", *_meaning(standing))


def _meaning(standing: Standing) -> Iterator[Text]:
    definition = standing.definition
    if standing.overall is not None and (stamp := standing.overall.definition.rpartition(":")[2][:_HASH]):
        yield (" · ", Code(stamp))
    if definition is not None:
        yield (": ", Code(definition.formula) if definition.formula else "no formula")
        yield (" of ", Code(definition.dataset)) if definition.dataset else ""
        yield (" where ", Code(definition.where)) if definition.where else ""


def _foot(scorecard: Scorecard) -> Text:
    as_of = Code(scorecard.as_of.isoformat())
    isolation = (" (isolation: ", scorecard.isolation, ")")
    return (f"Made by kpi {__version__} with ", scorecard.engine, isolation, ", as of ", as_of, ".")
