"""Calendars: when a desk works. Weekly hours on a zone's wall clock, without its holidays."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from .base import DATE_SCHEMA, HOURS_SCHEMA, Date, Hours, Model

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(DAYS)
Days = Annotated[str, Field(pattern=rf"^({_DAY})(-({_DAY}))?$")]
"""A day or a range of days: `mon`, `mon-fri`, `fri-mon`."""
Interval = tuple[int, int]
"""Minutes from a day's midnight, [start, end); a night shift ends after 1,440."""
ROUND_THE_CLOCK = "24x7"
MAX_INTERVALS = 24
"""So many working intervals a day has, at most."""

Intervals = Annotated[tuple[Hours, ...], Field(max_length=MAX_INTERVALS)]
"""The working hours of a day."""
Weekly = Annotated[dict[Days, Intervals], Field(min_length=1)]
"""Days and their hours."""
Week = tuple[tuple[Interval, ...], ...]
"""The intervals of Monday … Sunday."""
SINCE = "from"


def _check_dated(entry: dict[str, object]) -> dict[str, object]:
    for key, value in entry.items():
        if (key == SINCE) != isinstance(value, dt.date):
            raise ValueError(f"`{key}` is not days and their hours, and `{SINCE}` is a date")
    if not entry.keys() - {SINCE}:
        raise ValueError("an entry of `hours` needs days and their hours")
    return entry


_NAMED = rf"^({SINCE}|({_DAY})(-({_DAY}))?)$"
_MAX_ENTRIES = 100
_ENTRY = {
    "type": "object",
    "properties": {SINCE: DATE_SCHEMA},
    "propertyNames": {"pattern": _NAMED},
    "additionalProperties": {"type": "array", "items": HOURS_SCHEMA, "maxItems": MAX_INTERVALS},
}
_LATER = {**_ENTRY, "required": [SINCE], "minProperties": 2}
_Entry = Annotated[
    dict[Annotated[str, Field(pattern=_NAMED)], Date | Intervals], Field(min_length=1), AfterValidator(_check_dated)
]
Dated = Annotated[
    tuple[_Entry, ...],
    Field(min_length=1, max_length=_MAX_ENTRIES),
    WithJsonSchema({
        "type": "array", "minItems": 1, "maxItems": _MAX_ENTRIES, "additionalItems": _LATER,
        "items": [{**_ENTRY, "anyOf": [{"not": {"required": [SINCE]}, "minProperties": 1}, {"minProperties": 2}]}],
    }),
]  # fmt: skip
"""Entries of days and their hours, each from a day on; the first needs no `from`."""


class Calendar(Model):
    """When people work. Only this time counts for `business_minutes`."""

    hours: Literal["24x7"] | Weekly | Dated
    """`24x7`, or days and their hours: `{mon-fri: ["09:00-17:30"]}`. `22:00-06:00` belongs to the day it starts on.
    Hours that change are a list: `[{mon-fri: ["09:00-17:00"]}, {from: 2026-03-01, mon-fri: ["08:00-18:00"]}]`."""
    timezone: str | None = None
    """The IANA zone whose wall clock the hours are on; the project's by default."""
    holidays: Annotated[tuple[str, ...], Field(max_length=1_000)] = ()
    """Days off: codes of the `holidays` library, such as GB-ENG or US-MA, and single dates."""

    @model_validator(mode="after")
    def _few_intervals(self) -> Self:
        """A day is cut into few pieces: each is a row of seventy years."""
        if any(len(day) > MAX_INTERVALS for _, week in self.weeks() for day in week):
            raise ValueError(f"`hours` gives one day more than {MAX_INTERVALS} working intervals")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Each entry of dated hours begins after the one before it."""
        starts = [start for start, _ in self.weeks()[1:]]
        if None in starts or any(a is None or b is None or a >= b for a, b in pairwise(starts)):
            raise ValueError("each entry of `hours` but the first needs a `from` later than the one before it")
        return self

    def weeks(self) -> list[tuple[dt.date | None, Week]]:
        """The weekly hours, each from its first day on; the first from ever."""
        if isinstance(self.hours, str):
            return [(None, (((0, 1440),),) * 7)]
        return [(None if number == 0 else _since(entry), _week(entry)) for number, entry in enumerate(self.entries)]

    @property
    def entries(self) -> tuple[Mapping[str, object], ...]:
        """Days and their hours, as they are written: one mapping, or several with the days on which they begin."""
        if isinstance(self.hours, str):
            return ()
        return self.hours if isinstance(self.hours, tuple) else (self.hours,)


def _since(entry: Mapping[str, object]) -> dt.date | None:
    start = entry.get(SINCE)
    return start if isinstance(start, dt.date) else None


def intervals(entry: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The days of an entry of `hours`, and the hours of each."""
    for days, spans in entry.items():
        if isinstance(spans, tuple):
            yield days, spans


def _week(entry: Mapping[str, object]) -> Week:
    week: list[list[Interval]] = [[] for _ in DAYS]
    for days, spans in intervals(entry):
        for day in days_of(days):
            week[day] += [interval(span) for span in spans]
    return tuple(tuple(sorted(day)) for day in week)


def days_of(text: str) -> tuple[int, ...]:
    """`mon-fri` → (0, 1, 2, 3, 4); `sat-mon` → (5, 6, 0)."""
    first, _, last = text.partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return tuple((start + i) % 7 for i in range((end - start) % 7 + 1))


def interval(text: str) -> Interval:
    """`09:00-17:30` → (540, 1050); an end at or before the start is on the next day."""
    start, end = (int(hour) * 60 + int(minute) for hour, minute in (part.split(":") for part in text.split("-")))
    return start, end if end > start else end + 1440


__all__ = ["DAYS", "ROUND_THE_CLOCK", "Calendar", "Interval", "days_of", "interval", "intervals"]
