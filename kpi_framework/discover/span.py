"""From when to when an export's data are complete, so that its newest whole month can be judged and none before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from ..model.record import Record

FRESH = dt.timedelta(days=2)
"""What kpi.yaml says of freshness: a month that begins so shortly before the data is reached."""
SENTINELS = frozenset(dt.date(*day) for day in (
    (1, 1, 1), (1601, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1970, 1, 1), (9999, 12, 31),
))  # fmt: skip
"""Days by which programs say that there is none."""
_DAY = dt.timedelta(days=1)
_SHORT = dt.timedelta(days=3)
_LONG = dt.timedelta(days=15)
_UNKNOWN = dt.timedelta(days=7)
_FEW = 10
_STRAYS = 0.01
_GAP = dt.timedelta(days=30)
_MAX_BASELINE = 60

Days = Sequence[tuple[dt.date, int]]
"""Days in their order, and how many rows each has."""


class DataSpan(Record):
    """What kpi.yaml and the KPIs say of time."""

    first: dt.date
    """The oldest row's day, strays left out."""
    last: dt.date
    """The newest row's day."""
    as_of: dt.date | None
    """The day of the export; None: it is renewed every day."""
    complete_from: dt.date | None
    """Stated where the oldest row alone would leave no whole month to judge."""
    complete_through: dt.date | None
    """Until when an export that is not renewed is complete; None: until its newest row."""
    baseline: tuple[dt.date, dt.date] | None
    """The whole months before the judged one; None where the data have none."""
    judged: dt.date | None
    """The first day of the newest whole month; None where the data have none."""


def span_of(days: Days, newest: dt.date, today: dt.date) -> DataSpan | None:
    """The span of rows on these days; `newest` is the last day on which anything in the export happened."""
    rows = _without_strays(days)
    if not rows:
        return None
    first, last = rows[0][0], rows[-1][0]
    pause = _pause(rows)
    newest = min(max(newest, last), max(today, last))
    is_live = today - last <= FRESH
    through = _through(last, newest, pause)
    as_of = today if is_live else min(newest, through + FRESH)
    reached, stated = _beginning(first, as_of, through, pause)
    judged = _judged(reached, as_of, through)
    return DataSpan(
        first, last, None if is_live else as_of, stated, None if is_live else through,
        _baseline(reached, judged), judged,
    )  # fmt: skip


def _without_strays(days: Days) -> Days:
    """The days without sentinel dates, and without a few rows long before all others."""
    real = [day for day in days if day[0] not in SENTINELS]
    few, before, first = _STRAYS * sum(rows for _, rows in real), 0, 0
    for number, ((day, rows), (following, _)) in enumerate(pairwise(real)):
        before += rows
        if before >= few:
            break
        first = number + 1 if following - day > _GAP else first
    return real[first:]


def _pause(days: Days) -> dt.timedelta:
    """So long the desk had nothing to do at times: a gap of this length at an end need not mean that rows lack."""
    gaps = [following - day for (day, _), (following, _) in pairwise(days)]
    usual = max(gaps, default=_UNKNOWN)
    return min(max(usual, _SHORT if len(days) >= _FEW else _UNKNOWN), _LONG)


def _through(last: dt.date, newest: dt.date, pause: dt.timedelta) -> dt.date:
    """Until when the rows are complete: up to the export, or to the end of a month that was asked for."""
    if newest - last <= pause:
        return newest
    end = _next_month(last) - _DAY
    return end if end - last <= pause and newest >= end else last


def _beginning(first: dt.date, as_of: dt.date, through: dt.date, pause: dt.timedelta) -> tuple[dt.date, dt.date | None]:
    """The first month that the data reach, and the day to state where it is not clear from the oldest row."""
    month = first.replace(day=1)
    if first - month <= FRESH:
        return month, None
    following = _next_month(first)
    if first - month <= pause and _judged(following, as_of, through) is None:
        return month, month
    return following, None


def _judged(reached: dt.date, as_of: dt.date, through: dt.date) -> dt.date | None:
    """The newest month that is whole, settled after the usual days, and in the data."""
    month = (as_of - FRESH + _DAY).replace(day=1)
    while month > through + FRESH:
        month = (month - _DAY).replace(day=1)
    month = (month - _DAY).replace(day=1)
    return month if month >= reached else None


def _baseline(reached: dt.date, judged: dt.date | None) -> tuple[dt.date, dt.date] | None:
    """The two whole months before the judged one if they have no more than 60 days, else the one before it.

    A month compared with itself is always on target.
    """
    if judged is None or (judged - _DAY).replace(day=1) < reached:
        return None
    end = judged - _DAY
    start = end.replace(day=1)
    earlier = (start - _DAY).replace(day=1)
    return (earlier if earlier >= reached and (end - earlier).days < _MAX_BASELINE else start), end


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
