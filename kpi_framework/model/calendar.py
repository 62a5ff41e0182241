"""Calendars: when a desk works. Weekly hours on a zone's wall clock, without its holidays."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .base import Hours, Model

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


class Calendar(Model):
    """When people work. Only this time counts for `business_minutes`."""

    hours: (
        Literal["24x7"]
        | Annotated[dict[Days, Annotated[tuple[Hours, ...], Field(max_length=MAX_INTERVALS)]], Field(min_length=1)]
    )
    """`24x7`, or days and their hours: `{mon-fri: ["09:00-17:30"]}`. `22:00-06:00` belongs to the day it starts on."""
    timezone: str | None = None
    """The IANA zone whose wall clock the hours are on; the project's by default."""
    holidays: Annotated[tuple[str, ...], Field(max_length=1_000)] = ()
    """Days off: codes of the `holidays` library, such as GB-ENG or US-MA, and single dates."""

    @model_validator(mode="after")
    def _few_intervals(self) -> Self:
        """A day is cut into few pieces: each is a row of seventy years."""
        if any(len(day) > MAX_INTERVALS for day in self.week()):
            raise ValueError(f"`hours` gives one day more than {MAX_INTERVALS} working intervals")
        return self

    def week(self) -> tuple[tuple[Interval, ...], ...]:
        """The intervals of Monday … Sunday."""
        if isinstance(self.hours, str):
            return (((0, 1440),),) * 7
        week: list[list[Interval]] = [[] for _ in DAYS]
        for days, spans in self.hours.items():
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


__all__ = ["DAYS", "ROUND_THE_CLOCK", "Calendar", "Interval", "days_of", "interval"]
