"""What every step of an evaluation is given."""

from __future__ import annotations

from ..model.record import Record
from .reporting_periods import ReportingPeriods
from .session import Session
from .setting import Setting


class Run(Record):
    """One evaluation: its setting, and the session with the engine that holds its data."""

    setting: Setting
    session: Session

    @property
    def reporting(self) -> ReportingPeriods:
        """The instant it looks from, and the periods it shows."""
        return self.setting.reporting
