"""Where a dataset's rows begin: sentinel dates and strays do not move it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..model.record import Record

_SENTINELS = frozenset(dt.date(*day) for day in (
    (1, 1, 1), (1601, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1970, 1, 1),
))  # fmt: skip
"""Days by which programs say that there is none."""
_FEW = 0.01
_PAUSE = dt.timedelta(days=30)


class Beginning(Record):
    """The oldest time that belongs to the rest, and the rows that are older: how many, and their first day."""

    oldest: dt.datetime
    strays: int = 0
    first_stray: dt.date | None = None


def beginning_of(days: Sequence[tuple[dt.date, int, dt.datetime]]) -> Beginning | None:
    """Where rows begin; `days` are those that have any, in their order: how many, and the oldest time of each.

    Rows are strays that are less than 1 % of all and stand before a pause of more than 30 days.
    """
    real = [day for day in days if day[0] not in _SENTINELS]
    if not real:
        return None
    few, before, first = _FEW * sum(count for _, count, _ in days), 0, 0
    for number, (day, count, _) in enumerate(real[:-1]):
        before += count
        if before >= few:
            break
        if real[number + 1][0] - day > _PAUSE:
            first = number + 1
    odd = [day for day in days if day[0] in _SENTINELS or day[0] < real[first][0]]
    return Beginning(real[first][2], sum(count for _, count, _ in odd), odd[0][0] if odd else None)
