"""How a project is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..model.record import Record, field
from .engine.interface import Engine
from .reporting_periods import ReportingPeriods


class Setting(Record):
    """How a project is evaluated: where it stands, what it may read, at which as_of, by which engine."""

    root: Path
    reporting: ReportingPeriods
    open_engine: Callable[[], Engine]
    allowed: tuple[Path, ...] = ()
    progress: Callable[[str], None] = field(default=lambda _: None)
    looks_back: bool = False
    """Whether it is looked at how values behave over time, beyond the shown periods."""
    tells_flaws: bool = False
    """Whether each loaded row says what is wrong with its cells: for a look at rows, a number needs none of it."""
