"""One measurement as the cells of a table, the same on paper and on screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model.measurement import Measurement, Status
from ..words.phrases import segment_text, short_period_text, status_text
from ..words.values import NONE, show_change, show_distance, show_target, show_value
from .scorecard_view import Insight

Row = tuple[Status, dict[str, str]]
"""The status, for colour, and the cells by column."""
SEGMENTS = 8
"""Segments shown under a KPI; the rest is counted."""
VALUES = ("Value", "Target", "To target", "Baseline", "Change")


def cells(one: Measurement | None) -> dict[str, str]:
    """The cells by column. An unknown value is compared with nothing: it must not look like a result."""
    if one is None:
        return {"Status": status_text(Status.UNKNOWN), "Period": NONE, **dict.fromkeys(VALUES, NONE)}
    is_known = one.status is not Status.UNKNOWN
    unfrozen = "" if one.frozen or one.baseline is None else " (not frozen)"
    return {
        "Status": status_text(one.status, waived=one.waived),
        "Period": short_period_text(one.period),
        "Value": show_value(one.value, one.unit, one.target),
        "Target": show_target(one.target, one.unit, one.value),
        "To target": show_distance(one.value, one.target, one.unit) if is_known else NONE,
        "Baseline": show_value(one.baseline, one.unit) + unfrozen,
        "Change": show_change(one.value, one.previous, one.unit, one.target) if is_known else NONE,
    }


def kpi_rows(insight: Insight) -> Iterator[Row]:
    """Every KPI, under it the weightiest of the segments that have targets of their own."""
    for one in insight.kpis:
        yield (
            one.status,
            {**cells(one.whole), "KPI": one.name, "Trend": one.trend, "Owner": one.owner or "nobody"},
        )
        for part in one.segments[:SEGMENTS]:
            yield part.status, {**cells(part), **_named(part), "Trend": insight.trend(part)}
        rest = len(one.segments) - SEGMENTS
        if rest > 0:
            empty = dict.fromkeys(("Status", "Period", *VALUES, "Trend", "Owner"), "")
            yield Status.INFORMATIVE, {**empty, "KPI": f"↳ and {rest} more"}


def _named(part: Measurement) -> dict[str, str]:
    return {"KPI": f"↳ {segment_text(part.segment)}", "Owner": ""}


def metric_rows(insight: Insight) -> Iterator[Row]:
    """What informs without being judged."""
    for one in insight.informative:
        yield one.status, {**cells(one.whole), "Metric": one.name, "Trend": one.trend}


def segment_rows(insight: Insight, parts: Iterable[Measurement]) -> Iterator[Row]:
    """One row a segment of the judged period."""
    for one in parts:
        named = {"Segment": segment_text(one.segment), "Measured": measured(one)}
        yield one.status, {**cells(one), **named, "Trend": insight.trend(one)}


def period_rows(series: Iterable[Measurement]) -> Iterator[Row]:
    """One row a period, the judged one marked."""
    for one in series:
        mark = {"Measured": measured(one), "": "← judged" if one.judged else ""}
        yield one.status, {**cells(one), **mark}


def measured(one: Measurement) -> str:
    """`409 of 412`; nothing for a derived one."""
    return NONE if one.measured is None else f"{one.measured:,} of {one.population or 0:,}"
