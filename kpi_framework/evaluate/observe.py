"""Run the plans: one cube and one fetch an axis, and if one fails, find the measure that broke it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..compile.dataset.dedupe import table_name
from ..compile.dataset.table import Table
from ..compile.plan.axis import Axis, CompiledMetric
from ..compile.plan.cube import AxisPlan, Cell
from ..compile.plan.non_additive import bounds_query, chunks, held_query, rows_at_once
from ..compile.sql.statements import drop
from ..model.measurement import Observation, Reason, Segment
from ..model.period import Period
from ..model.record import Record, replace
from . import intervals
from .coverage import Coverages
from .engine.interface import EngineError, Row
from .parts import Parts
from .session import Session

Values = dict[tuple[str, Period, Segment], Observation]


def by_definition(values: Values) -> dict[str, Values]:
    """The values of each definition by themselves."""
    grouped: dict[str, Values] = {}
    for key, observation in values.items():
        grouped.setdefault(key[0], {})[key] = observation
    return grouped


class Batch(Record):
    """Measures of one dataset over one axis."""

    table: Table
    axis: Axis
    metrics: tuple[CompiledMetric, ...]


class Observer(Record):
    """Computes observations of measures, axis by axis."""

    session: Session
    judged: Mapping[str, Period | None]
    parts: Parts

    def observe(self, batch: Batch) -> tuple[Values, dict[str, Reason]]:
        """The observations of a batch, and the measures that could not be computed.

        A plan that fails is halved until the measure that breaks it stands alone; one that an engine died of is
        taken apart at once. A measure is blamed for a death only where it comes again: others can kill a process, too.
        """
        try:
            return self._run(batch), {}
        except EngineError as error:
            failure = error
        if failure.lost:
            return {}, dict.fromkeys((m.id for m in batch.metrics), Reason.WORKER_ERROR)
        if len(batch.metrics) == 1:
            return self._tried_again(batch) if failure.died else ({}, {batch.metrics[0].id: Reason.DEFINITION_ERROR})
        values: Values = {}
        failures: dict[str, Reason] = {}
        for part in _parts(batch, apart=failure.died):
            observed, unobserved = self.observe(part)
            values |= observed
            failures |= unobserved
        return values, failures

    def _tried_again(self, batch: Batch) -> tuple[Values, dict[str, Reason]]:
        try:
            return self._run(batch), {}
        except EngineError as error:
            reason = Reason.WORKER_ERROR if error.lost else Reason.DEFINITION_ERROR
            return {}, {batch.metrics[0].id: reason}

    def _run(self, batch: Batch) -> Values:
        plan = AxisPlan(batch.axis, batch.metrics, table_name(batch.table), f"cube_{batch.table.name}")
        self.session.make(plan.cube, [plan.cube_query()])
        values: Values = {}
        for folded in self.parts.plans(plan):
            values |= self._values(folded, self.session.rows[batch.table.name])
        self.session.run(drop(plan.cube))
        return values

    def _values(self, plan: AxisPlan, rows: int) -> Values:
        """The values of a plan whose cube is made; `rows` are the dataset's."""
        if plan.holding:
            self._hold(plan, rows)
        values = _Reading(plan, self.session.fetch(plan.value_query())).values()
        bounds = self._quantile_bounds(plan, values)
        if plan.holding:
            self.session.run(drop(plan.held))
        return {**values, **bounds}

    def _hold(self, plan: AxisPlan, rows: int) -> None:
        """Make the table of what does not add up, a stretch of periods at a time; `rows` are the dataset's."""
        sizes: list[tuple[int, int]] = []
        # A table that is small enough is one stretch. Where rows stand in many periods, nobody knows without asking.
        if plan.axis.is_spanning or rows > rows_at_once(plan):
            sizes = [(_count(p), _count(size)) for p, size in self.session.fetch(plan.sizes_query())]
        self.session.make(plan.held, (held_query(plan, chunk) for chunk in chunks(plan, sizes)))

    def _quantile_bounds(self, plan: AxisPlan, values: Values) -> Values:
        """The intervals of judged quantiles: their ranks are known once their rows are counted."""
        groups: dict[Period, dict[object, list[CompiledMetric]]] = defaultdict(lambda: defaultdict(list))
        for metric in plan.metrics:
            shape, judged = metric.formula.shape, self.judged.get(metric.id)
            if shape.kind == "quantile" and judged is not None and judged in plan.axis.periods:
                groups[judged][shape.argument, shape.condition, shape.unit].append(metric)
        bounds: Values = {}
        known = by_definition(values)
        for period, same in groups.items():
            bounds.update(self._bounds(plan, period, list(same.values()), known))
        return bounds

    def _bounds(
        self, plan: AxisPlan, period: Period, groups: Sequence[Sequence[CompiledMetric]], values: Mapping[str, Values]
    ) -> Values:
        """The intervals of one period; a group's quantiles are of the same rows and share a list."""
        enclosed = [(group, pairs) for group in groups if (pairs := _enclosing(group, period, values))]
        lists = [sorted({level for pair in pairs.values() for level in pair}) for _, pairs in enclosed]
        wanted = [(group[0].formula.shape, levels) for (group, _), levels in zip(enclosed, lists, strict=True)]
        if not wanted:
            return {}
        query = bounds_query(plan, plan.axis.periods.index(period), wanted)
        bounds: Values = {}
        for row in self.session.fetch(query):
            position = plan.part(row)
            assert position is not None, "the query has no row without a period"
            for cell, levels, (group, pairs) in zip(row[len(plan.join) :], lists, enclosed, strict=True):
                statistics = dict(zip(levels, cell, strict=True)) if isinstance(cell, list) else {}
                for metric in group:
                    key = (metric.id, period, position[2])
                    if key in pairs and _belongs(plan, position[0], metric):
                        bounds[key] = replace(
                            values[metric.id][key], interval=_pair(*(statistics.get(x) for x in pairs[key]))
                        )
        return bounds


def _parts(batch: Batch, *, apart: bool) -> Iterator[Batch]:
    """The measures of a batch in halves, or each alone."""
    size = 1 if apart else -(-len(batch.metrics) // 2)
    for start in range(0, len(batch.metrics), size):
        yield replace(batch, metrics=batch.metrics[start : start + size])


def _enclosing(
    metrics: Sequence[CompiledMetric], period: Period, values: Mapping[str, Values]
) -> dict[tuple[str, Period, Segment], tuple[float, float]]:
    """The levels of the order statistics that enclose each value of these quantiles."""
    levels = {}
    for metric in metrics:
        for key, observation in values.get(metric.id, {}).items():
            if key[1] == period and observation.measured:
                ranks = intervals.quantile_ranks(observation.measured, float(metric.formula.shape.level or 0))
                if ranks is not None:
                    low, high = ((rank - 0.5) / observation.measured for rank in ranks)
                    levels[key] = (low, high)
    return levels


def _pair(low: object, high: object) -> tuple[float, float] | None:
    return (float(low), float(high)) if isinstance(low, int | float) and isinstance(high, int | float) else None


def _belongs(plan: AxisPlan, breakdown: int, metric: CompiledMetric) -> bool:
    return plan.breakdowns[breakdown] in metric.breakdowns


class _Reading(Record):
    """Fetched rows → observations; what has no row in a period is what the formula gives over nothing."""

    plan: AxisPlan
    rows: Sequence[Row]

    def values(self) -> Values:
        keyed = [(self.plan.part(row), row) for row in self.rows]
        nothing = next(row for part, row in keyed if part is None)
        known = {part: row for part, row in keyed if part is not None}
        parts: dict[int, dict[Segment, None]] = defaultdict(dict)
        parts[0] = {(): None}
        for number, _, segment in known:
            parts[number][segment] = None
        return {
            (metric.id, period, segment): self._observation(metric, cell, period, segment, row)
            for metric, cell in zip(self.plan.metrics, self.plan.cells, strict=True)
            for number in range(len(self.plan.breakdowns))
            if _belongs(self.plan, number, metric)
            for segment in parts[number]
            for index, period in enumerate(self.plan.axis.periods)
            for row in [known.get((number, index, segment), nothing)]
        }

    def _observation(
        self, metric: CompiledMetric, cell: Cell, period: Period, segment: Segment, row: Row
    ) -> Observation:
        rows, population, measured = (_count(row[i]) for i in (self.plan.rows_at, cell.population, cell.measured))
        missing = _count(row[cell.missing]) if cell.missing is not None else population - measured
        value = _number(row[cell.value])
        return Observation(
            metric.id, period, segment, value, population, measured, rows - population, missing,
            _interval(metric, value, measured, row[cell.squares] if cell.squares is not None else None),
        )  # fmt: skip


def _interval(
    metric: CompiledMetric, value: float | int | None, rows: int, squares: object
) -> tuple[float, float] | None:
    kind = metric.formula.shape.kind
    if value is None:
        return None
    if kind == "share":
        return intervals.share(float(value), rows)
    if kind == "count":
        return intervals.count(int(value))
    if kind == "mean" and isinstance(squares, int | float):
        return intervals.mean(float(value), float(squares), rows)
    return None


def _count(cell: object) -> int:
    return int(cell) if isinstance(cell, int | float) else 0


def _number(cell: object) -> float | int | None:
    return cell if isinstance(cell, int | float) else None


def batches(
    metrics_by_id: Mapping[str, CompiledMetric], tables: Mapping[str, Table], requests: Iterable[tuple[str, Period]],
    coverages: Coverages,
) -> list[Batch]:  # fmt: skip
    """Group requested values by dataset, timestamp and grain; free ranges stand alone, since they overlap.

    `tables` are the metrics' own, by their ids.
    """
    groups: dict[tuple[str, str, object], tuple[set[Period], dict[str, CompiledMetric]]] = {}
    for metric_id, period in requests:
        metric = metrics_by_id[metric_id]
        key = (tables[metric_id].name, metric.dating if period.grain else _over(metric), period.grain or period)
        periods, metrics = groups.setdefault(key, (set(), {}))
        periods.add(period)
        metrics[metric_id] = metric
    # Free ranges come last: by then `Parts` knows what the grains show.
    return [
        Batch(tables[first.id], axis_of(first, tables[first.id].name, periods, coverages), tuple(metrics.values()))
        for _, (periods, metrics) in sorted(groups.items(), key=lambda group: isinstance(group[0][2], Period))
        for first in [next(iter(metrics.values()))]
    ]


def _over(metric: CompiledMetric) -> str:
    """What dates the rows of a free range: it has no trailing window, it is the stretch itself."""
    return replace(metric, window=None).dating


def axis_of(metric: CompiledMetric, dataset: str, periods: Iterable[Period], coverages: Coverages) -> Axis:
    """The axis of a metric over these periods of one grain, or one free range, as far as the data last."""
    in_order, reporting = tuple(sorted(periods)), coverages.reporting
    window = metric.window if in_order[0].grain else None
    return Axis(
        metric.time, metric.by_day, in_order, reporting.almanac, reporting.as_of, metric.closing, window,
        coverages.lasting(dataset),
    )  # fmt: skip
