"""Calendars: their zones and holidays exist, and no two of their intervals overlap."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.time.holidays import holiday_codes, unknown_holiday
from ..model.calendar import DAYS, Calendar, days_of, interval, intervals
from ..model.diagnostic import Diagnostic, Span, did_you_mean
from ..model.period import is_zone
from ..model.quoting import shown
from ..model.rule import RULES
from .context import LintContext
from .references import UNKNOWN

_WEEK = 7 * 1440
Interval = tuple[int, int, str, Span]
"""Minutes of the week, [start, end), as they are written, and where."""


def calendars(context: LintContext) -> Iterator[Diagnostic]:
    """unknown-reference and wrong-type: zones, holidays and hours of the project's calendars."""
    at = context.catalog.project.at
    for name, calendar in context.catalog.project.noun.calendars.items():
        zone = calendar.timezone
        if zone is not None and not is_zone(zone):
            span = at.key("calendars", name, "timezone")
            yield UNKNOWN.finding(span, f"{shown(zone)} is not an IANA time zone", "Write it as Europe/London, or UTC.")
        for number, holiday in enumerate(calendar.holidays):
            if unknown_holiday(holiday):
                span = at.value("calendars", name, "holidays", number)
                yield UNKNOWN.finding(span, f"{shown(holiday)} is not a known holiday calendar", _near(holiday))
        yield from _overlaps(context, name, calendar)


def _near(holiday: str) -> str:
    codes = holiday_codes()
    country, _, part = holiday.partition("-")
    known = [f"{country}-{p}" for p in codes[country]] if part and country in codes else list(codes)
    return did_you_mean(holiday, known, "Write a code such as GB-ENG or US-MA, or a date such as 2026-12-24.")


def _overlaps(context: LintContext, name: str, calendar: Calendar) -> Iterator[Diagnostic]:
    """Hours that overlap, or that begin and end at the same time: nobody knows what was meant."""
    for number in range(len(calendar.entries)):
        yield from _overlaps_of(name, list(_intervals(context, name, calendar, number)))


def _overlaps_of(name: str, hours: list[Interval]) -> Iterator[Diagnostic]:
    """The same of the hours that hold at one time."""
    for text, span in {text: span for _, _, text, span in reversed(hours)}.items():
        if text.partition("-")[0] == text.partition("-")[2]:
            hint = 'Write a whole day as "00:00-24:00", and all days as `hours: 24x7`.'
            yield RULES["wrong-type"].finding(span, f"{name}: {text} begins and ends at the same time", hint)
    reported: set[frozenset[str]] = set()
    for earlier, later in _meeting(hours):
        pair = frozenset({earlier[2], later[2]})
        if later[0] < earlier[1] and pair not in reported:
            reported.add(pair)
            yield _overlap(name, earlier, later)


def _overlap(name: str, *pair: Interval) -> Diagnostic:
    """Two intervals that overlap, reported at the one that is written last."""
    first, last = sorted(pair, key=lambda p: (p[3].line, p[3].column))
    message = f"{name}: {last[2]} overlaps {first[2]} on {DAYS[pair[1][0] // 1440 % 7]}"
    return RULES["wrong-type"].finding(
        last[3], message, "Join the two intervals, or change one so that they do not overlap."
    )


def _meeting(hours: list[Interval]) -> Iterator[tuple[Interval, Interval]]:
    """Each interval with the one before it that reaches furthest; the week's first ones follow its last ones."""
    again = [(start + _WEEK, end + _WEEK, text, span) for start, end, text, span in hours]
    furthest: Interval | None = None
    for current in sorted([*hours, *again], key=lambda p: p[:2]):
        if furthest is not None:
            yield furthest, current
        if furthest is None or current[1] > furthest[1]:
            furthest = current


def _intervals(context: LintContext, name: str, calendar: Calendar, entry: int) -> Iterator[Interval]:
    at = context.catalog.project.at
    place = (entry,) if isinstance(calendar.hours, tuple) else ()
    for days, spans in intervals(calendar.entries[entry]):
        for day in days_of(days):
            for number, text in enumerate(spans):
                start, end = interval(text)
                span = at.value("calendars", name, "hours", *place, days, number)
                yield day * 1440 + start, day * 1440 + end, text, span
