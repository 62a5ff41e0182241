"""A KPI's periods as a chart: values, the targets in force, and what happened, in a sentence and in a table, too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property, partial

from ...model.behaviour import Behaviour
from ...model.change import ChangeClass, HistoryEvent
from ...model.kpi import Metric
from ...model.measurement import Goal, Measurement, Reason, Status
from ...model.period import Grain, Period
from ...model.project import ProjectEvent
from ...model.record import Record
from ..charts.line import ChartMark, ChartPoint, Level, LevelKind, LineChart, Marker
from ..charts.sparkline import sparkline
from ..charts.svg import Title
from ..charts.xmr import ProcessLevels, behaviour_chart
from ..doc.model import Badge, Chart, Drawing, File, Table
from ..view.rows import measured
from ..words.phrases import day_text, month_text, period_text, standing_text
from ..words.trend import trend
from ..words.values import NONE, show_target, show_value

_LINES = "Dashed: the target in force. Dash and dot: the baseline. Thin and dotted: the mean and its usual range."
_RESTATES = (ChangeClass.RESTATING, ChangeClass.BACKDATED)


class Happening(Record):
    """What happened in a period: its place among those drawn, and a line for each thing."""

    place: int
    lines: tuple[str, ...]


class Series(Record, dict=True):
    """One KPI or segment over its periods, oldest first, with what happened to it and around it."""

    definition: Metric
    measurements: tuple[Measurement, ...]
    events: tuple[HistoryEvent, ...] = ()
    happenings: tuple[ProjectEvent, ...] = ()

    @property
    def drawn(self) -> tuple[Measurement, ...]:
        """The periods from the first with a value on."""
        known = (place for place, m in enumerate(self.measurements) if m.value is not None)
        return self.measurements[next(known, 0) :]

    @cached_property
    def marks(self) -> tuple[Happening, ...]:
        """What happened in the drawn periods, in order; what happened in one of them has one number."""
        happenings: dict[int, list[str]] = {}
        for day, words in sorted(self._days()):
            place = self._place(day)
            if place is not None:
                happenings.setdefault(place, []).append(f"{day_text(day)}: {words}")
        return tuple(Happening(place, tuple(lines)) for place, lines in sorted(happenings.items()))

    def _days(self) -> Iterator[tuple[dt.date, str]]:
        for happening in self.happenings:
            yield happening.date, happening.what
        fields: dict[tuple[dt.date, str], list[str]] = {}
        for event in self.events:
            if event.change.cls in _RESTATES:
                day = event.change.effective or event.commit.committed_at.date()
                fields.setdefault((day, event.reason or "no reason given"), []).append(event.change.field)
        yield from ((day, f"{', '.join(dict.fromkeys(names))} changed: {why}") for (day, why), names in fields.items())
        for note in self.definition.notes:
            for measurement in self.measurements:
                if note.is_of(measurement.period.start):
                    yield measurement.period.start, note.cause

    def _place(self, day: dt.date) -> int | None:
        periods = enumerate(m.period for m in self.drawn)
        return next((place for place, period in periods if period.start <= day < period.end), None)

    @property
    def sentence(self) -> str:
        """What the chart shows, for who does not see it: the last value, its judgement, the best and the worst."""
        known = [m for m in self.measurements if m.value is not None and m.reason is None]
        if not known:
            return f"{self.definition.name}: no value is known in these periods."
        last = next((m for m in known if m.judged), known[-1])
        low, high = min(known, key=_size), max(known, key=_size)
        target = f", target {show_target(last.target, last.unit, last.value)}" if last.target else ""
        return (
            f"{self.definition.name}: {_read(last)} in {period_text(last.period)}{target}. "
            f"Lowest {_read(low)} in {period_text(low.period)}, highest {_read(high)} in {period_text(high.period)}."
        )

    def chart(self, file: File | None = None, *, is_alone: bool = False) -> Chart:
        """The drawing and its sentence; its table and the link to its file, unless it stands alone."""
        unit = self.measurements[0].unit if self.measurements else ""
        grain = self.definition.period.value
        name = f"{self.definition.id}-{'trend' if is_alone else 'chart'}"
        line = LineChart(
            Title(name, self.definition.name, self.sentence), tuple(self._points()), tuple(self._levels()),
            self._chart_marks(), unit, partial(_tick, unit=unit),
        )  # fmt: skip
        line = behaviour_chart(line, self._process)
        table = Table((), ()) if is_alone else self.table()
        return Chart(line.svg(), self.sentence, table, f"Each {grain}, in {unit}. {_LINES}", file)

    @property
    def _behaviour(self) -> Behaviour | None:
        return next((m.behaviour for m in self.measurements if m.judged), None)

    @property
    def _process(self) -> ProcessLevels:
        """The mean and the limits of the points that give them, from the first of these on."""
        behaviour = self._behaviour
        if behaviour is None or behaviour.mean is None or not behaviour.points:
            return ProcessLevels((), ())
        mean, limits, first = float(behaviour.mean), behaviour.limits, behaviour.points[0]
        inside = [m.period.start >= first for m in self.drawn]
        return ProcessLevels(tuple(mean if i else None for i in inside), tuple(limits if i else None for i in inside))

    def _points(self) -> Iterator[ChartPoint]:
        for before, measurement in zip((None, *self.drawn), self.drawn, strict=False):
            reading = f"{_read(measurement)}, {standing_text(measurement)}"
            breaks = before is not None and before.target != measurement.target
            value, marker = _number(measurement.value), self._marker(measurement)
            yield ChartPoint(label(measurement.period), value, reading, marker, breaks)

    def _marker(self, measurement: Measurement) -> Marker:
        """What noise does not explain is better or worse by the side on which the target lies."""
        if measurement.reason in (Reason.PROVISIONAL, Reason.STALE):
            return Marker.PROVISIONAL
        cause = self._behaviour.cause_of(measurement.period.start) if self._behaviour else None
        goal = measurement.target
        if cause is None or goal is None or goal.between is not None:
            return Marker.ORDINARY
        return Marker.BETTER if cause.is_high == (goal.at_least is not None) else Marker.WORSE

    def _chart_marks(self) -> tuple[ChartMark, ...]:
        return tuple(ChartMark(h.place, number, " ".join(h.lines)) for number, h in enumerate(self.marks, 1))

    def _levels(self) -> Iterator[Level]:
        targets = [_limits(m.target) for m in self.drawn]
        for side in range(max(map(len, targets), default=0)):
            values = tuple(ends[side] if side < len(ends) else None for ends in targets)
            yield Level(LevelKind.TARGET, values)
        baselines = tuple(None if m.baseline is None else float(m.baseline) for m in self.drawn)
        if any(value is not None for value in baselines):
            yield Level(LevelKind.BASELINE, baselines)

    def table(self) -> Table:
        """The same as rows: period, value, target in force, status, rows measured."""
        rows = tuple(
            (
                period_text(m.period), show_value(m.value, m.unit, m.target), show_target(m.target, m.unit, m.value),
                Badge(standing_text(m), m.status), measured(m),
            )
            for m in reversed(self.measurements)
        )  # fmt: skip
        return Table(
            ("Period", "Value", "Target in force", "Status", "Measured"), rows, ("Value", "Target in force"), "Period"
        )

    def small(self) -> Drawing:
        """A line of a word's size up to the judged period."""
        recent = self._recent
        values = [None if m.status is Status.UNKNOWN else _number(m.value) for m in recent]
        targets = [next(iter(_limits(m.target)), None) for m in recent]
        known = [m for m in recent if m.value is not None and m.status is not Status.UNKNOWN]
        words = f"Trend: from {_read(known[0])} to {_read(known[-1])}" if known else "Trend: no value is known"
        return Drawing(sparkline(words, values, targets), trend(self.measurements))

    @property
    def _recent(self) -> Sequence[Measurement]:
        judged = next((i for i, m in enumerate(self.measurements) if m.judged), len(self.measurements) - 1)
        return self.measurements[: judged + 1][-12:]


def label(period: Period) -> str:
    """A period below a chart: `Oct`, `Jan 26`, `5 Oct`, `2026`."""
    month = month_text(period.start.month)
    match period.grain:
        case Grain.MONTH:
            return f"{month} {period.start:%y}" if period.start.month == 1 else month
        case Grain.YEAR:
            return str(period.start.year)
        case Grain.QUARTER:
            return f"{month} {period.start:%y}"
        case _:
            return f"{period.start.day} {month}"


def _limits(goal: Goal | None) -> tuple[float, ...]:
    if goal is None:
        return ()
    return tuple(float(limit) for limit in (goal.at_most, goal.at_least, *(goal.between or ())) if limit is not None)


def _read(measurement: Measurement) -> str:
    return show_value(measurement.value, measurement.unit, measurement.target)


def _tick(value: float, unit: str) -> str:
    return NONE if value is None else show_value(float(value), unit)


def _number(value: float | int | None) -> float | None:
    return None if value is None else float(value)


def _size(measurement: Measurement) -> float:
    assert measurement.value is not None, "only known ones are compared"
    return float(measurement.value)
