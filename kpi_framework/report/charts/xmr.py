"""A process behaviour chart: a line with its mean and natural limits, which begin anew with each group of points."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.record import Record, replace
from .line import Level, LevelKind, LineChart

Limits = tuple[float, float]


class ProcessLevels(Record):
    """The mean of each period's group, and the limits between which its values lie by chance; None: too few points."""

    means: tuple[float | None, ...]
    limits: tuple[Limits | None, ...]


def behaviour_chart(chart: LineChart, levels: ProcessLevels) -> LineChart:
    """The chart with the mean and the limits behind its own levels."""
    return replace(chart, levels=(*_levels(levels), *chart.levels)) if levels.means else chart


def _levels(levels: ProcessLevels) -> Sequence[Level]:
    low = tuple(None if ends is None else ends[0] for ends in levels.limits)
    high = tuple(None if ends is None else ends[1] for ends in levels.limits)
    return (Level(LevelKind.MEAN, levels.means), Level(LevelKind.LIMIT, low), Level(LevelKind.LIMIT, high))
