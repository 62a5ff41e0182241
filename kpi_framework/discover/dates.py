"""Day before month, or month before day: what the cells, their order and the calendar say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from ..model.record import Record
from ..model.source import swapped
from .timestamp_formats import read

Cells = Sequence[str]
"""The cells of a column in some rows, blank ones too: the same rows for every column."""
Moments = Sequence[dt.datetime | None]
_SURE, _ODD = 0.98, 0.9
_SORTED, _UNSORTED = 0.95, 0.85
_LEAST = 8
_DENSER = 5
_FIGURES = re.compile(r"\d+$")


class DateOrder(Record):
    """Whether the day stands first, and what says so; None where nothing does, or not all with one voice."""

    day_first: bool | None
    reasons: tuple[str, ...] = ()

    def chosen(self, form: str) -> tuple[str, ...]:
        """A format in this order; in both where it is not known."""
        first, second = (form, swapped(form)) if is_day_first(form) else (swapped(form), form)
        return (first, second) if self.day_first is None else (first,) if self.day_first else (second,)


class Reading(Record):
    """Columns of times of the same rows, all read in one order of day and month."""

    columns: Mapping[str, Moments]
    ids: Sequence[int | None] = ()
    """The numbers in the rows' ids, as far as they have any."""
    now: dt.datetime = dt.datetime.max


def is_day_first(form: str) -> bool:
    """Whether the day stands before the month."""
    return form.index("%d") < form.index("%m")


def reading(columns: Mapping[str, tuple[Cells, str]], ids: Cells, now: dt.datetime) -> Reading:
    """The columns, each by its format."""
    moments = {name: [read(cell, form) for cell in cells] for name, (cells, form) in columns.items()}
    numbers = [int(found[0]) if (found := _FIGURES.search(cell)) else None for cell in ids]
    return Reading(moments, numbers, now.replace(tzinfo=None))


def order_of(day_first: Reading, month_first: Reading) -> DateOrder:
    """What speaks for one of the two orders."""
    votes: dict[bool, list[str]] = {True: [], False: []}
    for vote, reason in _votes(day_first, month_first):
        votes[vote].append(reason)
    if all(votes.values()):
        return DateOrder(None, (*votes[True], *votes[False]))
    chosen = next((vote for vote, reasons in votes.items() if reasons), None)
    return DateOrder(chosen, tuple(votes[chosen]) if chosen is not None else ())


def _votes(day_first: Reading, month_first: Reading) -> Iterator[tuple[bool, str]]:
    for judge in (_future, _time_order, _same_days, _row_order, _id_order, _spread):
        reason = judge.__doc__ or ""
        if judge(day_first, month_first):
            yield True, reason
        if judge(month_first, day_first):
            yield False, reason


def _future(good: Reading, bad: Reading) -> bool:
    """the other order gives times that have not come yet"""
    limit = good.now + dt.timedelta(days=1)
    newest, odd = (max((t for c in r.columns.values() for t in c if t), default=limit) for r in (good, bad))
    return newest < limit < odd


def _time_order(good: Reading, bad: Reading) -> bool:
    """in the other order, tickets end before they begin"""
    return any(_kept(good, a, b) >= _SURE and _kept(bad, a, b) < _ODD for a, b in _pairs(good))


def _kept(reading: Reading, first: str, second: str) -> float:
    """The share of rows in which two times stand in the order that most rows have."""
    both = [(a, b) for a, b in zip(reading.columns[first], reading.columns[second], strict=True) if a and b]
    later = sum(b >= a for a, b in both)
    earlier = sum(a >= b for a, b in both)
    return max(later, earlier) / len(both) if len(both) >= _LEAST else 0.95


def _same_days(good: Reading, bad: Reading) -> bool:
    """in the other order, the times of a ticket lie whole months apart, to the day"""
    apart = [
        (a, b) for first, second in _pairs(bad)
        for a, b in zip(bad.columns[first], bad.columns[second], strict=True) if a and b and a.date() != b.date()
    ]  # fmt: skip
    return len(apart) >= _LEAST and sum(a.day == b.day for a, b in apart) >= _SURE * len(apart) and _is_mixed(good)


def _is_mixed(reading: Reading) -> bool:
    """Whether the times of a ticket lie on different days of the month."""
    pairs = (zip(reading.columns[a], reading.columns[b], strict=True) for a, b in _pairs(reading))
    return any(a.day != b.day for pair in pairs for a, b in pair if a and b)


def _row_order(good: Reading, bad: Reading) -> bool:
    """only in this order are the rows sorted by time"""
    names = good.columns
    return any(_sorted(good.columns[n]) >= _SORTED and _sorted(bad.columns[n]) <= _UNSORTED for n in names)


def _id_order(good: Reading, bad: Reading) -> bool:
    """only in this order do the tickets' numbers follow their times"""
    if sum(number is not None for number in good.ids) < len(good.ids) or not good.ids:
        return False
    ranks = sorted(range(len(good.ids)), key=lambda row: good.ids[row] or 0)
    good_columns = ([moments[row] for row in ranks] for moments in good.columns.values())
    bad_columns = ([moments[row] for row in ranks] for moments in bad.columns.values())
    return any(
        _sorted(g) >= _SORTED and _sorted(b) <= _UNSORTED for g, b in zip(good_columns, bad_columns, strict=True)
    )


def _sorted(moments: Moments) -> float:
    """The share of neighbours that stand in the order that most have; those of one moment say nothing."""
    known = [t for t in moments if t]
    steps = [b > a for a, b in pairwise(known) if a != b]
    return max(sum(steps), len(steps) - sum(steps)) / len(steps) if len(steps) >= _LEAST else 0.9


def _spread(good: Reading, bad: Reading) -> bool:
    """in the other order, the days lie scattered over the year, and in this one beside each other"""
    return any(
        (dates := len({t.date() for t in good.columns[n] if t})) >= _LEAST
        and dates / _days(good.columns[n])
        >= _DENSER * len({t.date() for t in bad.columns[n] if t}) / _days(bad.columns[n])
        for n in good.columns
    )


def _days(moments: Moments) -> int:
    known = [t.date() for t in moments if t]
    return (max(known) - min(known)).days + 1 if known else 1


def _pairs(reading: Reading) -> Iterator[tuple[str, str]]:
    return combinations(reading.columns, 2)
