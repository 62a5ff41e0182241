"""A frozen baseline: what a KPI was, under which definition, written once and compared ever after."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

from typing import Literal

from pydantic import Field

from .base import Date, Integer, Model, Number, Version
from .kpi import Id

Method = Literal["range", "mean_of_periods", "end_of_range", "stated"]


class BaselineValue(Model):
    """The overall baseline (`segment: {}`), or that of one segment."""

    segment: dict[str, str | None] = {}
    """The segment; empty for the overall value."""
    value: Number | None = None
    """The value in the KPI's unit; null if there was none."""
    method: Method
    """range: over all its days; mean_of_periods: the mean of the full periods inside;
    end_of_range: a stock at their end; stated: a published figure."""
    population: Integer | None = None
    """Rows after `where`."""
    measured: Integer | None = None
    """Rows that at least one aggregate used."""


class BaselineFile(Model):
    """baselines/<id>.yaml, written by `kpi baseline freeze`."""

    version: Version
    """The version of this file's format: 1."""
    kpi: Id
    """The KPI it belongs to."""
    from_: Date | None = Field(None, alias="from")
    """First day."""
    to: Date | None = None
    """Last day, included."""
    frozen_on: Date
    """The day it was frozen: as_of's day."""
    definition: str
    """The definition hash it was computed under."""
    data: str | None = None
    """A fingerprint of the data it was computed from."""
    engine: str
    """The engine that computed it."""
    values: tuple[BaselineValue, ...]
    """The overall value first, then the segments."""

    def value_of(self, segment: dict[str, str | None]) -> Number | None:
        """The frozen value of a segment, or None where none was frozen."""
        return next((v.value for v in self.values if v.segment == segment), None)
