"""What a definition would have been: its last periods as they are judged today, and as a proposal judges them."""

from __future__ import annotations

from .diagnostic import Diagnostic
from .kpi import Metric
from .measurement import Measurement, Status
from .record import Record


class TriedPeriod(Record):
    """The overall value of one period, today and under the proposal."""

    today: Measurement
    proposed: Measurement

    @property
    def statuses(self) -> tuple[Status, Status]:
        """How it is judged, and how it would be; of a draft, what it would be if it were active."""
        return shown_status(self.today), shown_status(self.proposed)

    @property
    def is_changed(self) -> bool:
        """Whether its status would be another."""
        before, after = self.statuses
        return before is not after


class Trial(Record):
    """A proposal beside today's definition. Nothing of it is written anywhere."""

    definition: Metric
    changes: tuple[tuple[str, str, str], ...]
    """Field, as it is written today, and as proposed."""
    periods: tuple[TriedPeriod, ...]
    notes: tuple[str, ...] = ()
    """Where a proposed target comes from, and what else to know."""
    findings: tuple[Diagnostic, ...] = ()
    """Why values could not be computed."""


def shown_status(measurement: Measurement) -> Status:
    """The status of a measurement; of a draft the one it would have."""
    return measurement.would_be or measurement.status
