"""Signals, changes, data quality, the quarterly review and the glossary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model.change import ChangeClass, HistoryEvent
from ...model.diagnostic import Diagnostic
from ...model.measurement import Reason, Status
from ..doc.model import Block, Code, Document, Facts, Paragraph, Points, Section, Table, Text
from ..pages.diff import parted, shorten
from ..pages.findings import each, rolled_up
from ..pages.overview import decisions
from ..pages.scorecard_markdown import stories
from ..view.details import unknown_text
from ..view.signals import signal_badge, signal_facts
from ..words.phrases import REASONS, counted, day_text
from .context import SiteContext, signed
from .overview import kpi_table, sentence

_GOALPOSTS = (ChangeClass.LOOSENED, ChangeClass.BACKDATED, ChangeClass.RESTATING, ChangeClass.REMOVED)
_MOST = 200


def signals(context: SiteContext) -> Document:
    """What several KPIs say together: those that are on first."""
    ordered = sorted(context.site.scorecard.signals, key=lambda s: ("on", "unknown", "off").index(s.state.value))
    sections = (Section(s.name, (Facts(tuple(signal_facts(s))),), signal_badge(s), level=2) for s in ordered)
    return Document("Signals", (Paragraph("" if ordered else "This project has no signals."), *sections))


def changes(context: SiteContext) -> Document:
    """Who changed which definition, when and why: goalposts first."""
    events = tuple(reversed(context.site.events))
    goalposts = [e for e in events if e.change.cls in _GOALPOSTS]
    others = [e for e in events if e.change.cls not in _GOALPOSTS]
    moved = f"{counted(len(goalposts), 'change')} moved a goalpost or what a number means."
    intro = f"{counted(len(events), 'change')}. {moved}"
    blocks = (
        Paragraph(intro if events else "Git tells no changes of these definitions."),
        Section("Goalposts", (_change_table(context, goalposts),)),
        Section("Other changes", (_change_table(context, others),)),
    )
    return Document("Changes", blocks)


def _change_table(context: SiteContext, events: Iterable[HistoryEvent]) -> Table:
    rows = tuple(_change(context, event) for event in list(events)[:_MOST])
    return Table(("Day", "KPI", "Class", "What", "Reason", "Author", "Commit"), rows, folding="What", is_sortable=True)


def _change(context: SiteContext, event: HistoryEvent) -> tuple[Text, ...]:
    before, after = parted(event.change.before, event.change.after)
    what: Text = (Code(event.change.field), ": ", Code(shorten(before)), " → ", Code(shorten(after)))
    name = context.link(event.change.kpi) if event.change.kpi else Code("kpi.yaml")
    day = f"{event.commit.committed_at:%Y-%m-%d}"
    return (
        day,
        name,
        event.change.cls.value,
        what,
        event.reason or "none given",
        event.commit.author,
        Code(event.commit.name[:10]),
    )


def data(context: SiteContext) -> Document:
    """What is known of the data: findings, and for each definition the rows that its number stands on."""
    findings = sorted(context.site.findings, key=lambda finding: finding.sort_key)
    of_data = [f for f in findings if f.code.startswith("KPI6")]
    blocks = (
        Paragraph("Every value says how many rows it was measured from; what was left out, and why, stands here."),
        each("Findings on the data", of_data, _MOST),
        Section("Rows behind each value", (_rows(context),)),
        Section("Unknown values", (Points(tuple(_unknown(context))),), name="unknown"),
        rolled_up("Other findings", _rest(findings, of_data)),
    )
    return Document("Data quality", blocks)


def _rest(findings: Iterable[Diagnostic], but: list[Diagnostic]) -> list[Diagnostic]:
    return [finding for finding in findings if finding not in but]


def _rows(context: SiteContext) -> Table:
    rows = []
    for standing in context.view.everything:
        overall, definition = standing.overall, standing.definition
        if overall is not None and overall.population is not None and definition is not None:
            counts = (overall.population, overall.measured, overall.missing, overall.excluded)
            rows.append((context.link(standing.id), Code(definition.dataset or ""), *(f"{c or 0:,}" for c in counts)))
    columns = ("KPI", "Dataset", "Population", "Measured", "Missing", "Excluded")
    return Table(columns, tuple(rows), columns[2:], "KPI")


def _unknown(context: SiteContext) -> Iterator[Text]:
    for standing in context.view.unknown:
        why, remedy = unknown_text(standing.overall)
        yield (context.link(standing.id), ": ", why, " ", remedy)


def review(context: SiteContext) -> Document:
    """The quarterly business review: everything that a meeting needs, on paper."""
    agenda = context.site.agenda
    due = tuple((f"{day_text(d.day)}: ", d.name, f", {d.duty.value}: ", d.what, " (", Code(d.who or "no owner"), ")")
                for d in agenda.items) if agenda else ()  # fmt: skip
    blocks: tuple[Block, ...] = (
        Paragraph(sentence(context)),
        _legend(),
        decisions(context.view),
        Section("KPIs", (kpi_table(context, context.view.kpis),)),
        Section("Trends", tuple(_trends(context))),
        Section("Missed and at risk", tuple(stories(context.view, has_owner=True))),
        Section("What is due", (Points(due) if due else Paragraph("Nothing is due this month."),)),
        Section(
            "Goalposts moved",
            (_change_table(context, [e for e in reversed(context.site.events) if e.change.cls in _GOALPOSTS]),),
        ),
    )
    return Document((context.site.scorecard.project, ": review"), blocks)


def _legend() -> Paragraph:
    words = [signed(status, status.word) for status in (Status.MET, Status.NEAR, Status.MISSED, Status.UNKNOWN)]
    return Paragraph(("Signs: ", *(part for word in words for part in (word, " "))))


def _trends(context: SiteContext) -> Iterator[Block]:
    for standing in context.view.kpis:
        series = context.series(standing.id)
        if series is not None:
            yield Section(standing.name, (series.chart(is_alone=True),), level=3)


def glossary(_context: SiteContext) -> Document:
    """The words of these pages."""
    words = {
        "KPI": "A number with an owner, a target, a review and an action. It is judged.",
        "Metric": "A number that informs and is never judged.",
        "Target": "The limit that a value must keep. The one in force on a period's first day judges that period.",
        "Baseline": "What the value was before, frozen in a file.",
        "Met, at risk, missed": "On the right side of the target; past it, but within the at-risk zone; beyond.",
        "Unknown": "No judgement is possible, for a reason that is given. It is neither zero nor good.",
        "Population, measured, missing, excluded": "The rows of the period; those with all needed values; those "
        "without; those that the condition leaves out.",
        "95 % interval": "Where the value could lie by chance. It informs and never judges.",
        "Pattern": "Two words beside the status. The first says whether the last value is noise: steady, improving, "
        "worsening. The second says what the target can expect of a process that goes on like this.",
        "Usual range": "The mean of the first points, plus and minus 2.66 times their mean change from point to point.",
        "As of": "The instant at which the data are looked at: what came later is not read.",
        "Waiver": "A miss that is accepted until a day, up to a limit, by somebody who is not the owner.",
        **{f"Class {cls.value}": cls.meaning for cls in ChangeClass},
        **{f"Reason {reason.value}": REASONS[reason][0] for reason in Reason},
    }
    return Document("Glossary", (Facts(tuple(words.items())),))
