"""What is due: the days that definitions promise something for."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from .diagnostic import Span
from .record import Record


class Duty(StrEnum):
    """What kind of day it is."""

    REVIEW = "review"
    ACTION = "action"
    WAIVER = "waiver"
    TARGET = "target"


class When(StrEnum):
    """How near it is, the nearest first."""

    OVERDUE = "overdue"
    THIS_WEEK = "this week"
    THIS_MONTH = "this month"
    LATER = "later"


class Due(Record):
    """One thing that is due: of which KPI, on which day, who has to see to it, and what it is."""

    when: When
    day: dt.date
    duty: Duty
    kpi: str
    name: str
    what: str
    who: str | None
    span: Span
    key: str = ""
    """What tells it from others of its kind and KPI: a waiver's or a target's first day."""

    @property
    def sort_key(self) -> tuple[dt.date, str, str, str]:
        """The earliest first."""
        return self.day, self.duty.value, self.kpi, self.key


class Agenda(Record):
    """What is due as one day sees it."""

    project: str
    as_of: dt.datetime
    today: dt.date
    items: tuple[Due, ...] = ()
