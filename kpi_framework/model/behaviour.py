"""How a measure behaves over time (XmR): whether it moves beyond its own noise, and whether that meets the target."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from .record import Record

Number = float | int


class Variation(StrEnum):
    """What the judged point says: noise, or a move to the better or the worse side of the target."""

    STEADY = "steady"
    IMPROVING = "improving"
    WORSENING = "worsening"
    CHANGING = "changing"
    """It moves, and no target says which side is better."""
    TOO_LITTLE_HISTORY = "too little history"


class Assurance(StrEnum):
    """What the target can expect of a process that goes on like this."""

    USUALLY_MEETS = "usually meets"
    HIT_OR_MISS = "hit or miss"
    USUALLY_MISSES = "usually misses"


class Pattern(StrEnum):
    """By what a point is told from noise. Earlier ones win over later ones."""

    POINT = "point"
    """It lies outside a limit."""
    TREND = "trend"
    """Seven points in a row rise, or fall."""
    TWO_OF_THREE = "two of three"
    """Of three points in a row on one side of the mean, two lie beyond two thirds of the way to the limit."""
    SHIFT = "shift"
    """Seven points in a row lie on one side of the mean."""


class SpecialCause(Record):
    """A point that noise does not explain."""

    start: dt.date
    """The first day of its period."""
    pattern: Pattern
    is_high: bool
    """Whether it lies above the mean; of a trend, whether it rises."""
    length: int
    """The points of the pattern: 1, 3, or those of the run."""


class Behaviour(Record):
    """The mean and the limits that a group of periods gives, and what they say of the judged one."""

    variation: Variation | None
    """None where the judged value is unknown."""
    assurance: Assurance | None
    """None without limits, and where neither side of the target is better."""
    mean: Number | None
    """The mean of the points, in the KPI's unit; None for fewer than six."""
    limits: tuple[float, float] | None
    """The lower and the upper limit, in the KPI's unit, as computed: that of a share may lie beyond 0 or 100 %."""
    points: tuple[dt.date, ...]
    """The first days of the periods whose values give the mean and the limits, oldest first."""
    special_causes: tuple[SpecialCause, ...] = ()
    """The points of the last 24 periods that noise does not explain, oldest first."""

    def cause_of(self, start: dt.date) -> SpecialCause | None:
        """Why the point of the period that begins on this day is no noise; None where it may be."""
        return next((cause for cause in self.special_causes if cause.start == start), None)
