"""What is due this week and this month, and what is overdue: definitions → an agenda."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...lint.governance import next_review
from ...model.agenda import Agenda, Due, Duty, When
from ...model.kpi import Kpi, SegmentTarget
from ...model.period import Almanac, Grain
from ..project import load_unlinked, reporting_periods_of
from ..run import Options

Item = tuple[dt.date, Duty, str, str | None, tuple[str | int, ...], str]
"""Day, kind, what, who, the key's path, and what tells it from others."""


def due(options: Options, *, also_later: bool = False) -> Agenda:
    """The days that active KPIs promise something for, overdue ones first: up to this month's end, or all.

    Raises KpiError.
    """
    catalog = load_unlinked(options.project_root)
    reporting = reporting_periods_of(catalog, options.as_of, options.now)
    duties = [
        Due(when, day, duty, kpi.id, kpi.name, what, who, definition.at.key(*path), key)
        for definition in catalog.definitions.values()
        if isinstance(kpi := definition.noun, Kpi) and kpi.is_active
        for day, duty, what, who, path, key in _items(kpi)
        if (when := _when(day, duty, reporting.today, reporting.almanac)) is not None
        and (also_later or when is not When.LATER)
    ]
    as_of = reporting.as_of.astimezone(reporting.almanac.zone)
    ordered = sorted(duties, key=lambda d: (list(When).index(d.when), d.sort_key))
    return Agenda(catalog.project.noun.name, as_of, reporting.today, tuple(ordered))


def _when(day: dt.date, duty: Duty, today: dt.date, almanac: Almanac) -> When | None:
    """How near a day is; None for a target that has begun."""
    if day < today:
        return None if duty is Duty.TARGET else When.OVERDUE
    if day < almanac.period_of(today, Grain.WEEK).end:
        return When.THIS_WEEK
    return When.THIS_MONTH if day < almanac.period_of(today, Grain.MONTH).end else When.LATER


def _items(kpi: Kpi) -> Iterator[Item]:
    if kpi.review and (day := next_review(kpi.review)):
        yield day, Duty.REVIEW, f"{kpi.review.cadence} review", kpi.owner, ("review",), ""
    if kpi.action and kpi.action.due:
        yield kpi.action.due, Duty.ACTION, kpi.action.do, kpi.action.owner or kpi.owner, ("action", "due"), ""
    for number, waiver in enumerate(kpi.waiver):
        what = f"waiver ends: {waiver.reason}"
        yield waiver.until, Duty.WAIVER, what, kpi.owner, ("waiver", number, "until"), waiver.from_.isoformat()
    for number, target in enumerate(kpi.target or ()):
        if target.from_:
            what = f"target begins: {_limit(target)}"
            yield target.from_, Duty.TARGET, what, kpi.owner, ("target", number, "from"), target.from_.isoformat()


def _limit(target: SegmentTarget) -> str:
    """`at most 60 min`, as its author wrote it."""
    limit = getattr(target, target.direction)
    written = " and ".join(map(str, limit)) if isinstance(limit, tuple) else str(limit)
    return f"{target.direction.replace('_', ' ')} {written}"
