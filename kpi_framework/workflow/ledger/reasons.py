"""Why published values change: a reason for each KPI, by name, or one for the only KPI that needs one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Self

from ...model.diagnostic import KpiError
from ...model.record import Record, field

_SHORTEST_WITHOUT_BLANKS = 6
_FIRST_WITHOUT_BLANKS = 0x0E00
"""From Thai on there are scripts that put no blanks between words."""


class Reasons(Record):
    """The reasons that a run was given."""

    by_kpi: Mapping[str, str] = field(default_factory=dict)
    general: str | None = None

    @classmethod
    def read(cls, texts: Iterable[str], known: Collection[str]) -> Self:
        """Reasons as they are written: `ID=TEXT`, or a text alone. Raises KpiError for one that says nothing."""
        by_kpi: dict[str, str] = {}
        general: str | None = None
        for text in texts:
            name, equals, rest = text.partition("=")
            is_named = bool(equals) and name.strip() in known
            reason = (rest if is_named else text).strip()
            if not says_something(reason):
                raise KpiError(f"the reason {reason!r} says too little", "Write a sentence: what changed, and why.")
            if is_named:
                by_kpi[name.strip()] = reason
            else:
                general = reason
        return cls(by_kpi, general)

    def of(self, kpi: str, causes: Collection[str], restated: Collection[str]) -> str | None:
        """The reason for a KPI. One for all of several does only where another version of kpi is the only cause."""
        is_common = len(set(restated)) == 1 or set(causes) == {"version"}
        return self.by_kpi.get(kpi) or (self.general if is_common else None)


def says_something(reason: str) -> bool:
    """Whether a reason has two words; in scripts without blanks, six characters."""
    is_unspaced = any(ord(character) >= _FIRST_WITHOUT_BLANKS for character in reason)
    return len(reason.split()) > 1 or (is_unspaced and len(reason) >= _SHORTEST_WITHOUT_BLANKS)
