"""Figures that others reported, for readers: theirs, ours, the difference and what explains it."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.measurement import Attempt, Reconciliation
from ..doc.model import Text, joined
from ..words.phrases import counted, short_period_text
from ..words.values import NONE, show_difference, show_value
from .scorecard_view import ScorecardView

COLUMNS = ("KPI", "Period", "Reported by", "Reported", "Ours", "Difference", "What explains it")


def reported_of(scorecard_view: ScorecardView, kpi_id: str) -> tuple[Reconciliation, ...]:
    """The figures that others reported of one definition, newest period first."""
    own = (r for r in scorecard_view.scorecard.reported if r.kpi == kpi_id)
    return tuple(sorted(own, key=lambda r: r.period.start, reverse=True))


def reported_cells(scorecard_view: ScorecardView) -> Iterator[tuple[Text, ...]]:
    """A row for each figure of the definitions in the view."""
    for standing in scorecard_view.standings:
        for r in reported_of(scorecard_view, standing.id):
            yield (
                standing.name, short_period_text(r.period), r.figure.source,
                str(r.figure.value), show_value(r.value, r.unit), _difference(r), explanation(r),
            )  # fmt: skip


def reported_text(reconciliation: Reconciliation) -> Text:
    """`2026-09: Zendesk reported 47 min, ours is 52.5 min (5.50 min more). …` on one line."""
    r = reconciliation
    figure = (f"{short_period_text(r.period)}: ", r.figure.source, f" reported {r.figure.value}")
    so_far = "" if r.is_final else " so far"
    ours = f", ours is {show_value(r.value, r.unit)}{so_far}" if r.value is not None else ""
    more = f" ({_difference(r)})" if r.differs else ""
    return (figure, ours, more, ": ", explanation(r))


def explanation(reconciliation: Reconciliation) -> Text:
    """What gives the reported figure: our own value, another reading, or nothing that was tried."""
    r = reconciliation
    if r.value is None:
        return f"our value is unknown ({r.reason.value})" if r.reason else "our value is unknown"
    if r.agrees:
        return "they agree"
    if r.explanations:
        return ("explained by ", joined(" or by ", [_reading(attempt, r) for attempt in r.explanations]))
    if not r.attempts:
        return "not explained: there is no other reading to try"
    nearest = min(r.attempts, key=lambda attempt: abs(attempt.value - r.reported))
    is_nearer = abs(nearest.value - r.reported) < abs(r.value - r.reported)
    more = ("; the nearest is ", _reading(nearest, r)) if is_nearer else ""
    return (f"not explained by {counted(len(r.attempts), 'other reading')}", more)


def _reading(attempt: Attempt, r: Reconciliation) -> Text:
    return (attempt.words, f" ({show_value(attempt.value, r.unit)})")


def _difference(r: Reconciliation) -> str:
    if r.difference is None or not r.differs:
        return NONE
    return f"{show_difference(r.difference, r.unit)} {'more' if r.difference > 0 else 'less'}"
