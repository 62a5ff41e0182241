"""One measurement as the cells of a table, the same on paper and on screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...model.measurement import Measurement, Status
from ..words.behaviour import behaviour_words
from ..words.phrases import counted, segment_text, short_period_text, standing_text, status_text
from ..words.values import NONE, show_change, show_distance, show_target, show_value
from .scorecard_view import ScorecardView, Standing

Row = tuple[Status, dict[str, str]]
"""The status, for colour, and the cells by column."""
SEGMENTS = 8
"""Segments shown under a KPI; the rest is counted."""
VALUES = ("Value", "Target", "To target", "Change")
_URGENCY = (Status.MISSED, Status.UNKNOWN, Status.NEAR, Status.MET, Status.INFORMATIVE)
_TROUBLED = (Status.MISSED, Status.NEAR, Status.UNKNOWN)


def dated(scorecard_view: ScorecardView) -> tuple[str, ...]:
    """The column that tells each row's period, where the rows are of several: a week's count is no month's."""
    return ("Period",) if len(scorecard_view.periods) > 1 else ()


def cells(measurement: Measurement | None) -> dict[str, str]:
    """The cells by column. An unknown value is compared with nothing: it must not look like a result."""
    if measurement is None:
        return {"Status": status_text(Status.UNKNOWN), "Period": NONE, "Behaviour": NONE, **dict.fromkeys(VALUES, NONE)}
    is_known = Status.UNKNOWN not in (measurement.status, measurement.would_be)
    change = show_change(measurement.value, measurement.previous, measurement.unit, measurement.target)
    return {
        "Status": standing_text(measurement),
        "Period": short_period_text(measurement.period),
        "Value": show_value(measurement.value, measurement.unit, measurement.target),
        "Target": show_target(measurement.target, measurement.unit, measurement.value),
        "To target": show_distance(measurement.value, measurement.target, measurement.unit) if is_known else NONE,
        "Change": change if is_known else NONE,
        "Behaviour": behaviour_words(measurement) or NONE,
    }


def by_urgency(standings: Iterable[Standing]) -> list[Standing]:
    """What is missed first, then what is unknown, at risk and met; inside that the definitions' order."""
    return sorted(standings, key=lambda standing: _URGENCY.index(standing_status(standing)))


def standing_status(standing: Standing) -> Status:
    """The status; of a draft the one that it would have."""
    overall = standing.overall
    return overall.would_be if overall is not None and overall.would_be is not None else standing.status


def kpi_rows(scorecard_view: ScorecardView) -> Iterator[Row]:
    """Every KPI, the most urgent first; under it its segments that are not met, and how many are."""
    for standing in by_urgency(scorecard_view.kpis):
        before = status_before(scorecard_view, standing)
        about = {"KPI": standing.name, "Trend": standing.trend, "Before": status_text(before) if before else NONE}
        yield standing.status, {**cells(standing.overall), **about}
        troubled = [segment for segment in standing.segments if segment.status in _TROUBLED]
        for segment in troubled[:SEGMENTS]:
            yield segment.status, {**cells(segment), **_named(segment), "Trend": scorecard_view.trend(segment)}
        if folded := _folded(standing, troubled):
            empty = dict.fromkeys(("Status", "Before", "Period", *VALUES, "Behaviour", "Trend"), "")
            yield Status.INFORMATIVE, {**empty, "KPI": f"↳ {folded}"}


def status_before(scorecard_view: ScorecardView, standing: Standing) -> Status | None:
    """The status of the period before the judged one, where it is known."""
    if standing.overall is None:
        return None
    series, end = scorecard_view.series(standing.id), standing.overall.period.start
    return next((m.status for m in series if m.period.end == end and m.status is not Status.INFORMATIVE), None)


def _folded(standing: Standing, troubled: Sequence[Measurement]) -> str:
    """The segments that have no row: those that are met, and those beyond the first few."""
    met, left = len(standing.segments) - len(troubled), len(troubled) - SEGMENTS
    more = f"{counted(left, 'more segment')} not met" if left > 0 else ""
    kept = f"{met} of {counted(len(standing.segments), 'segment')} met" if met else ""
    return ", ".join(filter(None, (more, kept)))


def _named(measurement: Measurement) -> dict[str, str]:
    return {"KPI": f"↳ {segment_text(measurement.segment)}", "Before": ""}


def metric_rows(scorecard_view: ScorecardView) -> Iterator[Row]:
    """What informs without being judged."""
    for standing in scorecard_view.informative:
        yield standing.status, {**cells(standing.overall), "Metric": standing.name, "Trend": standing.trend}


def segment_rows(scorecard_view: ScorecardView, measurements: Iterable[Measurement]) -> Iterator[Row]:
    """One row a segment of the judged period."""
    for measurement in measurements:
        named = {"Segment": segment_text(measurement.segment), "Measured": measured(measurement)}
        yield measurement.status, {**cells(measurement), **named, "Trend": scorecard_view.trend(measurement)}


def period_rows(series: Iterable[Measurement]) -> Iterator[Row]:
    """One row a period, the judged one marked."""
    for measurement in series:
        mark = {"Measured": measured(measurement), "": "← judged" if measurement.judged else ""}
        yield measurement.status, {**cells(measurement), **mark}


def measured(measurement: Measurement) -> str:
    """`409 of 412`; nothing for a derived one."""
    return NONE if measurement.measured is None else f"{measurement.measured:,} of {measurement.population or 0:,}"
