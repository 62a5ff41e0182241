"""Business time, held against a clock that asks every minute whether it is a working one."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest

from tests.stories.rows import rows

pytestmark = pytest.mark.usefixtures("engine_inside")

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe")
FIRST = dt.datetime(2025, 2, 1, tzinfo=dt.UTC)
MINUTES = 440 * 1440
CHANGES = {
    "Europe/London": ("2025-03-30 01:00", "2025-10-26 01:00", "2026-03-29 01:00"),
    "America/New_York": ("2025-03-09 07:00", "2025-11-02 06:00", "2026-03-08 07:00"),
    "Australia/Lord_Howe": ("2025-04-05 15:00", "2025-10-04 15:30", "2026-04-04 15:00"),
}
AS_OF = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
PAIRS = 2_000
"""A calendar and zone: 30,000 in all."""

Works = Callable[[dt.date, int, frozenset[dt.date]], bool]
"""Whether a minute of a local day is a working one."""


def _office(day: dt.date, minute: int, off: frozenset[dt.date]) -> bool:
    return day.weekday() < 5 and day not in off and 540 <= minute < 1050


def _nights(day: dt.date, minute: int, off: frozenset[dt.date]) -> bool:
    before = day - dt.timedelta(1)
    return (minute >= 1320 and day not in off) or (minute < 360 and before not in off)


def _always(day: dt.date, _minute: int, off: frozenset[dt.date]) -> bool:
    return day not in off


def _split(day: dt.date, minute: int, off: frozenset[dt.date]) -> bool:
    if day in off:
        return False
    if day.weekday() == 5:
        return 600 <= minute < 780
    return day.weekday() < 5 and (480 <= minute < 720 or 765 <= minute < 1080)


def _odd(day: dt.date, minute: int, off: frozenset[dt.date]) -> bool:
    """Hours that clocks skip and repeat, and a shift over the week's end."""
    if day.weekday() == 0 and minute < 95:
        return day - dt.timedelta(1) not in off
    weekend = day.weekday() in (5, 6) and 30 <= minute < 105
    sunday = day.weekday() == 6 and minute >= 1380
    return day not in off and (weekend or sunday or (day.weekday() in (4, 5, 6, 0) and 110 <= minute < 180))


CALENDARS: dict[str, tuple[str, Works]] = {
    "office": ('{mon-fri: ["09:00-17:30"]}', _office),
    "nights": ('{mon-sun: ["22:00-06:00"]}', _nights),
    "always": ("24x7", _always),
    "split": ('{mon-fri: ["08:00-12:00", "12:45-18:00"], sat: ["10:00-13:00"]}', _split),
    "odd": ('{sat-sun: ["00:30-01:45"], sun: ["23:00-01:35"], fri-mon: ["01:50-03:00"]}', _odd),
}
OFF = ("GB-ENG", "2025-07-09")


def names() -> list[str]:
    """Each calendar in each zone, by the name it has in kpi.yaml."""
    return [f"{kind}_{zone.split('/')[1].lower()}" for kind in CALENDARS for zone in ZONES]


def config() -> str:
    """A project with the fifteen calendars, and tickets that name theirs."""
    lines = ["version: 1", "name: Oracle", "calendars:"]
    for (kind, zone), name in zip([(k, z) for k in CALENDARS for z in ZONES], names(), strict=True):
        lines.append(f"  {name}: {{hours: {CALENDARS[kind][0]}, timezone: {zone}, holidays: [{', '.join(OFF)}]}}")
    return "\n".join(
        [
            *lines,
            *"""
datasets:
  pairs:
    source: pairs.csv
    columns:
      number: {from: number, type: integer}
      a: {from: a, type: timestamp}
      b: {from: b, type: timestamp}
    derive:
      worked: business_minutes(a, b, calendar)
      back: business_hours(b, a, calendar)
""".splitlines(),
        ]
    )


@cache
def wall(zone: str) -> list[tuple[dt.date, int]]:
    """What the zone's clock shows in each minute; clocks change only at the full and the half hour."""
    shown: list[tuple[dt.date, int]] = []
    for minute in range(0, MINUTES, 30):
        local = (FIRST + dt.timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
        day, first = local.date(), local.hour * 60 + local.minute
        assert first % 30 == 0, "no midnight lies within the half hour"
        shown += [(day, first + n) for n in range(30)]
    return shown


def clock(kind: str, zone: str) -> tuple[list[bool], list[int]]:
    """For each minute, whether it is a working one, and how many were before it."""
    english = holidays.country_holidays("GB", subdiv="ENG", years=range(2024, 2028))
    off = frozenset({*english, dt.date(2025, 7, 9)})
    works = CALENDARS[kind][1]
    alike: dict[tuple[int, bool, bool], list[bool]] = {}  # days that no calendar here tells apart
    days: dict[dt.date, list[bool]] = {}
    for day in {day for day, _ in wall(zone)[::30]}:
        kind_of_day = (day.weekday(), day in off, day - dt.timedelta(1) in off)
        if kind_of_day not in alike:
            alike[kind_of_day] = [works(day, minute, off) for minute in range(1440)]
        days[day] = alike[kind_of_day]
    flags = [days[day][minute] for day, minute in wall(zone)]
    return flags, [0, *accumulate(flags)]


def instants(zone: str, count: int, seed: int) -> list[dt.datetime]:
    """Random instants, half of them within three days of a change of the clocks."""
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    changes = [dt.datetime.fromisoformat(c).replace(tzinfo=dt.UTC) for c in CHANGES[zone]]
    found = []
    for number in range(count):
        near = dice.choice(changes) + dt.timedelta(seconds=dice.randint(-3 * 86_400, 3 * 86_400))
        far = FIRST + dt.timedelta(seconds=dice.randint(0, MINUTES * 60 - 1))
        found.append(near if number % 2 else far)
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_business_time_equals_a_clock_that_asks_every_minute(zone: str, tmp_path: Path) -> None:
    """10,000 random pairs of five calendars in a zone, to the second; three zones make 30,000: none is wrong."""
    pairs: list[tuple[str, dt.datetime, dt.datetime, int]] = []
    for seed, kind in enumerate(CALENDARS):
        flags, before = clock(kind, zone)
        starts, ends = (instants(zone, PAIRS, seed * 2 + i) for i in (0, 1))
        name = f"{kind}_{zone.split('/')[1].lower()}"
        pairs += [
            (name, a, b, _until(flags, before, b) - _until(flags, before, a)) for a, b in zip(starts, ends, strict=True)
        ]
    with (tmp_path / "pairs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["number", "calendar", "a", "b"])
        writer.writerows((i, n, a.isoformat(), b.isoformat()) for i, (n, a, b, _) in enumerate(pairs))
    found = rows(config(), tmp_path, "pairs", ["number", "worked", "back"], AS_OF)
    wrong = [
        (pair, minutes)
        for pair, (_, minutes, hours) in zip(pairs, found, strict=True)
        if not isinstance(minutes, float) or not isinstance(hours, float)
        or round(minutes * 60_000_000) != pair[3] * 1_000_000 or round(hours * 3_600_000_000) != -pair[3] * 1_000_000
    ]  # fmt: skip
    assert len(found) == len(CALENDARS) * PAIRS
    assert wrong == []


def _until(flags: list[bool], before: list[int], moment: dt.datetime) -> int:
    minute, second = divmod(int((moment - FIRST).total_seconds()), 60)
    return before[minute] * 60 + (second if flags[minute] else 0)


@pytest.mark.parametrize(
    ("zone", "start", "end", "minutes"),
    [
        # Turkey left winter time for good on 30 October 2016: 8 hours on each of the eleven working days.
        ("Europe/Istanbul", "2016-10-25T00:00:00+03:00", "2016-11-09T00:00:00+03:00", 11 * 480),
        # More than a year: 2025 has 261 days from Monday to Friday, 2026 as many.
        ("UTC", "2025-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00", 522 * 480),
        # An end before its start takes negative time, as minutes_between does.
        ("UTC", "2025-01-07T12:00:00+00:00", "2025-01-06T12:00:00+00:00", -480),
        # Nothing is known of time outside the table.
        ("UTC", "2025-01-07T12:00:00+00:00", "2071-01-06T12:00:00+00:00", None),
    ],
)
def test_business_time_worked_by_hand(zone: str, start: str, end: str, minutes: int | None, tmp_path: Path) -> None:
    """A zone that changes in the middle of a ticket, durations over a year, an end before its start."""
    (tmp_path / "pairs.csv").write_text(f"number,a,b\n1,{start},{end}\n")
    text = config().partition("calendars:")[0] + (
        f"calendars: {{day: {{hours: {{mon-fri: ['09:00-17:00']}}, timezone: {zone}}}}}\n"
        "datasets: {pairs: {source: pairs.csv, columns: {number: {from: number, type: integer},"
        " a: {from: a, type: timestamp}, b: {from: b, type: timestamp}}, derive: {worked: 'business_minutes(a, b)'}}}\n"
    )
    [found] = rows(text, tmp_path, "pairs", ["number", "worked"], AS_OF)
    assert found[1] == minutes
