"""A function that a formula may use, as a reader needs it."""

from __future__ import annotations

from .record import Record


class FormulaFunction(Record):
    """One function of the formula language: how it is called, what it gives, and an example that compiles."""

    name: str
    group: str
    signature: str
    meaning: str
    example: str
    other_names: tuple[str, ...] = ()
    """What other products call it: a formula that uses one of these names is told this one."""
