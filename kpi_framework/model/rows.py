"""The rows behind a number: how each of them counts, and why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from .measurement import Goal, Measurement
from .record import Record, field


class Standing(StrEnum):
    """How a row of a period counts in a definition's number. Each row has one, the first that fits."""

    MISSED = "missed"
    """It is measured, and its own value lies past the target."""
    MEASURED = "measured"
    """It entered an aggregate."""
    MISSING = "missing"
    """A value is absent that an aggregate needs."""
    FILTERED = "filtered"
    """It belongs to the population, and a filter inside the formula leaves it out."""
    EXCLUDED = "excluded"
    """`where` leaves it out."""


class TracedRow(Record):
    """One row: its cells as text, how it counts, its own value where it has one, and what it lacks."""

    cells: tuple[str | None, ...]
    standing: Standing
    value: float | None = None
    lacks: tuple[str, ...] = ()
    """What is wrong with the cells that the formula reads: `first_response_at is empty`."""


class RowCounts(Record):
    """How many rows of the period count how, as a measurement has it; a row may be measured and missing."""

    population: int
    measured: int
    missing: int
    excluded: int


class TracedRows(Record):
    """The rows of one measurement. Personal columns are never among the columns."""

    measurement: Measurement
    columns: tuple[str, ...]
    counts: RowCounts
    standings: Mapping[Standing, int]
    """How many rows have each standing."""
    rows: tuple[TracedRow, ...]
    """The first of each standing."""
    personal: tuple[str, ...] = ()
    """The columns that are left out for it."""
    goal: Goal | None = None
    """What its rows are compared with: the target in force, of a segment without one the overall one."""
    no_misses: str = ""
    """Why it cannot be said which rows missed; empty where it can."""
    of_conditions: bool = False
    """Whether a row's own value says if a condition holds: 1, or 0."""
    where: str = ""
    """The definition's condition."""


class InputRows(Record):
    """A derived definition has no rows: the definitions that have them, with their values in the period."""

    measurement: Measurement
    inputs: tuple[str, ...]
    values: Mapping[str, float | int | None] = field(default_factory=dict)
    """By what the formula reads: an id, or `previous(id)`."""
    other_periods: Mapping[str, str] = field(default_factory=dict)
    """The inputs whose own periods are of another length, and what it is: here they are counted over this one."""
