"""Changes: what a definition, a goalpost or a published number was and became."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from .diagnostic import Diagnostic
from .measurement import Segment, Status
from .period import Period
from .record import Record, field


class ChangeClass(StrEnum):
    """What a change does to a judgement. Those that need a reason come first."""

    RESTATING = "restating"
    LOOSENED = "loosened"
    BACKDATED = "backdated"
    DATA = "data"
    REMOVED = "removed"
    RETIRED = "retired"
    RENAMED = "renamed"
    ADDED = "added"
    TIGHTENED = "tightened"
    GOVERNANCE = "governance"
    COSMETIC = "cosmetic"

    @property
    def needs_reason(self) -> bool:
        """Whether it may not be made without saying why."""
        return self in (ChangeClass.RESTATING, ChangeClass.LOOSENED, ChangeClass.BACKDATED)

    @property
    def meaning(self) -> str:
        """What the class says, in a sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    ChangeClass.RESTATING: "The number means something else than before.",
    ChangeClass.LOOSENED: "The definition is less strict: what failed before can pass now, or is no longer judged.",
    ChangeClass.BACKDATED: "A target or a baseline of a past period changes.",
    ChangeClass.DATA: "Data were changed afterwards: a settled value is another one.",
    ChangeClass.REMOVED: "The definition is deleted.",
    ChangeClass.RETIRED: "The definition is retired, with a reason.",
    ChangeClass.RENAMED: "The definition has another id.",
    ChangeClass.ADDED: "A new definition.",
    ChangeClass.TIGHTENED: "The definition is stricter: what passed before can fail now.",
    ChangeClass.GOVERNANCE: "The owner, the review, the action or a note changes.",
    ChangeClass.COSMETIC: "Only texts for readers change.",
}

Plain = object
"""A value as JSON has it."""


class Change(Record):
    """One field that means something else than before; `kpi` is None for kpi.yaml, which lists what it touches."""

    kpi: str | None
    cls: ChangeClass
    field: str
    before: Plain
    after: Plain
    path: str
    line: int = 1
    touches: tuple[str, ...] = ()
    effective: dt.date | None = None
    """The day from which a target is another one; None where it is at once, or no target's."""
    because: str | None = None
    """`version` where a number moved under an equal definition over equal data: another version computed it."""
    published: bool = False
    """Whether data changed a value that a ledger holds."""

    @property
    def needs_reason(self) -> bool:
        """Whether it may not be made without saying why: by its class, or because readers know the value."""
        return self.cls.needs_reason or (self.cls is ChangeClass.DATA and self.published)

    @property
    def sort_key(self) -> tuple[int, str, str, str]:
        """The weightiest first."""
        return list(ChangeClass).index(self.cls), self.kpi or "", self.path, self.field


class Judged(Record):
    """A value and its status on one side of a change."""

    value: float | int | None
    status: Status | None


class Impact(Record):
    """What a change does to one value: before and after, on the same data, and because of what."""

    kpi: str
    unit: str
    period: Period
    segment: Segment
    before: Judged
    after: Judged
    because: tuple[str, ...]
    judged: bool = False


class Commit(Record):
    """A commit as its object says: names, dates and the key of its signature are claims that nobody has verified."""

    name: str
    parents: tuple[str, ...]
    author: str
    email: str
    authored_at: dt.datetime
    committer: str
    committed_at: dt.datetime
    signed: str
    subject: str
    trailers: tuple[tuple[str, str], ...] = ()
    message: str = ""
    key: str | None = None
    """The key that its signature names; `signed` says that nobody has verified it."""

    def trailer(self, key: str) -> tuple[str, ...]:
        """The values of a trailer, `Reason` or `Reviewed-by`."""
        return tuple(v for k, v in self.trailers if k.lower() == key.lower())


class HistoryEvent(Record):
    """A change as history has it: the commit that made it, how it came in, why, and what it did to the value."""

    change: Change
    commit: Commit
    reason: str | None
    merge: Commit | None
    pull_request: str | None
    approvals: tuple[str, ...]
    landed: bool
    doubts: tuple[str, ...]
    """What cannot be proven: a date before its parent's, an unsigned commit, a side branch whose change was dropped."""
    before: float | int | None = None
    after: float | int | None = None
    unit_before: str = ""
    unit_after: str = ""
    """The units of the two values; a change of the unit is a change of the meaning, too."""
    status_before: Status | None = None
    status_after: Status | None = None
    base: str | None = None
    """The commit with which this one was compared: its parent, of a merge the one whose side it does not follow."""
    effects: tuple[Impact, ...] = ()
    """What it does to the shown periods, on today's data: every value or status that is another one."""
    earliest: dt.datetime | None = None
    latest: dt.datetime | None = None
    """Between which moments it was made, whatever its own date claims: no earlier than any commit that it builds on,
    no later than any that builds on it.
    """

    def is_within(self, first: dt.date | None, last: dt.date | None) -> bool:
        """Whether it may have been made between two days, both included."""
        early, late = (moment or self.commit.committed_at for moment in (self.earliest, self.latest))
        return not (first and early.date() < first) and not (last and late.date() > last)


class Difference(Record):
    """Two revisions compared: what changed, what that does, which reasons were given, and what is missing."""

    base: str
    head: str
    changes: tuple[Change, ...]
    impact: tuple[Impact, ...] = ()
    reasons: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """The names that people read, by id."""
    as_of: dt.datetime | None = None

    def of(self, cls: ChangeClass) -> tuple[Change, ...]:
        """The changes of one class."""
        return tuple(c for c in self.changes if c.cls is cls)
