"""What could not be read, converted or computed, and why: a value beside the values that could."""

from __future__ import annotations

from .record import Record


class CouldNot(Record):
    """It stands where a value would stand. Whoever needs the value shows the reason, or passes it on."""

    why: str
