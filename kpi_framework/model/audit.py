"""What an auditor is given: everything that happened to definitions and published values between two days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from .change import HistoryEvent
from .kpi import Metric
from .ledger import Published, Verification
from .record import Record


class MissedReview(Record):
    """A review that was due between the two days and not held by its day."""

    kpi: str
    due: dt.date
    held: dt.date | None
    """The day it was held at last, as its file says; None if it was not."""


class KnownWaiver(Record):
    """A waiver that held on a day between the two, as a definition said it: also one that was removed since."""

    kpi: str
    first: str
    last: str
    limit: str
    reason: str
    approved_by: str
    segment: str = ""


class Audit(Record):
    """The population of all changes, and what goes with it, at one commit."""

    project: str
    commit: str
    first: dt.date
    last: dt.date
    definitions: Mapping[str, Metric]
    events: tuple[HistoryEvent, ...]
    published: tuple[Published, ...]
    missed: tuple[MissedReview, ...]
    waivers: tuple[KnownWaiver, ...]
    verified: Verification

    @property
    def ids(self) -> tuple[str, ...]:
        """Every definition that is here, or that something happened to."""
        named = {e.change.kpi for e in self.events} | {p.kpi for p in self.published}
        return tuple(sorted({*self.definitions, *(n for n in named if n)}))

    @property
    def restated(self) -> tuple[Published, ...]:
        """The published values that took the place of others."""
        return tuple(p for p in self.published if p.body.get("restates") is not None)
