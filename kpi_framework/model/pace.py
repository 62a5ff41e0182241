"""The running period: how many misses its target allows, and whether it will be met."""

from __future__ import annotations

from enum import StrEnum

from .record import Record


class Pace(StrEnum):
    """Where the running period is going. It informs; it is no status."""

    ON_TRACK = "on track"
    TOO_CLOSE_TO_CALL = "too close to call"
    OFF_TRACK = "off track"
    TOO_EARLY = "too early"
    LOST = "can no longer be met"
    SAFE = "can no longer be missed"


class ExpectedBudget(Record):
    """What the whole period is expected to allow."""

    rows: int
    """The rows that the period is expected to measure: as many as usual."""
    allowed: int
    """The misses that the target allows among so many."""


class Budget(Record):
    """The misses of a share: how many its target allows, and how many there are."""

    allowed: int
    """The misses that the target allows among the rows measured so far."""
    used: int
    """The misses so far."""
    expected: ExpectedBudget | None
    """The same for the whole period; None where no earlier period says how many rows are usual."""

    @property
    def left(self) -> int:
        """The misses left of those that are allowed so far; negative where there are too many."""
        return self.allowed - self.used
