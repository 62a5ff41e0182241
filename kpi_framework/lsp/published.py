"""A published value in words: for a hover, and on one line above a definition."""

from __future__ import annotations

import datetime as dt

from ..load.published import PublishedScorecard
from ..model.catalog import Catalog
from ..model.measurement import Measurement, Status
from ..model.record import Record
from ..report.words.escape import clean, prose
from ..report.words.phrases import counted, day_text, period_text, standing_text, status_text, why_unknown
from ..report.words.values import show_target, show_value
from ..workflow.editing.committed import TargetChange, why_old

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class PublishedValue(Record):
    """A value as the last scorecard.json has it; `old` says why it tells nothing of the definition as it is."""

    measurement: Measurement
    is_waived: bool
    as_of: dt.datetime
    old: str | None

    @property
    def standing(self) -> str:
        """`▲ at risk`, `✗ missed (waived)`."""
        if self.is_waived:
            return status_text(self.measurement.status, waived=True)
        return standing_text(self.measurement)

    @property
    def value(self) -> str:
        """`51.5 min`."""
        return show_value(self.measurement.value, self.measurement.unit, self.measurement.target)

    @property
    def is_judged(self) -> bool:
        """Whether it has a status, known or not."""
        return self.measurement.status is not Status.INFORMATIVE or self.measurement.would_be is not None


def published_value(
    catalog: Catalog, scorecard: PublishedScorecard | None, definition_id: str, now: dt.datetime
) -> PublishedValue | None:
    """What was published of a definition last; None where nothing was."""
    measurement = scorecard.measurements.get(definition_id) if scorecard else None
    if scorecard is None or measurement is None:
        return None
    as_of = scorecard.as_of
    if catalog.project.noun.has_days:
        as_of = as_of.astimezone(catalog.project.noun.almanac.zone)
    old = why_old(catalog, measurement, now)
    return PublishedValue(measurement, definition_id in scorecard.waived, as_of, old)


def as_of_day(published: PublishedValue) -> str:
    """`5 November 2026`: the day that was over then."""
    return day_text((published.as_of - dt.timedelta(microseconds=1)).date())


def in_full(published: PublishedValue) -> list[str]:
    """The lines of a hover, in Markdown."""
    measurement = published.measurement
    standing = f" {published.standing}" if published.is_judged else ""
    lines = [f"**{prose(published.value)}**{standing} in {period_text(measurement.period)}"]
    if measurement.target is not None:
        lines.append(f"Target: {prose(show_target(measurement.target, measurement.unit, measurement.value))}")
    if measurement.status is Status.UNKNOWN:
        lines.append(prose(why_unknown(measurement)[0]))
    if counts := _counts(measurement):
        lines.append(counts)
    lines.append(f"As of {as_of_day(published)}, from scorecard.json")
    if published.old:
        lines.append(f"*This value is {published.old}. Run `kpi check` for a new one.*")
    return lines


def _counts(measurement: Measurement) -> str:
    if measurement.population is None or measurement.measured is None:
        return ""
    parts = [f"{measurement.measured:,} of {counted(measurement.population, 'row')} measured"]
    parts += [f"{measurement.missing:,} missing"] if measurement.missing else []
    parts += [f"{measurement.excluded:,} left out by `where`"] if measurement.excluded else []
    return ", ".join(parts)


def on_one_line(published: PublishedValue, target: TargetChange | None) -> str:
    """`51.5 min ▲ at risk · October 2026 · target loosened 14 Sep 2026`."""
    standing = f" {published.standing}" if published.is_judged else ""
    parts = [f"{published.value}{standing}", period_text(published.measurement.period)]
    if target is not None:
        parts.append(f"target {target.word} {short_day(target.change.changed_at.date())}")
    if published.old:
        parts.append(f"{published.old}, as of {as_of_day(published)}")
    return clean(" · ".join(parts))


def short_day(day: dt.date) -> str:
    """`14 Sep 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
