"""Notices: what owners have to know since values were last published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from .ledger import Published
from .measurement import Measurement
from .record import Record


class NoticeKind(StrEnum):
    """What happened, the weightiest first."""

    MISSED = "newly missed"
    UNKNOWN = "newly unknown"
    ACTION = "overdue action"
    WAIVER = "waiver ends"
    RECOVERED = "recovered"


class Notice(Record):
    """One thing that happened: to which KPI, and who has to know."""

    kind: NoticeKind
    kpi: str
    name: str
    who: str | None
    """As the definition names them; None where nobody is named."""
    measurement: Measurement | None = None
    """The value as it is now, of a change of status; None where it was not even measured."""
    before: Published | None = None
    """The last published value; None where there is none."""
    day: dt.date | None = None
    """The day an action was due, or a waiver's last one."""
    what: str = ""
    """What was to be done, or why the miss is accepted."""
    action: str = ""
    """What the definition says is done when it is missed."""


class Notices(Record):
    """What happened in a project."""

    project: str
    as_of: dt.datetime
    today: dt.date
    """The as-of day."""
    since: dt.date | None
    """The day of the notices before these; None where there is no such day."""
    notices: tuple[Notice, ...] = ()

    @property
    def by_owner(self) -> Mapping[str, tuple[Notice, ...]]:
        """The notices of each owner, who may write their name in large or small letters; nobody's under ''."""
        names: dict[str, str] = {}
        listed: dict[str, list[Notice]] = {}
        for notice in sorted(self.notices, key=_weight):
            who = (notice.who or "").strip()
            listed.setdefault(names.setdefault(who.casefold(), who), []).append(notice)
        return {who: tuple(listed[who]) for who in sorted(listed)}


def _weight(notice: Notice) -> tuple[int, str, str]:
    return list(NoticeKind).index(notice.kind), notice.kpi, repr(notice.measurement and notice.measurement.segment)
