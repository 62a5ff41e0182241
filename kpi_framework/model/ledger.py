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
    ledger: str = ""
    """The KPI whose ledger the line stands in: `kpi` is what it was called when the value was published."""

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
    """`version` where another version, `library` where other holidays, give another value; `erasure` where rows were
    erased by declaration; `data` where the files are not here."""


class Disproved(Record):
    """A published value is not what its ledger says, and what differs."""

    what: str
    is_of_data: bool = False
    """Whether the line names a commit or data that are not there; otherwise they give another value."""


class Gap(Record):
    """Periods of a KPI that were judged, by its target and its settling time, and never published."""

    kpi: str
    first: str
    """The first day of the first of them."""
    last: str
    """The first day of the last of them."""
    count: int


class Verification(Record):
    """How many published values were checked, which failed, and which could not be checked and why."""

    checked: int = 0
    failed: tuple[Diagnostic, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    heads: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    @property
    def holds(self) -> int:
        """How many published values were computed again from their commits, with the same result."""
        lines = {(finding.kpi, finding.span.line) for finding in self.failed}
        return max(0, self.checked - len(self.unverified) - len(lines))
