"""The ledger: what was published, line after line, each sealed with the hash of the one before."""

from __future__ import annotations

from collections.abc import Mapping

from .could_not import CouldNot
from .diagnostic import Diagnostic
from .measurement import Segment
from .record import Record, field


class Published(Record):
    """One line of a ledger: a published value and everything it stands on."""

    seq: int
    kpi: str
    grain: str
    start: str
    end: str
    segment: Segment
    value: float | int | None
    status: str
    definition: str
    data: str
    as_of: str
    commit: str
    hash: str
    body: Mapping[str, object] = field(default_factory=dict)
    """The whole line."""

    @property
    def key(self) -> tuple[str, str, Segment]:
        """The period and the part that the value is of."""
        return self.start, self.end, self.segment


class Fault(Record):
    """A line that does not hold, and why."""

    line: int
    why: str


class Chain(Record):
    """A ledger as it was read: its lines up to the first fault, and the fault."""

    kpi: str
    entries: tuple[Published, ...] = ()
    fault: Fault | None = None

    @property
    def latest(self) -> dict[tuple[str, str, Segment], Published]:
        """The last published value of each period and part."""
        return {published.key: published for published in self.entries}


class Unverified(CouldNot):
    """A published value that could not be checked."""

    kpi: str
    line: int
    because: str | None = None
    """`version` where another version of the language gives another value."""


class Verification(Record):
    """How many published values were checked, which failed, and which could not be checked and why."""

    checked: int = 0
    failed: tuple[Diagnostic, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    heads: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
