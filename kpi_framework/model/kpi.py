"""A metric informs; a KPI judges: it adds an owner's promise, a target, a baseline and an action."""

# No postponed annotations: pydantic would evaluate each of them anew at every start.

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from .base import (
    Date,
    Flag,
    Integer,
    Meta,
    Model,
    Moment,
    Number,
    PeriodName,
    Unit,
    Version,
)
from .period import Grain
from .quantity import Duration, Quantity, Share, Window
from .quoting import is_plain
from .reported import ReportedFigure
from .waiver import Waiver

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Family = Literal["productivity", "quality", "performance", "cost", "security", "reliability", "spend"]


class Lifecycle(StrEnum):
    """Where a definition stands in its life. Only active KPIs are judged."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class Limits(Model):
    """Exactly one of at_most, at_least and between, with an optional near zone on its losing side."""

    LIMITS: ClassVar[tuple[str, ...]] = ("at_most", "at_least", "between")

    at_most: Quantity | None = None
    """Met while the value is at or below this: a number in the KPI's unit, `60 min`, `95%`, `90% of baseline`."""
    at_least: Quantity | None = None
    """Met while the value is at or above this: a number in the KPI's unit, `95%`, `4 h`, `previous - 10 min`."""
    between: Annotated[tuple[Quantity, ...], Field(min_length=2, max_length=2)] | None = None
    """Met while the value lies in this band, both ends included: `[lo, hi]`."""

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        limits = [name for name in self.LIMITS if getattr(self, name) is not None]
        if len(limits) != 1:
            raise ValueError(
                "give exactly one of at_most, at_least, between" + (f", not {' and '.join(limits)}" if limits else "")
            )
        return self

    @property
    def direction(self) -> Literal["at_most", "at_least", "between"]:
        """The limit that is given; it says which way is losing."""
        if self.at_most is not None:
            return "at_most"
        return "at_least" if self.at_least is not None else "between"


_ONE_LIMIT: dict[str, Any] = {
    "oneOf": [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in Limits.LIMITS]
}


class SegmentTarget(Limits):
    """The target of one segment, with its own `near` zone and `min_sample`."""

    model_config = ConfigDict(json_schema_extra=_ONE_LIMIT)

    near: Quantity | Annotated[tuple[Quantity, ...], Field(min_length=2, max_length=2)] | None = None
    """The end of the at-risk zone beyond the limit, on its losing side; for `between` the wider band `[lo, hi]`."""
    min_sample: Annotated[Integer, Field(ge=1)] | None = None
    """If fewer rows than this are measured in the segment, its value is unknown (too_few)."""


class Target(SegmentTarget):
    """What the KPI has to reach, from a date on. The target in force on a period's first day judges it."""

    from_: Date | None = Field(None, alias="from")
    """First day of the first period judged by this target; it runs until the next one's `from`."""
    by: dict[str, dict[str, SegmentTarget]] = {}
    """Targets of single segments: `{priority: {critical: {at_most: 30 min}}}`. They are judged and gated."""


class Baseline(Model):
    """The days the baseline is measured over, or a stated figure that can't be computed again."""

    from_: Date | None = Field(None, alias="from")
    """First day of the baseline."""
    to: Date | None = None
    """Last day of the baseline, included. 30 to 60 days are usual."""
    value: Quantity | None = None
    """A stated figure, if the data of the baseline no longer exist. `source` then says where it was published."""
    source: str | None = None
    """Where a stated value was published."""


class Benchmark(Limits):
    """What others reach. It is shown beside the KPI and never judged."""

    model_config = ConfigDict(json_schema_extra=_ONE_LIMIT)

    source: str
    """Where the benchmark was published."""
    year: Integer | None = None
    """The year it was published."""


class Review(Model):
    """How often the KPI is reviewed, and when the last review was."""

    cadence: Literal["weekly", "monthly", "quarterly", "yearly"]
    """How often the owner reviews this KPI."""
    last: Date | None = None
    """The day of the last review."""
    by: str | None = None
    """Who held the last review."""
    note: str | None = None
    """What the last review found."""


class Action(Model):
    """What is done when the KPI misses its target. A KPI without an action changes nothing."""

    do: str
    """What to do."""
    owner: str | None = None
    """Who does it."""
    link: str | None = None
    """The ticket or page that tracks it."""
    due: Date | None = None
    """The due date."""


class Retirement(Model):
    """Since when and why a definition is retired, and what replaced it."""

    since: Date
    """The day it was retired."""
    because: str
    """Why it was retired."""
    replaced_by: str | None = None
    """The id of the definition that replaced it."""


class Expectation(Model):
    """What an example must give."""

    value: Quantity | Flag | None = None
    """The value, in the KPI's unit or with its own."""
    status: Literal["met", "near", "missed", "unknown", "informative"] | None = None
    """The status. If you give one, the example also applies `min_sample`, `settle` and the target."""
    population: Integer | None = None
    """Rows after `where`."""
    measured: Integer | None = None
    """Rows that at least one aggregate used."""
    missing: Integer | None = None
    """Rows with a NULL where an aggregate needs a value."""


Cell = str | Number | Flag | None


def _rows(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


_CELL_ROW = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}


class Note(Model):
    """What explains the value of one period: the cause of a missed target, and its fix."""

    period: PeriodName
    """The period: its first day, or the month (`2026-09`) or year in which it begins."""
    cause: str
    """What caused it."""
    fix: str | None = None
    """What was done about it."""
    by: str | None = None
    """Who wrote the note."""

    def is_of(self, start: dt.date) -> bool:
        """Whether it is about the period that begins on this day."""
        return start.isoformat().startswith(self.period)


class Example(Model):
    """A unit test of the KPI: rows in, a value out. Run by `kpi test`."""

    name: str
    """What the example shows."""
    given: Annotated[
        tuple[dict[str, Cell], ...],
        BeforeValidator(_rows),
        WithJsonSchema({"anyOf": [_CELL_ROW, {"type": "array", "items": _CELL_ROW}]}),
    ]
    """The rows of one period, by canonical column; `times: 950` repeats a row. Derived: the values of the inputs."""
    at: Moment | None = None
    """For a stock or a trailing window: the date (its end) or time at which the rows are counted."""
    period: PeriodName | None = None
    """For a definition with `spans`: the period that the rows are measured in, such as `2026-01`."""
    previous: dict[str, Number | None] = {}
    """A derived KPI's inputs in the previous period, for `previous(id)`."""
    baseline: dict[str, Number | None] = {}
    """A derived KPI's input baselines, for `baseline(id)`."""
    expect: Quantity | Flag | Expectation | None
    """The value, in the KPI's unit or with its own; or `{value:, status:, population:, measured:, missing:}`."""


class Metric(Model):
    """A metric reports what happened. It is never judged."""

    version: Version
    """The version of this file's format: 1."""
    kind: Literal["kpi", "metric"] = "kpi"
    """`kpi` (judged against a target) or `metric` (for information)."""
    id: Id
    """The name used in formulas, files and results: snake_case, unique, the file's name without its ending."""
    name: str
    """The name people read."""
    description: str | None = None
    """What it measures, in one sentence."""
    counts: str | None = None
    """What counts."""
    excludes: str | None = None
    """What does not count."""
    asks: str | None = None
    """The question to ask when it misses its target."""
    family: Family | None = None
    """What it is about: productivity, quality, performance, cost, security, reliability or spend."""
    level: Literal["foundational", "advanced"] | None = None
    """Start with foundational KPIs. Add advanced ones when those are stable."""
    objectives: tuple[str, ...] = ()
    """The objectives of kpi.yaml that it supports."""
    owner: str | None = None
    """The person or team responsible for it."""
    dataset: str | None = None
    """The dataset of kpi.yaml that it reads. Absent: it is derived, and its formula names metrics and KPIs."""
    time: str | None = None
    """The timestamp that puts a row into a period; the dataset's own by default."""
    where: str | None = None
    """A condition that a row must fulfil to belong to the population."""
    formula: str | None = None
    """One SQL expression of aggregates over the dataset. A derived definition uses ids instead."""
    unit: Unit
    """count, percent, score, ratio, seconds, minutes, hours, days, or an ISO 4217 currency code."""
    period: Grain = Grain.MONTH
    """How long a period is: day, week, month, quarter or year."""
    window: Window | None = None
    """Measure each period over a trailing window that ends with it, in calendar days: `7 days`, `30 days`."""
    open_between: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)] | None = None
    """A stock: the rows open at the end of the period. Name when they open and close: `[created_at, resolved_at]`."""
    spans: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)] | None = None
    """Things that last, such as outages: a row counts in every period that it touches, from its start to its end."""
    evidence: str | None = None
    """A dataset that must have rows in the period; else a 0 proves nothing and is unknown (no_evidence)."""
    segments: tuple[str | Annotated[tuple[str, ...], Field(min_length=2)], ...] = ()
    """Columns to break it down by; a list of columns is a combination."""
    min_sample: Annotated[Integer, Field(ge=1)] | None = None
    """If fewer rows than this are measured, the value is unknown (too_few)."""
    min_measured: Share = Share.read("50%")
    """If a smaller share of the rows than this is measured, the value is unknown (mostly_missing)."""
    settle: Duration | None = None
    """How long to wait after the end of a period before it is judged, so that late entries arrive: `2 days`."""
    exact: Flag = True
    """`false` allows approximate aggregates."""
    read_with: tuple[str, ...] = ()
    """The ids of the KPIs to read beside this one: its guards."""
    status: Lifecycle = Lifecycle.ACTIVE
    """draft, active or retired. Only active KPIs are judged."""
    retired: Retirement | None = None
    """When and why it was retired; with `status: retired`."""
    renamed_from: Id | None = None
    """Its former id. The history and the baseline continue under the new id."""
    notes: tuple[Note, ...] = ()
    """What explains the value of a period: `{period: 2026-09, cause: …, fix: …, by: …}`."""
    reported: tuple[ReportedFigure, ...] = ()
    """What others published for a period: `{period: 2026-09, value: 47 min, source: Zendesk}`. The check compares it
    with ours and names the reading that gives it. It changes no value and no status."""
    examples: tuple[Example, ...] = ()
    """Its unit tests."""
    meta: Meta = {}
    """Your own keys. `kpi` does not read them."""

    @model_validator(mode="after")
    def _retired(self) -> Self:
        if (self.status is Lifecycle.RETIRED) != (self.retired is not None):
            raise ValueError("`status: retired` and `retired: {since:, because:}` go together")
        return self

    @property
    def is_derived(self) -> bool:
        """A derived one reads other metrics and KPIs, not rows."""
        return self.dataset is None

    @property
    def is_stock(self) -> bool:
        """It holds what is open at a period's end, not what happened in the period."""
        return self.open_between is not None

    @property
    def breakdowns(self) -> tuple[tuple[str, ...], ...]:
        """The columns of each breakdown; the empty one is the whole."""
        listed = tuple((s,) if isinstance(s, str) else s for s in self.segments)
        return tuple(dict.fromkeys(((), *listed)))

    @property
    def is_active(self) -> bool:
        """Evaluated and, if a KPI, judged."""
        return self.status is Lifecycle.ACTIVE


def _targets(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f"expected a mapping such as `{_as_limit(value)}`")
    return [value] if isinstance(value, dict) else value


def _as_limit(text: str) -> str:
    """How a target is written that somebody wrote as a text: `>= 95%` → `{at_least: 95%}`."""
    match = _COMPARISON.fullmatch(text)
    if match is None or not is_plain(match[2]):
        return "{at_least: 95%}"
    return f"{{{'at_most' if match[1] in '<=≤' else 'at_least'}: {match[2].strip()}}}"


_COMPARISON = re.compile(r"\s*(<=|>=|<|>|≤|≥)\s*([0-9.]{1,20} ?[%A-Za-z]{0,10})\s*")
_ONE_OR_MORE = "one mapping, or a list of them"


class Kpi(Metric):
    """A metric with a target, a baseline to compare with, a review and an action."""

    REQUIRED: ClassVar[tuple[str, ...]] = (
        "owner", "formula", "baseline", "target", "review", "action",
    )  # fmt: skip

    baseline: Baseline | None = None
    """The value before: the days to measure, or a stated value. `kpi baseline freeze` freezes it."""
    target: Annotated[tuple[Target, ...], BeforeValidator(_targets)] | None = None
    """The value to reach: one mapping, or a list of them, each with `from`."""
    benchmark: Benchmark | None = None
    """What others reach. It is shown and never judged."""
    review: Review | None = None
    """How often it is reviewed, and when it last was."""
    action: Action | None = None
    """What is done when it misses its target."""
    waiver: Annotated[tuple[Waiver, ...], BeforeValidator(_targets)] = ()
    """A missed target that is accepted until an end date: one mapping, or a list of them."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """All targets, oldest first; one without `from` holds since always."""
        return tuple(sorted(self.target or (), key=lambda t: t.from_.toordinal() if t.from_ else 0))
