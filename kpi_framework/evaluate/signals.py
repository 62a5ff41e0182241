"""Signals: conditions over judged measurements. An unknown operand makes a signal unknown, never off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..compile.catalog import Compilation
from ..compile.language.signal import Condition, Operand, condition_query
from ..compile.sql.errors import FormulaError
from ..model.kpi import Kpi, Metric
from ..model.measurement import Goal, Measurement, Segment, SignalResult, SignalState, Status
from ..model.record import Record
from ..model.signal import Signal
from .engine.interface import EngineError
from .rounding import published
from .score import status_of, target_on
from .session import Session

Value = float | int | str | None


def judge_signals(
    compilation: Compilation, measurements: Iterable[Measurement], session: Session
) -> tuple[SignalResult, ...]:
    """Every signal's state. One whose condition does not compile is unknown: lint says why."""
    catalog = compilation.catalog
    readings = Readings(measurements, catalog.metrics)
    results = []
    for definition in catalog.signals:
        signal, condition = definition.noun, compilation.condition(definition.noun)
        if isinstance(condition, FormulaError):
            results.append(_signal_result(signal, SignalState.UNKNOWN, {}))
            continue
        values = {o: readings.value(o) for o in condition.operands}
        state = _state(condition, values, session)
        results.append(_signal_result(signal, state, {o.text: v for o, v in values.items()}))
    return tuple(results)


def _signal_result(signal: Signal, state: SignalState, operands: Mapping[str, Value]) -> SignalResult:
    return SignalResult(signal.id, signal.name, state, operands, signal.severity, signal.asks, signal.do)


def _state(condition: Condition, values: Mapping[Operand, Value], session: Session) -> SignalState:
    """On or off where every operand is known; else unknown, whatever the others would decide."""
    if any(value is None for value in values.values()):
        return SignalState.UNKNOWN
    try:
        cell = session.fetch_again(condition_query(condition, list(values.values())))[0][0]
    except EngineError:
        return SignalState.UNKNOWN
    if cell is None:
        return SignalState.UNKNOWN
    return SignalState.ON if cell else SignalState.OFF


class _Reading(Record):
    """A judged measurement, and the target it is held to: its own, or for a segment without one the overall target."""

    measurement: Measurement
    goal: Goal | None
    series: tuple[Measurement, ...]

    @property
    def is_known(self) -> bool:
        return self.measurement.reason is None and self.measurement.value is not None

    @property
    def status(self) -> Status:
        if (
            self.measurement.status is Status.INFORMATIVE
            and self.is_known
            and self.goal
            and self.measurement.value is not None
        ):
            return status_of(self.measurement.value, self.goal)
        return self.measurement.status

    @property
    def loss(self) -> float | None:
        """How far its value lies to the losing side of its target, in units of the target."""
        if self.goal is None or self.measurement.value is None or not self.is_known:
            return None
        return _loss(float(self.measurement.value), self.goal)


class Readings:
    """The values that operands name, out of the measurements of one check."""

    def __init__(self, measurements: Iterable[Measurement], metrics: Mapping[str, Metric]) -> None:
        self._metrics = metrics
        self._series: dict[tuple[str, Segment], list[Measurement]] = {}
        for measurement in sorted(measurements, key=lambda m: m.period):
            self._series.setdefault((measurement.kpi, measurement.segment), []).append(measurement)

    def value(self, operand: Operand) -> Value:
        """The operand's value; None where it is unknown."""
        reading = self._worst(operand.definition) if operand.is_worst else self._named(operand)
        if reading is None or not reading.is_known:
            return None
        return _field(reading, operand.field)

    def _named(self, operand: Operand) -> _Reading | None:
        segment = tuple((c, None if v == "null" else v) for c, v in operand.segment)
        return self._reading(operand.definition, segment) or self._reading(operand.definition, operand.segment)

    def _reading(self, kpi: str, segment: Segment) -> _Reading | None:
        series = self._series.get((kpi, segment), [])
        measurement = next((m for m in series if m.judged), None)
        if measurement is None:
            return None
        goal = measurement.target
        if goal is None and segment:
            whole = self._reading(kpi, ())
            goal = whole.goal if whole else None
        return _Reading(measurement, goal, tuple(m for m in series if m.period <= measurement.period))

    def _worst(self, metric_id: str) -> _Reading | None:
        """The segment with enough measured rows that lies furthest to the losing side of its target."""
        parts = [self._reading(i, segment) for i, segment in self._series if i == metric_id and segment]
        known = [(r.loss, r) for r in parts if r is not None and r.loss is not None and self._is_enough(r)]
        return max(known, key=lambda pair: pair[0])[1] if known else None

    def _is_enough(self, reading: _Reading) -> bool:
        metric, measurement = self._metrics[reading.measurement.kpi], reading.measurement
        least = metric.min_sample or 1
        target = target_on(metric, measurement.period.start) if isinstance(metric, Kpi) else None
        if target is not None and len(measurement.segment) == 1:
            column, value = measurement.segment[0]
            own = target.by.get(column, {}).get("null" if value is None else value)
            least = (own.min_sample if own else None) or target.min_sample or least
        return measurement.measured is None or measurement.measured >= least


def _loss(value: float, goal: Goal) -> float:
    if goal.at_most is not None:
        return (value - goal.at_most) / (abs(goal.at_most) or 1.0)
    if goal.at_least is not None:
        return (goal.at_least - value) / (abs(goal.at_least) or 1.0)
    assert goal.between is not None, "a goal has one limit"
    low, high = goal.between
    return max((low - value) / (abs(low) or 1.0), (value - high) / (abs(high) or 1.0))


def _field(reading: _Reading, field: str) -> Value:
    measurement, value = reading.measurement, reading.measurement.value
    assert value is not None, "an unknown value has no field"
    if field == "status":
        return reading.status.value
    if field == "streak":
        return _streak(reading)
    if field == "target":
        goal = reading.goal
        return (goal.at_most if goal.at_most is not None else goal.at_least) if goal else None
    if field in ("change", "points"):
        return _moved(value, measurement.previous, relative=field == "change")
    return {"value": value, "previous": measurement.previous, "baseline": measurement.baseline}[field]


def _moved(value: float | int, previous: float | int | None, *, relative: bool) -> float | int | None:
    """The change against the previous period; relative to nothing it is unknown."""
    if previous is None or (relative and previous == 0):
        return None
    points = value - previous
    return published(points / abs(previous) if relative else points)


def _streak(reading: _Reading) -> int:
    """How many judged periods in a row, up to this one, have its status."""
    count = 0
    for measurement in reversed(reading.series):
        if _Reading(measurement, measurement.target or reading.goal, ()).status is not reading.status:
            break
        count += 1
    return count
