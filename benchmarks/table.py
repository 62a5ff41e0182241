"""A row of the speed table, and how it is timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, what it is held against, and the ratio that was promised."""

    what: str
    ours: float
    against: float
    side: str
    promised: float

    @property
    def ratio(self) -> float:
        """Ours to theirs."""
        return self.ours / self.against

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.ratio <= self.promised if self.side == "at most" else self.ratio >= self.promised


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
