"""The service desk of the sample: what it is like, and the draws and clocks that its data are made with.

Only `Random.random()` is drawn from, whose sequence Python guarantees, and no function is called whose last
digit depends on the platform, so that the data are the same on every machine.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

Word = TypeVar("Word")

SEED = 2026
FIRST_DAY = dt.date(2025, 9, 1)
EXPORTED = dt.datetime(2026, 11, 6)  # midnight after kpi.yaml's as_of: what happens later is not known yet
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
OPENS, CLOSES = 8, 18  # the desk is staffed from 08:00 to 18:00, Monday to Friday


@dataclass(frozen=True, slots=True)
class Month:
    """How a month went: factors on volume and on times, points off satisfaction, visits a working day."""

    volume: float = 1.0
    reply: float = 1.0
    fix: float = 1.0
    sour: float = 0.0
    visits: float = 8.0


# Busy Januaries and Septembers, quiet Decembers and Augusts; the mail migration spoils March 2026, and two
# posts of the second line stand empty from the middle of September 2026. The bot comes in February 2026.
MONTHS = {
    "2025-09": Month(1.10, 1.08, 1.04, visits=7.5),
    "2025-10": Month(1.02, 1.02, 1.00, visits=7.5),
    "2025-11": Month(1.00, 0.98, 1.02, visits=7.5),
    "2025-12": Month(0.82, 0.90, 0.94, visits=6.5),
    "2026-01": Month(1.12, 1.06, 1.02, visits=8.5),
    "2026-02": Month(1.00, 1.00, 0.96, visits=9.0),
    "2026-03": Month(1.42, 1.75, 1.48, 0.12, visits=9.5),
    "2026-04": Month(1.06, 1.08, 1.10, 0.05, visits=10.0),
    "2026-05": Month(0.96, 0.96, 0.98, visits=10.0),
    "2026-06": Month(0.94, 0.94, 0.94, visits=10.5),
    "2026-07": Month(0.88, 0.90, 0.92, visits=10.0),
    "2026-08": Month(0.80, 0.88, 0.94, visits=9.5),
    "2026-09": Month(1.08, 1.08, 1.12, 0.01, visits=11.5),
    "2026-10": Month(1.04, 1.26, 1.40, 0.02, visits=12.0),
    "2026-11": Month(1.02, 1.15, 1.30, 0.02, visits=12.0),
}
HOLIDAYS = {
    dt.date(2025, 12, 25), dt.date(2025, 12, 26), dt.date(2026, 1, 1), dt.date(2026, 4, 3),
    dt.date(2026, 4, 6), dt.date(2026, 5, 4), dt.date(2026, 5, 25), dt.date(2026, 8, 31),
}  # fmt: skip
# London's clocks skip or repeat this hour, so a wall time inside it names no instant, or two.
ODD_HOURS = {dt.datetime(2025, 10, 26, 1), dt.datetime(2026, 3, 29, 1), dt.datetime(2026, 10, 25, 1)}


@dataclass(frozen=True, slots=True)
class Kind:
    """A category: how often it comes, is solved in one contact, is escalated, and how long it takes."""

    weight: float
    first_contact: float
    escalated: float
    effort: float
    subjects: tuple[str, ...]


CATEGORIES = {
    "password": Kind(20, 0.96, 0.02, 0.4, ("Password expired", "Locked out after three tries")),
    "access": Kind(14, 0.86, 0.07, 0.7, ("Access to shared drive", "New starter, needs accounts")),
    "email": Kind(13, 0.84, 0.07, 0.8, ('Mailbox full, says "quota exceeded"', "Calendar not shared")),
    "software": Kind(19, 0.80, 0.11, 1.0, ("Invoice tool closes by itself", "Licence needed")),
    "hardware": Kind(15, 0.68, 0.17, 1.8, ("Laptop will not start", "Screen flickers", "Projector in room Zoë")),
    "network": Kind(12, 0.70, 0.19, 1.5, ("VPN drops every hour", "No WLAN on the second floor")),
    "printing": Kind(7, 0.80, 0.06, 0.9, ("Paper jam, again", "Printer missing after update")),
}
PRIORITIES = {"critical": 5, "high": 18, "medium": 57, "low": 20}
TICKETS_A_DAY = 18.4
REPLY = {"critical": 16, "high": 30, "medium": 46, "low": 78}  # median minutes to the first reply
FIX_MINUTES = 66  # median minutes from the first reply to the resolution
FIX = {"critical": 0.6, "high": 0.8, "medium": 1.0, "low": 1.4}
DUE = {"critical": 8, "high": 15, "medium": 30, "low": 60}  # hours: critical by the clock, others staffed
CHANNELS = {"email": 36, "portal": 27, "phone": 25, "chat": 12}
CHANNEL_REPLY = {"email": 1.45, "portal": 1.15, "phone": 0.5, "chat": 0.3}
DEPARTMENTS = ("sales", "operations", "finance", "operations", "engineering", "sales", "people")
SPELLINGS = {
    "critical": {"1 - Critical": 8, "1 - critical": 1},
    "high": {"2 - High": 9, "2 - HIGH": 1},
    "medium": {"3 - Moderate": 18, "3 - moderate": 1, "3 - Medium": 1},
    "low": {"4 - Low": 19, "4 - low": 1},
}
HOURS = dict(enumerate([1, 1, 1, 1, 1, 2, 6, 22, 68, 96, 92, 78, 55, 62, 74, 68, 52, 30, 10, 6, 5, 4, 3, 2]))
WEEKDAYS = (1.22, 1.08, 1.0, 0.96, 0.86, 0.14, 0.12)
SESSION_CHANNELS = {"portal": 42, "knowledge_base": 40, "bot": 18}
PRAISE = ("Quick and friendly, thank you", 'The "restart it" advice worked', "Very helpful")
GRUMBLES = ("Took far too long", "Had to explain it twice, to two people", "Still waiting for a callback")
BOT_STARTS = dt.datetime(2026, 2, 2)
AGENCY = {"2026-03": 148_000, "2026-09": 36_000, "2026-10": 79_500}  # pence
COSTS = {"staff": 6150, "tools": 940, "telephony": 310, "training": 120}
# A long-tailed spread around a median of 1, as (share of cases, multiple of the median).
TAIL = ((0.0, 0.06), (0.1, 0.3), (0.25, 0.55), (0.5, 1.0), (0.75, 1.75), (0.9, 3.0), (0.97, 5.2), (1.0, 9.0))


class Dice:
    """Every draw there is, each from `Random.random()` alone."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed).random  # noqa: S311 - sample data, no secret

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self._draw() < share

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self._draw()

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self._draw())

    def pick(self, weights: Mapping[Word, float]) -> Word:
        """A key, as often as its weight says."""
        ends = list(accumulate(weights.values()))  # sum() of floats differs between Pythons
        mark = self._draw() * ends[-1]
        return next(word for word, end in zip(weights, ends, strict=True) if mark < end)

    def any_of(self, words: Sequence[Word]) -> Word:
        """One of the words."""
        return words[int(len(words) * self._draw())]

    def spread(self, median: float) -> float:
        """A long-tailed number around its median."""
        share = self._draw()
        for (low, small), (high, large) in pairwise(TAIL):
            if share < high:
                return median * (small + (large - small) * (share - low) / (high - low))
        return median * TAIL[-1][1]


def month_of(moment: dt.date) -> Month:
    """How the month of a day went."""
    return MONTHS[f"{moment:%Y-%m}"]


def whole(moment: dt.datetime) -> dt.datetime:
    """The moment without a fraction of a second, and never in an hour that the clocks skip or repeat."""
    second = moment.replace(microsecond=0)
    hour = second.replace(minute=0, second=0)
    return hour + HOUR if hour in ODD_HOURS else second


def is_staffed(day: dt.date) -> bool:
    """Whether the desk is open on a day."""
    return day.weekday() < 5 and day not in HOLIDAYS


def later(start: dt.datetime, minutes: float, around_the_clock: bool = False) -> dt.datetime:
    """The moment after so many minutes of work: those in which the desk is open, or all of them."""
    left = int(minutes * 60) * dt.timedelta(seconds=1)
    if around_the_clock:
        return whole(start + left)
    moment = start
    while True:
        midnight = dt.datetime(moment.year, moment.month, moment.day)
        moment = max(moment, midnight + OPENS * HOUR)
        rest = midnight + CLOSES * HOUR - moment
        if is_staffed(moment.date()) and left <= rest:
            return whole(moment + left)
        left -= max(rest, 0 * HOUR) if is_staffed(moment.date()) else 0 * HOUR
        moment = midnight + DAY


def moments(dice: Dice, mean: float, day: dt.date) -> list[dt.datetime]:
    """When things come in on a day, in order: about `mean` of them on an average working day."""
    share = 0.15 if day in HOLIDAYS else WEEKDAYS[day.weekday()]
    count = int(mean * share * dice.between(0.75, 1.25) + dice.between(0, 1))
    start = dt.datetime(day.year, day.month, day.day)
    found = [start + dice.pick(HOURS) * HOUR + dice.number(0, 3599) * MINUTE / 60 for _ in range(count)]
    return sorted(map(whole, found))


def known(moment: dt.datetime | None) -> dt.datetime | None:
    """The moment if it lies before the export, else nothing."""
    return moment if moment is not None and moment < EXPORTED else None
