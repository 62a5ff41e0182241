"""One measurement as the cells of a table, the same on paper and on screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model.measurement import Measurement, Status
from ..words.behaviour import behaviour_words
from ..words.phrases import counted, segment_text, short_period_text, standing_text, status_text
from ..words.values import NONE, show_change, show_distance, show_target, show_value
from .scorecard_view import ScorecardView

Row = tuple[Status, dict[str, str]]
"""The status, for colour, and the cells by column."""
SEGMENTS = 8
"""Segments shown under a KPI; the rest is counted."""
VALUES = ("Value", "Target", "To target", "Baseline", "Change")


def dated(scorecard_view: ScorecardView) -> tuple[str, ...]:
    """The column that tells each row's period, where the rows are of several: a week's count is no month's."""
    return ("Period",) if len(scorecard_view.periods) > 1 else ()


def cells(measurement: Measurement | None) -> dict[str, str]:
    """The cells by column. An unknown value is compared with nothing: it must not look like a result."""
    if measurement is None:
        return {"Status": status_text(Status.UNKNOWN), "Period": NONE, "Behaviour": NONE, **dict.fromkeys(VALUES, NONE)}
    is_known = Status.UNKNOWN not in (measurement.status, measurement.would_be)
    change = show_change(measurement.value, measurement.previous, measurement.unit, measurement.target)
    unfrozen = "" if measurement.frozen or measurement.baseline is None else " (not frozen)"
    return {
        "Status": standing_text(measurement),
        "Period": short_period_text(measurement.period),
        "Value": show_value(measurement.value, measurement.unit, measurement.target),
        "Target": show_target(measurement.target, measurement.unit, measurement.value),
        "To target": show_distance(measurement.value, measurement.target, measurement.unit) if is_known else NONE,
        "Baseline": show_value(measurement.baseline, measurement.unit) + unfrozen,
        "Change": change if is_known else NONE,
        "Behaviour": behaviour_words(measurement) or NONE,
    }


def kpi_rows(scorecard_view: ScorecardView) -> Iterator[Row]:
    """Every KPI, under it the weightiest of the segments that have targets of their own."""
    for standing in scorecard_view.kpis:
        about = {"KPI": standing.name, "Trend": standing.trend, "Owner": standing.owner or "no owner"}
        yield standing.status, {**cells(standing.overall), **about}
        for segment in standing.segments[:SEGMENTS]:
            yield segment.status, {**cells(segment), **_named(segment), "Trend": scorecard_view.trend(segment)}
        left = len(standing.segments) - SEGMENTS
        if left > 0:
            empty = dict.fromkeys(("Status", "Period", *VALUES, "Behaviour", "Trend", "Owner"), "")
            more = f"↳ and {counted(left, 'more segment')}"
            yield Status.INFORMATIVE, {**empty, "KPI": more}


def _named(measurement: Measurement) -> dict[str, str]:
    return {"KPI": f"↳ {segment_text(measurement.segment)}", "Owner": ""}


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
