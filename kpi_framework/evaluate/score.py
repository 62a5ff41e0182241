"""The judge: observations → measurements. Pure: the same inputs give the same judgement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ..model.could_not import CouldNot
from ..model.kpi import Kpi, Lifecycle, Limits, Metric, SegmentTarget, Target
from ..model.measurement import Goal, Measurement, Observation, Reason, Segment, Status
from ..model.quantity import Quantity
from ..model.record import Record, field
from ..model.waiver import Waiver, valid_waivers
from .coverage import Coverages
from .observe import Values
from .reporting_periods import ReportingPeriods
from .rounding import published
from .unknown import why_unknown

Number = float | int


class Reference(Record):
    """What a value is compared with: the baseline and the previous period's value."""

    baseline: Number | None = None
    previous: Number | None = None

    def named(self, name: str) -> Number | None:
        """The reference a relative target names."""
        return self.baseline if name == "baseline" else self.previous


class MissingReference(CouldNot):
    """There is no reference that a target is relative to, or none that it can be a share of."""


class Judgement(Record):
    """A value as it may be shown, why it is unknown, the target as numbers, and the status."""

    value: Number | None
    reason: Reason | None
    goal: Goal | None
    status: Status

    @property
    def parts(self) -> tuple[Number | None, Reason | None, Goal | None, Status]:
        """The four, in this order."""
        return self.value, self.reason, self.goal, self.status


class Judge(Record):
    """Judges the observations of all definitions at one as_of."""

    metrics: Mapping[str, Metric]
    reporting: ReportingPeriods
    coverages: Coverages
    baselines: Mapping[tuple[str, Segment], Number | None]
    frozen: frozenset[str]
    hashes: Mapping[str, str]
    hidden: Mapping[str, int] = field(default_factory=dict)
    """Columns whose parts are hidden under so many rows."""

    def judge(self, values: Values) -> tuple[Measurement, ...]:
        """The measurements of every definition's shown periods, in the definitions' order."""
        reported = {g: self.reporting.shown(g) for g in {m.period for m in self.metrics.values()}}
        order = {metric_id: i for i, metric_id in enumerate(self.metrics)}
        mine = [
            o for o in values.values()
            if o.kpi in order and o.period in reported[self.metrics[o.kpi].period] and self._is_open(o)
        ]  # fmt: skip
        mine.sort(
            key=lambda o: (
                order[o.kpi],
                len(o.segment),
                [(c, v is None, v or "") for c, v in o.segment],
                o.period,
            )
        )
        return tuple(self._measurement(o, values) for o in mine)

    def _is_open(self, observation: Observation) -> bool:
        """Parts of a personal segment with few rows stay hidden."""
        least = max((self.hidden.get(column, 0) for column, _ in observation.segment), default=0)
        return (observation.population or 0) >= least

    def _measurement(self, observation: Observation, values: Values) -> Measurement:
        metric = self.metrics[observation.kpi]
        reference = Reference(self._baseline(observation), self._previous(observation, values))
        proposed = self._proposed(metric, observation, reference)
        value, reason, goal, status = self._judgement(metric, observation, reference).parts
        judged = self.reporting.judged(metric) == observation.period
        waiver = None
        if judged and status is Status.MISSED and value is not None and goal is not None:
            waiver = _waiver(metric, observation, value, goal, self.reporting.today)
        return Measurement(
            kpi=observation.kpi, kind=metric.kind, judged=judged, period=observation.period,
            segment=observation.segment, value=value, unit=metric.unit, population=observation.population,
            measured=observation.measured, excluded=observation.excluded, missing=observation.missing,
            interval=_interval(observation, value), status=status, reason=reason,
            waiver=waiver, target=proposed.goal if proposed else goal, baseline=reference.baseline,
            frozen=observation.kpi in self.frozen, previous=published(reference.previous),
            definition=self.hashes.get(observation.kpi, ""), inputs=observation.inputs,
            because=waiver.reason if waiver else observation.because,
            would_be=proposed.status if proposed and proposed.status is not Status.INFORMATIVE else None,
        )  # fmt: skip

    def _judgement(self, metric: Metric, observation: Observation, reference: Reference) -> Judgement:
        """The value that may be shown, and how the target in force judges it."""
        target = target_of(metric, observation)
        min_sample = target.min_sample if target else None
        reason = why_unknown(metric, observation, self.reporting, self.coverages, min_sample)
        resolved = resolve(target, metric, reference) if target else None
        missing = isinstance(resolved, MissingReference)
        goal = None if isinstance(resolved, CouldNot) else resolved
        if reason is None and missing:
            reason = Reason.NO_REFERENCE
        value = published(observation.value) if reason is None or reason.shows_value else None
        return Judgement(value, reason, goal, _status(value, reason, goal, missing=missing))

    def _proposed(self, metric: Metric, observation: Observation, reference: Reference) -> Judgement | None:
        """How a draft would be judged if its proposed target were in force."""
        if not isinstance(metric, Kpi) or metric.status is not Lifecycle.DRAFT:
            return None
        return self._judgement(metric.model_copy(update={"status": Lifecycle.ACTIVE}), observation, reference)

    def _baseline(self, observation: Observation) -> Number | None:
        return published(self.baselines.get((observation.kpi, observation.segment)))

    def _previous(self, observation: Observation, values: Values) -> Number | None:
        """The value of the period before, if it is known."""
        if observation.period.grain is None:
            return None
        period = self.reporting.almanac.shift(observation.period, -1)
        before = values.get((observation.kpi, period, observation.segment))
        if before is None or why_unknown(self.metrics[observation.kpi], before, self.reporting, self.coverages):
            return None
        return published(before.value)


def _interval(observation: Observation, value: Number | None) -> tuple[float, float] | None:
    if observation.interval is None or value is None:
        return None
    low, high = (published(float(end)) for end in observation.interval)
    return (float(low), float(high)) if low is not None and high is not None else None


def target_of(metric: Metric, observation: Observation) -> SegmentTarget | None:
    """The target in force on the period's first day, overall or for a segment named in `by`."""
    target = target_on(metric, observation.period.start)
    if target is None or not observation.segment:
        return target
    if len(observation.segment) != 1:
        return None
    column, value = observation.segment[0]
    return target.by.get(column, {}).get("null" if value is None else value)


def target_on(metric: Metric, day: dt.date) -> Target | None:
    """The target in force on a day; a draft or a metric has none."""
    if not isinstance(metric, Kpi) or metric.status is not Lifecycle.ACTIVE:
        return None
    in_force = [t for t in metric.targets if t.from_ is None or t.from_ <= day]
    return in_force[-1] if in_force else None


def resolve(target: SegmentTarget, metric: Metric, reference: Reference) -> Goal | CouldNot:
    """The target as numbers, or why it has none."""
    ends = {name: _ends(getattr(target, name)) for name in (*Limits.LIMITS, "near")}
    limits = {name: _numbers(quantities, metric.unit, reference) for name, quantities in ends.items()}
    if problem := next((n for n in limits.values() if isinstance(n, CouldNot)), None):
        return problem
    numbers = {name: n for name, n in limits.items() if not isinstance(n, CouldNot)}
    relative = next((q for name in Limits.LIMITS for q in ends[name] if q.reference), None)
    return Goal(
        at_most=_single(numbers["at_most"]), at_least=_single(numbers["at_least"]), between=_pair(numbers["between"]),
        near=_pair(numbers["near"]) or _single(numbers["near"]), from_=getattr(target, "from_", None),
        of=str(relative) if relative else None,
    )  # fmt: skip


def _ends(limit: Quantity | tuple[Quantity, ...] | None) -> tuple[Quantity, ...]:
    if limit is None:
        return ()
    return limit if isinstance(limit, tuple) else (limit,)


def _numbers(quantities: tuple[Quantity, ...], unit: str, reference: Reference) -> tuple[float, ...] | CouldNot:
    """Each end of a limit as a number, or why the first one that has none has none."""
    numbers: list[float] = []
    for quantity in quantities:
        number = limit_value(quantity, unit, reference)
        if isinstance(number, CouldNot):
            return number
        numbers.append(number)
    return tuple(numbers)


def _single(numbers: tuple[float, ...]) -> float | None:
    return numbers[0] if len(numbers) == 1 else None


def _pair(numbers: tuple[float, ...]) -> tuple[float, float] | None:
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def limit_value(quantity: Quantity, unit: str, reference: Reference) -> float | CouldNot:
    """A limit in the KPI's unit, or why there is none."""
    base = reference.named(quantity.reference) if quantity.reference else None
    if quantity.reference and (base is None or (quantity.is_share and base <= 0)):
        return MissingReference(f"there is no {quantity.reference} value to compare with")
    number = quantity.amount_in(unit)
    if isinstance(number, CouldNot):
        return number
    amount = float(number)
    rounded = published(amount if base is None else amount * base if quantity.is_share else base + amount)
    return MissingReference("the limit is beyond what a number can hold") if rounded is None else rounded


def _status(value: Number | None, reason: Reason | None, goal: Goal | None, *, missing: bool) -> Status:
    if goal is None and not missing:
        return Status.INFORMATIVE
    if reason is not None or value is None or goal is None:
        return Status.UNKNOWN
    return status_of(value, goal)


def status_of(value: Number, goal: Goal) -> Status:
    """The judgement of a known value: limits are inclusive, `near` lies on the losing side."""
    if _within(value, goal.at_most, goal.at_least, goal.between):
        return Status.MET
    if isinstance(goal.near, tuple):
        return Status.NEAR if goal.near[0] <= value <= goal.near[1] else Status.MISSED
    if goal.near is None:
        return Status.MISSED
    inside = value <= goal.near if goal.at_most is not None else value >= goal.near
    return Status.NEAR if inside else Status.MISSED


def _within(value: Number, at_most: float | None, at_least: float | None, between: tuple[float, float] | None) -> bool:
    if at_most is not None:
        return value <= at_most
    if at_least is not None:
        return value >= at_least
    return between is not None and between[0] <= value <= between[1]


def _waiver(metric: Metric, observation: Observation, value: Number, goal: Goal, today: dt.date) -> Waiver | None:
    """The waiver in force for a missed value: by today's date, while the value is within its limit."""
    if not isinstance(metric, Kpi):
        return None
    is_above = goal.at_most is not None or (goal.between is not None and value >= goal.between[0])
    waivers = (w for w in valid_waivers(metric.waiver, metric.owner) if w.covers(today, dict(observation.segment)))
    return next((w for w in waivers if w.allows(value, metric.unit, is_above=is_above)), None)
