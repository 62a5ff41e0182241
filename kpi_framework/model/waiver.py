"""When a missed target is excused: the one place that says which waivers count and what they cover."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

import datetime as dt
from collections.abc import Iterable, Mapping

from pydantic import Field

from .base import Date, Model
from .could_not import CouldNot
from .quantity import Quantity

MAX_WAIVER_DAYS = 92
NONE = "null"
"""How a definition names the segment of the rows without a value."""


class Waiver(Model):
    """A missed target that is accepted for a time. It stays missed, is marked waived, and the check passes."""

    from_: Date = Field(alias="from")
    """First day of the waiver."""
    until: Date
    """Last day of the waiver. It lasts at most 92 days, its first and its last one counted."""
    limit: Quantity
    """The waiver counts only while the value is no worse than this."""
    reason: str
    """Why the missed target is accepted."""
    approved_by: str
    """Who approved it. This may not be the owner of the KPI."""
    segment: dict[str, str] = {}
    """The segment it is for, such as `{priority: critical}`. Without it, the waiver is for the overall value."""

    @property
    def days(self) -> int:
        """How many days it lasts, both ends counted."""
        return (self.until - self.from_).days + 1

    @property
    def is_too_long(self) -> bool:
        """Whether it would last longer than a waiver may: then it does not hold."""
        return self.days > MAX_WAIVER_DAYS

    def is_approved_by(self, person: str | None) -> bool:
        """Whether this person approved it; an owner who did waived their own miss."""
        return person is not None and self.approved_by.strip().lower() == person.strip().lower()

    def is_valid(self, owner: str | None) -> bool:
        """Whether it may excuse anything: it is short enough, and the KPI's owner did not approve it."""
        return not self.is_too_long and not self.is_approved_by(owner)

    def covers(self, day: dt.date, segment: Mapping[str, str | None]) -> bool:
        """Whether it is in force on a day, for this segment (empty: the overall value)."""
        named = {column: NONE if value is None else value for column, value in segment.items()}
        return self.from_ <= day <= self.until and self.segment == named

    def allows(self, value: float, unit: str, *, is_above: bool) -> bool:
        """Whether a value that misses its target, above or below it, is no worse than the limit."""
        limit = self.limit.to(unit)
        if isinstance(limit, CouldNot):
            return False
        return value <= limit if is_above else value >= limit


def valid_waivers(waivers: Iterable[Waiver], owner: str | None) -> tuple[Waiver, ...]:
    """The waivers of a KPI that may excuse anything."""
    return tuple(waiver for waiver in waivers if waiver.is_valid(owner))
