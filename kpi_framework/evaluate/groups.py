"""The periods that the limits of a definition stand on: those of its group, wherever the shown ones stand.

A group begins where the data do, or with the latest event of kpi.yaml that begins it anew: with the period of that day.
Its first periods give the
limits; in the last ones patterns are looked for. What lies between is not needed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ..model.kpi import Metric
from ..model.period import Period
from ..model.project import ProjectEvent
from ..model.record import Record
from .coverage import Coverages
from .reporting_periods import ReportingPeriods

RECENT = 24
"""In so many periods up to the judged one patterns are looked for."""
FIRST = 40
"""Among so many periods the first twenty known points are looked for; where they are not there, among FARTHEST."""
FARTHEST = 400


class Group(Record):
    """The periods of one group, from the first of them to the judged one."""

    reporting: ReportingPeriods
    first: Period
    judged: Period

    def head(self, most: int) -> list[Period]:
        """The first periods, oldest first."""
        periods = [self.first]
        while len(periods) < most and periods[-1] != self.judged:
            periods.append(self.reporting.almanac.shift(periods[-1], 1))
        return periods

    def recent(self) -> list[Period]:
        """The last periods, oldest first."""
        periods = [self.judged]
        while len(periods) < RECENT and periods[0] != self.first:
            periods.insert(0, self.reporting.almanac.shift(periods[0], -1))
        return periods


def group_of(
    metric: Metric, judged: Period, reporting: ReportingPeriods, coverages: Coverages, events: Sequence[ProjectEvent]
) -> Group | None:
    """The group that the judged period stands in; None where nobody knows when the data begin."""
    almanac = reporting.almanac
    starts = [almanac.day_of(since) for since in _beginnings(metric, coverages)]
    starts += [event.date for event in events if metric.id in event.rebase and event.date < judged.end]
    if not starts:
        return None
    first = almanac.period_of(max(starts), judged.grain or metric.period)
    return Group(reporting, min(first, judged), judged)


def _beginnings(metric: Metric, coverages: Coverages) -> Iterator[dt.datetime]:
    """The instants at which the data begin of all that a definition stands on."""
    for name in coverages.standing_on.get(metric.id, ()):
        coverage = coverages.datasets.get(name)
        if coverage is not None and coverage.since is not None:
            yield coverage.since
