"""What a run is asked for, and what it comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..evaluate.engine.duckdb import DuckWorker, WorkerLimits
from ..evaluate.engine.interface import Engine
from ..evaluate.gate import Strictness
from ..evaluate.reporting_periods import ReportingPeriods
from ..evaluate.setting import Setting
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.measurement import ExampleResult, Scorecard
from ..model.record import Record, field
from .project import ProjectRoot

if TYPE_CHECKING:  # a run without data does not wait for the room that evaluates
    from ..evaluate.evaluate import Evaluation

MOST_PERIODS = 400
"""So many complete periods can be asked for."""


class Options(Record):
    """What a run is asked for."""

    project_root: ProjectRoot
    now: dt.datetime
    as_of: dt.date | None = None
    periods: int = 12
    only: tuple[str, ...] = ()
    view: str | None = None
    strictness: Strictness = field(default_factory=Strictness)
    fingerprint: bool = False
    """Whether to take the data's fingerprint: it reads every file whole."""
    reconcile: bool = True
    """Whether figures that others reported are compared with ours, and differences explained."""
    looks_back: bool = True
    """Whether it is looked at how values behave over time, and where the running period is going."""
    open_engine: Callable[[], Engine] = field(default=lambda: DuckWorker(WorkerLimits()))
    progress: Callable[[str], None] = field(default=lambda _: None)
    beside: tuple[Callable[[], object], ...] = ()
    """What the caller has to do that needs no engine: it is done while the engine reads."""

    def setting(self, reporting: ReportingPeriods) -> Setting:
        """How the project is evaluated at these periods."""
        root = self.project_root
        return Setting(root.folder, reporting, self.open_engine, root.allowed, self.progress)


class Outcome(Record):
    """What a run came to."""

    passed: bool
    exit_code: int
    diagnostics: tuple[Diagnostic, ...] = ()
    examples: tuple[ExampleResult, ...] | None = None
    scorecard: Scorecard | None = None
    evaluation: Evaluation | None = None
    catalog: Catalog | None = None


def outcome_of(
    findings: tuple[Diagnostic, ...], options: Options, examples: tuple[ExampleResult, ...] | None = None
) -> Outcome:
    """The outcome of a run that computes no values."""
    failed = any(options.strictness.fails(f.severity) for f in findings)
    return Outcome(not failed, int(failed), findings, examples)
