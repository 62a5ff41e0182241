"""Atom (RFC 4287): an entry a change of status, the newest first. An entry once written stays as it is."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from collections.abc import Iterator
from itertools import pairwise

from ...model.kpi import Kpi
from ...model.measurement import Measurement, Reason, Status
from ...model.record import Record
from ..view.scorecard_view import ScorecardView
from ..view.sentences import judged_text, period_value_text
from ..words.escape import clean
from ..words.phrases import segment_text, why_unknown
from ..words.workflow_commands import inert_markup

_MOST = 100
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no way to write."""


class StatusChange(Record):
    """A settled period whose status is not that of the one before it."""

    before: Measurement
    after: Measurement
    name: str
    part: int
    """The place of its segment among those of its KPI that have targets; 0 for the overall value."""


def status_changes(view: ScorecardView) -> tuple[StatusChange, ...]:
    """The changes of active KPIs and of their segments with targets, the newest first."""
    changes = [change for kpi_id in view.scorecard.definitions for change in _changes_of(view, kpi_id)]
    return tuple(sorted(changes, key=lambda c: (-c.after.period.end.toordinal(), c.after.kpi, c.part)))


def _changes_of(view: ScorecardView, kpi_id: str) -> Iterator[StatusChange]:
    standing = view.standing(kpi_id)
    if not isinstance(standing.definition, Kpi) or not standing.definition.is_active:
        return
    segments = sorted(m.segment for m in standing.segments)
    for part, segment in enumerate(((), *segments)):
        series = view.series(kpi_id, segment)
        settled = series[: next((n for n, m in enumerate(series, 1) if m.judged), 0)]
        for before, after in pairwise(settled):
            if _is_judged(before) and _is_judged(after) and before.status is not after.status:
                yield StatusChange(before, after, standing.name, part)


def _is_judged(measurement: Measurement) -> bool:
    """Whether there was a judgement to change: none is before the data begin, or before the first target."""
    return measurement.status is not Status.INFORMATIVE and measurement.reason is not Reason.BEFORE_DATA


def status_feed(view: ScorecardView) -> str:
    """The feed, for a file `feed.xml` beside the pages."""
    card, zone = view.scorecard, view.scorecard.as_of.tzinfo
    changes = status_changes(view)[:_MOST]
    newest = _instant(changes[0].after, zone) if changes else card.as_of
    name = _text(f"{card.project}: changes of status")
    entries = "".join(_entry(card.project, change, zone) for change in changes)
    return inert_markup(
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<id>{_identity(card.project)}</id>\n<title>{name}</title>\n<updated>{newest.isoformat()}</updated>\n"
        f"<author><name>{_text(card.project)}</name></author>\n"
        '<link rel="self" href="feed.xml"/>\n<link rel="alternate" href="index.html"/>\n'
        f"{entries}</feed>\n"
    )


def _entry(project: str, change: StatusChange, zone: dt.tzinfo | None) -> str:
    m = change.after
    part = f" ({segment_text(m.segment)})" if m.segment else ""
    title = f"{change.name}{part}: {change.before.status.word} → {m.status.word}"
    identity = _identity(project, m.kpi, repr(m.segment), m.period.start.isoformat(), m.status.value)
    return (
        f"<entry>\n<id>{identity}</id>\n<title>{_text(title)}</title>\n"
        f"<updated>{_instant(m, zone).isoformat()}</updated>\n"
        f'<link rel="alternate" href="kpis/{m.kpi}.html"/>\n<category term="{m.status.value}"/>\n'
        f'<content type="text">{_text(_sentence(change))}</content>\n</entry>\n'
    )


def _sentence(change: StatusChange) -> str:
    """`✗ missed in October 2026: 5.2 h, target ≤ 4 h. Before: ✓ met in September 2026: 3.9 h.`"""
    m = change.after
    why = f" {' '.join(why_unknown(m))}" if m.status is Status.UNKNOWN else ""
    return f"{judged_text(m)}.{why} Before: {period_value_text(change.before)}."


def _instant(measurement: Measurement, zone: dt.tzinfo | None) -> dt.datetime:
    """When the period ended: a run later does not move its entry."""
    return dt.datetime.combine(measurement.period.end, dt.time(), zone)


def _identity(*parts: str) -> str:
    """The same for the same change, in every run."""
    name = "\0".join(("kpi feed", *parts)).encode("utf-8", "backslashreplace").decode()
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def _text(text: str) -> str:
    return html.escape(_UNWRITABLE.sub("", clean(text)))
