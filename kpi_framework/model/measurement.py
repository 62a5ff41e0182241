"""Results: what was measured, how it was judged, and whether the whole passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from .behaviour import Behaviour
from .diagnostic import Diagnostic, Severity
from .kpi import Kpi, Metric
from .pace import Budget, Pace
from .period import Period
from .project import ProjectEvent, View
from .record import Record, field
from .reported import ReportedFigure
from .waiver import Waiver

Segment = tuple[tuple[str, str | None], ...]
"""Columns and the values that name a part, `(("priority", "critical"),)`; empty for the whole."""


class Status(StrEnum):
    """The judgement of a value. `near` is read "at risk"."""

    MET = "met"
    NEAR = "near"
    MISSED = "missed"
    UNKNOWN = "unknown"
    INFORMATIVE = "informative"

    @property
    def word(self) -> str:
        """The word people read."""
        return "at risk" if self is Status.NEAR else self.value


class Reason(StrEnum):
    """Why a value is unknown. Earlier ones win over later ones."""

    SOURCE_ERROR = "source_error"
    DEFINITION_ERROR = "definition_error"
    WORKER_ERROR = "worker_error"
    NOT_RUN = "not_run"
    INPUT_UNKNOWN = "input_unknown"
    BEFORE_DATA = "before_data"
    STALE = "stale"
    PROVISIONAL = "provisional"
    NO_DATA = "no_data"
    MOSTLY_MISSING = "mostly_missing"
    UNDEFINED = "undefined"
    NO_EVIDENCE = "no_evidence"
    TOO_FEW = "too_few"
    NO_REFERENCE = "no_reference"

    @property
    def shows_value(self) -> bool:
        """Whether the value is published beside this reason."""
        return self in _SHOWN


_SHOWN = frozenset({Reason.PROVISIONAL, Reason.STALE, Reason.TOO_FEW, Reason.MOSTLY_MISSING, Reason.NO_REFERENCE})


class Observation(Record):
    """What the engine counted for one KPI, period and segment: a number that nobody has judged yet.

    `population` are the rows after `where`, `excluded` those it removed, `measured` those that entered
    an aggregate, `missing` those with a NULL where one needs a value. All null for a derived KPI.
    """

    kpi: str
    period: Period
    segment: Segment
    value: float | int | None
    population: int | None
    measured: int | None
    excluded: int | None
    missing: int | None
    interval: tuple[float, float] | None = None
    failure: Reason | None = None
    inputs: Mapping[str, float | int | None] | None = None
    because: str | None = None
    unproven: bool = False
    """Its `evidence` dataset has no rows in the period: a 0 proves nothing."""


class Goal(Record):
    """A target resolved to numbers in the KPI's unit, with `of` where it was relative."""

    at_most: float | None = None
    at_least: float | None = None
    between: tuple[float, float] | None = None
    near: float | tuple[float, float] | None = None
    from_: dt.date | None = None
    of: str | None = None


class Measurement(Record):
    """One published value: what it is, how it was judged, and what it stands on."""

    kpi: str
    kind: str
    judged: bool
    period: Period
    segment: Segment
    value: float | int | None
    unit: str
    population: int | None
    measured: int | None
    excluded: int | None
    missing: int | None
    interval: tuple[float, float] | None
    status: Status
    reason: Reason | None
    target: Goal | None
    baseline: float | int | None
    frozen: bool
    previous: float | int | None
    definition: str
    inputs: Mapping[str, float | int | None] | None = None
    because: str | None = None
    """What the reason is about: the unknown input, the waiver's reason."""
    waiver: Waiver | None = None
    """What excuses the miss of this value."""
    would_be: Status | None = None
    """The status that a draft would have if its proposed target were in force; None for all others."""
    behaviour: Behaviour | None = None
    """Of the judged period overall: whether the value moves, and whether that meets the target."""
    budget: Budget | None = None
    """Of the running period overall, of a share with one limit below 100 %: the misses that are left."""
    pace: Pace | None = None
    """Of the running period overall, of a share or a count: whether the target will be met."""

    @property
    def waived(self) -> bool:
        """Whether it is missed and a waiver excuses that."""
        return self.waiver is not None

    @property
    def is_whole(self) -> bool:
        """The KPI over all its population, not a segment."""
        return not self.segment


class SignalState(StrEnum):
    """Whether a signal's condition holds."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


class SignalResult(Record):
    """Whether a signal holds, and the values its condition was read over; an unknown one is None."""

    id: str
    name: str
    state: SignalState
    operands: Mapping[str, float | int | str | None]
    severity: Severity | None = None
    asks: str | None = None
    do: str | None = None


Number = float | int


class Attempt(Record):
    """What a value would be under another reading of its definition."""

    variant: str
    """The reading's name, for programs: `elapsed`."""
    words: str
    """The reading in words: `elapsed time`."""
    value: Number
    explains: bool
    """Whether it gives the reported figure, as far as that is written."""


class Reconciliation(Record):
    """A reported figure beside our value, and what was tried where they differ."""

    kpi: str
    index: int
    """The figure's place in the definition's list, from 0."""
    figure: ReportedFigure
    reported: Number
    """The figure in the definition's unit; of a percent the fraction."""
    unit: str
    period: Period
    value: Number | None
    """Our value of the period; None where it is unknown."""
    reason: Reason | None
    """Why our value is unknown, or not final."""
    attempts: tuple[Attempt, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether ours is the figure, as far as that is written."""
        return self.value is not None and self.figure.is_given_by(self.value, self.unit)

    @property
    def differs(self) -> bool:
        """Whether ours is known and is another one."""
        return self.value is not None and not self.agrees

    @property
    def is_final(self) -> bool:
        """Whether our value can no longer change: its period has ended, and its data reach the end."""
        return self.value is not None and self.reason not in (Reason.PROVISIONAL, Reason.STALE)

    @property
    def difference(self) -> float | None:
        """How much larger our value is."""
        return None if self.value is None else float(Fraction(repr(self.value)) - Fraction(repr(self.reported)))

    @property
    def explanations(self) -> tuple[Attempt, ...]:
        """The readings that give the reported figure."""
        return tuple(attempt for attempt in self.attempts if attempt.explains)


def streak(series: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """The periods in a row, up to the judged one, that have its status; of one KPI and segment, oldest first."""
    ends = [n for n, measurement in enumerate(series) if measurement.judged]
    in_a_row: list[Measurement] = []
    for measurement in reversed(series[: ends[-1] + 1] if ends else ()):
        if in_a_row and (
            measurement.status is not in_a_row[-1].status or measurement.period.end != in_a_row[-1].period.start
        ):
            break
        in_a_row.append(measurement)
    return tuple(reversed(in_a_row))


class Verdict(Record):
    """Whether the check passed, and why not."""

    passed: bool
    exit_code: int
    gate: str
    counts: Mapping[str, int]
    reasons: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it neither passed nor failed: all KPIs are drafts."""
        return not self.passed and self.exit_code == 0


class Scorecard(Record):
    """Everything one check found: the values, their judgement, the findings and the verdict."""

    project: str
    as_of: dt.datetime
    engine: str
    isolation: str
    verdict: Verdict
    measurements: tuple[Measurement, ...]
    diagnostics: tuple[Diagnostic, ...]
    definitions: Mapping[str, Metric | Kpi] = field(default_factory=dict)
    today: dt.date = dt.date.min
    objectives: Mapping[str, str] = field(default_factory=dict)
    events: tuple[ProjectEvent, ...] = ()
    signals: tuple[SignalResult, ...] = ()
    reported: tuple[Reconciliation, ...] = ()
    """What others reported, beside our values."""
    views: Mapping[str, View] = field(default_factory=dict)
    view: str | None = None
    """The view that readers are shown; None: everything."""
    revision: str = ""
    """The commit whose definitions these are; empty for the files as they lie on disk."""

    def judged(self) -> tuple[Measurement, ...]:
        """The judged measurement of each definition's whole, in the definitions' order."""
        return tuple(m for m in self.measurements if m.judged and m.is_whole)

    def series(self, kpi: str, segment: Segment = ()) -> tuple[Measurement, ...]:
        """The measurements of one KPI and segment, oldest period first."""
        return tuple(m for m in self.measurements if m.kpi == kpi and m.segment == segment)


class ExampleResult(Record):
    """How one example of a definition came out."""

    kpi: str
    example: str
    passed: bool
    expected: str
    got: str
    path: str
    line: int
