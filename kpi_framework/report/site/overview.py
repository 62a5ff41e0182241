"""The first page: one sentence, what needs a decision, and a table that is read in one minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model.measurement import Measurement, Status
from ..doc.model import Block, Code, Document, Faint, File, Page, Paragraph, Points, Section, Strong, Table, Text
from ..pages.overview import decisions
from ..view.rows import by_urgency, standing_status
from ..view.scorecard_view import Standing
from ..view.summary import when_text
from ..words.behaviour import behaviour_words
from ..words.phrases import counted, period_text, segment_text, standing_text, streak_text
from ..words.values import NONE, show_change, show_distance, show_target, show_value
from .context import SiteContext, signed

_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def overview(context: SiteContext) -> Document:
    """What a manager reads in one minute."""
    blocks: tuple[Block, ...] = (
        Paragraph(Strong(sentence(context))),
        Paragraph(when_text(context.view)),
        decisions(context.view),
        Section("KPIs", (kpi_table(context, _executive(context)),)),
        _others(context),
        Section("Metrics (informative)", (metric_table(context),)),
        Section("For other programs", (Points(tuple(_files(context))),), name="files"),
    )
    return Document(context.site.scorecard.project, blocks, _foot(context))


def _files(context: SiteContext) -> Iterator[Text]:
    yield (File("measurements.csv", "CSV: every value"), ", a row for each KPI, period and segment")
    yield (File("feed.xml", "Feed: changes of status"), ", for a feed reader (Atom)")
    if context.site.calendar is not None:
        yield (File("due.ics", "Calendar: reviews and actions"), ", for a calendar (iCalendar)")
    yield (File("metrics.txt", "Metrics: judged values"), ", for a monitor (OpenMetrics)")
    yield (
        File("badge.svg", "Badge: how many are met"),
        ", for a README; ",
        File("badge.json", "the same for shields.io"),
    )


def sentence(context: SiteContext) -> str:
    """`5 of 7 met, 1 at risk, 1 missed in October 2026. One needs a decision.`"""
    statuses = [standing_status(standing) for standing in context.view.kpis]
    parts = [f"{statuses.count(Status.MET)} of {len(statuses)} met"]
    parts += [f"{n} {s.word}" for s in (Status.NEAR, Status.MISSED, Status.UNKNOWN) if (n := statuses.count(s))]
    periods = context.view.periods
    when = f" in {period_text(periods[0])}" if len(periods) == 1 else ""
    open_ = sum(status in (Status.MISSED, Status.UNKNOWN) for status in statuses)
    needs = "Nothing needs" if not open_ else "One needs" if open_ == 1 else f"{_word(open_)} need"
    return f"{', '.join(parts)}{when}. {needs} a decision."


def _word(count: int) -> str:
    return _NUMBERS[count].capitalize() if count < len(_NUMBERS) else str(count)


def _executive(context: SiteContext) -> tuple[Standing, ...]:
    """The KPIs of the executive view and all that are not met; without such a view all that are judged."""
    executive = context.site.scorecard.views.get("executive")
    if executive is None:
        return context.view.kpis
    ids = {standing.id for standing in context.view.in_view(executive)}
    return tuple(s for s in context.view.kpis if s.id in ids or standing_status(s) is not Status.MET)


def _others(context: SiteContext) -> Paragraph:
    left = len(context.view.kpis) - len(_executive(context))
    return Paragraph(
        (Page("operations", f"{counted(left, 'more KPI')} on the page Operations"), ".") if left > 0 else ""
    )


def kpi_table(context: SiteContext, standings: Iterable[Standing]) -> Table:
    """A row a KPI, the worst first; under it the segments that are not met."""
    ordered = by_urgency(standings)
    rows = tuple(row for standing in ordered for row in _rows(context, standing))
    when = _heading([s.overall for s in ordered if s.overall])
    columns = ("Status", "KPI", when, "Target", "Gap", "Trend", "Change", "Pattern")
    return Table(columns, rows, (when, "Target"), "KPI")


def _heading(measurements: Iterable[Measurement]) -> str:
    periods = {period_text(m.period) for m in measurements}
    return next(iter(periods)) if len(periods) == 1 else "Value"


def _rows(context: SiteContext, standing: Standing) -> Iterator[tuple[Text, ...]]:
    series = context.series(standing.id)
    owner = (" ", Faint(("· ", Code(standing.owner)))) if standing.owner else ""
    drawing = series.small() if series else ""
    yield (
        _state(standing),
        (context.link(standing.id), owner),
        *_cells(standing.overall),
        drawing,
        _change(standing.overall),
        behaviour_words(standing.overall),
    )
    troubled = [m for m in standing.segments if m.status in (Status.MISSED, Status.NEAR)]
    for measurement in troubled:
        name = f"↳ {segment_text(measurement.segment)}"
        state = signed(measurement.status, standing_text(measurement))
        yield (state, name, *_cells(measurement), "", _change(measurement), "")
    if standing.segments:
        met = sum(m.status is Status.MET for m in standing.segments)
        yield ("", f"↳ {met} of {counted(len(standing.segments), 'segment')} met", "", "", "", "", "", "")


def _state(standing: Standing) -> Text:
    if standing.overall is None:
        return signed(Status.UNKNOWN, Status.UNKNOWN.word)
    waiver = standing.overall.waiver
    words = standing_text(standing.overall).replace(" (waived)", f", accepted until {waiver.until}" if waiver else "")
    again = streak_text(standing.in_a_row) if standing.status in (Status.MISSED, Status.NEAR) else ""
    return (signed(standing_status(standing), words), Faint(f" {again}") if again else "")


def _cells(measurement: Measurement | None) -> tuple[Text, Text, Text]:
    if measurement is None:
        return NONE, NONE, NONE
    goal, unit, value = measurement.target, measurement.unit, measurement.value
    is_known = Status.UNKNOWN not in (measurement.status, measurement.would_be)
    rows = f" {measurement.measured:,} measured" if measurement.measured is not None else ""
    shown = (show_value(value, unit, goal), Faint(rows) if rows else "")
    return shown, show_target(goal, unit, value), show_distance(value, goal, unit) if is_known else NONE


def _change(measurement: Measurement | None) -> str:
    if measurement is None or Status.UNKNOWN in (measurement.status, measurement.would_be):
        return NONE
    return show_change(measurement.value, measurement.previous, measurement.unit, measurement.target)


def metric_table(context: SiteContext) -> Table:
    """What informs without being judged."""
    rows = []
    for standing in context.view.informative:
        series = context.series(standing.id)
        value, _, _ = _cells(standing.overall)
        period = period_text(standing.overall.period) if standing.overall else NONE
        drawing = series.small() if series else ""
        rows.append(
            (
                context.link(standing.id),
                value,
                period,
                drawing,
                _change(standing.overall),
                behaviour_words(standing.overall),
            )
        )
    columns = ("Metric", "Value", "Period", "Trend", "Change", "Pattern")
    return Table(columns, tuple(rows), ("Value",), "Metric")


def _foot(context: SiteContext) -> Text:
    scorecard = context.site.scorecard
    where = (" at commit ", Code(context.site.commit[:12])) if context.site.commit else ""
    changed = "" if context.site.is_clean else ", with changes that are not committed"
    return ("As of ", Code(scorecard.as_of.isoformat()), where, changed, f". Made with {scorecard.engine}.")
