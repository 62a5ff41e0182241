"""What a renderer is given: the outcome of one lint, test or check."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from ...model.diagnostic import Diagnostic
from ...model.measurement import ExampleResult, Scorecard
from ...model.record import Record, replace


class Report(Record, dict=True):
    """One outcome, and the screen it is shown on (only the text format looks at `color` and `width`)."""

    scorecard: Scorecard | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    examples: tuple[ExampleResult, ...] | None = None
    """The examples that ran; None where none were to be run."""
    passed: bool = True
    exit_code: int = 0
    title: str = "kpi lint"
    color: bool = False
    width: int = 100
    alarms: tuple[Diagnostic, ...] = ()
    """Missed targets and signals that are on at their lines, for the formats that show nothing but findings."""
    prefix: str = ""
    """The project's folder in its repository, such as `desks/hr/`."""

    @cached_property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All findings, each once, file by file from top to bottom."""
        judged = self.scorecard.diagnostics if self.scorecard else ()
        return tuple(sorted(dict.fromkeys((*self.diagnostics, *judged)), key=lambda f: f.sort_key))

    @cached_property
    def located(self) -> tuple[Diagnostic, ...]:
        """Alarms and findings by their path in the repository, as the programs that read it name files."""
        every = (*self.alarms, *self.findings)
        if not self.prefix:
            return every
        return tuple(replace(f, span=replace(f.span, path=f"{self.prefix}{f.span.path}")) for f in every)


Renderer = Callable[[Report], str]
