"""What an auditor is given: everything that happened to definitions and published values between two days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from .change import ChangeClass, HistoryEvent
from .kpi import Metric
from .ledger import Published, Verification
from .record import Record
from .signal import Signal


def _needs_reason(event: HistoryEvent) -> bool:
    return event.change.needs_reason or event.change.cls is ChangeClass.REMOVED


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


class AuditedCommit(Record):
    """A commit of the audited time, as its object says; all of it but its name is a claim."""

    name: str
    parents: tuple[str, ...]
    author: str
    email: str
    authored_at: str
    committer: str
    committer_email: str
    committed_at: str
    is_signed: bool
    """Whether it carries a signature; nobody has verified it."""
    subject: str


class Population(Record):
    """All commits of the audited time: none is left out, also not for the date that it claims."""

    commits: tuple[AuditedCommit, ...]
    outside: tuple[str, ...]
    """Those whose own date is another than the commits before and after them allow."""
    before: int
    """How many commits of the history are of earlier days."""
    after: int
    """How many are of later days."""


class KnownApproval(Record):
    """Who approved a commit, and where that is said."""

    commit: str
    by: str
    at: str | None
    source: str
    pull_request: str | None


class Conflict(Record):
    """A change that the same person made and approved, or made, approved and published."""

    commit: str
    kpi: str
    who: str
    what: str


class Evidence(Record):
    """What an auditor checks without `kpi`: the ledgers, their last hashes, and what the platform says of approvals."""

    ledgers: Mapping[str, str]
    renamed: Mapping[str, str]
    """A new id and the former one, for the ledgers that were renamed."""
    prefix: str
    """Where in the repository the project stands; empty or ending in a slash."""
    instants: tuple[float, float]
    """The seconds since 1970 between which, the last included, the published values of the audited time were taken."""
    approvals: str | None
    """The text of approvals.json."""
    versions: Mapping[str, str]


class Audit(Record):
    """The population of all changes, and what goes with it, at one commit."""

    project: str
    commit: str
    first: dt.date
    last: dt.date
    definitions: Mapping[str, Metric | Signal]
    events: tuple[HistoryEvent, ...]
    published: tuple[Published, ...]
    missed: tuple[MissedReview, ...]
    waivers: tuple[KnownWaiver, ...]
    verified: Verification
    population: Population
    approvals: tuple[KnownApproval, ...]
    conflicts: tuple[Conflict, ...]
    evidence: Evidence

    @property
    def unexplained(self) -> tuple[HistoryEvent, ...]:
        """The changes that need a reason and have none; a removal is one of them."""
        return tuple(e for e in self.events if not e.reason and _needs_reason(e))

    @property
    def ids(self) -> tuple[str, ...]:
        """Every definition that is here, or that something happened to."""
        named = {e.change.kpi for e in self.events} | {p.kpi for p in self.published}
        return tuple(sorted({*self.definitions, *(n for n in named if n)}))

    @property
    def restated(self) -> tuple[Published, ...]:
        """The published values that took the place of others."""
        return tuple(p for p in self.published if p.body.get("restates") is not None)
