"""Which parts of a breakdown a definition shows, whatever else is asked of the run.

At most MAX_PARTS: those that its targets name, and those with the most rows in the last twelve periods and the running
one. All others are one part, `(other)`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..compile.plan.axis import CompiledMetric
from ..compile.plan.cube import MAX_PARTS, AxisPlan
from ..model.period import Grain, Period
from ..model.record import Record, replace
from .reporting_periods import ReportingPeriods
from .session import Session

Breakdown = tuple[str, ...]
Part = tuple[str | None, ...]
"""A value for each column of a breakdown."""
_Ranking = tuple[str, str, Grain, Breakdown]
"""What decides which parts are the largest: the rows, how they are dated, and the columns."""


class _Group(Record):
    """Metrics that fold their breakdowns alike; None: nothing is folded."""

    folding: dict[Breakdown, tuple[Part, ...] | None]
    metrics: list[CompiledMetric]


class Parts:
    """The parts that each definition shows. Which are the largest is asked once for all that share the answer."""

    def __init__(self, session: Session, reporting: ReportingPeriods, grains: Mapping[str, Grain]) -> None:
        self._session = session
        self._reporting = ReportingPeriods(reporting.as_of, reporting.almanac)
        self._grains = grains
        self._largest: dict[_Ranking, tuple[Part, ...]] = {}
        self._few: set[_Ranking] = set()
        """Those that are known to have no more parts than are shown."""

    def plans(self, plan: AxisPlan) -> list[AxisPlan]:
        """The plan, whose cube is made, with its large breakdowns folded; several where its metrics name other parts.

        Raises EngineError.
        """
        profile = plan.profile_query()
        if profile is None:
            return [plan]
        counts = dict(zip((b for b in plan.breakdowns if b), self._session.fetch(profile)[0], strict=True))
        groups: list[_Group] = []
        for metric in plan.metrics:
            sizes = {b: counts[b] for b in metric.breakdowns if b}
            own = {b: self._shown(plan, metric, b, int(str(size))) for b, size in sizes.items()}
            alike = (g for g in groups if all(g.folding.get(b, parts) == parts for b, parts in own.items()))
            group = next(alike, None)
            if group is None:
                groups.append(group := _Group({}, []))
            group.folding.update(own)
            group.metrics.append(metric)
        return [
            replace(plan, metrics=tuple(g.metrics), largest={b: p for b, p in g.folding.items() if p is not None})
            for g in groups
        ]

    def _shown(
        self, plan: AxisPlan, metric: CompiledMetric, breakdown: Breakdown, size: int
    ) -> tuple[Part, ...] | None:
        """The parts that are not folded, if any is; `size` is the number of those on the plan's axis."""
        ranking = (plan.table, metric.dating, self._grains[metric.id], breakdown)
        numbers = self._numbers(plan, metric)
        if size <= MAX_PARTS and (ranking in self._few or numbers is not None):
            self._few.add(ranking)
            return None
        if ranking not in self._largest:
            self._largest[ranking] = self._ranked(plan, metric, breakdown, numbers)
        largest = self._largest[ranking]
        if size <= MAX_PARTS and len(largest) <= MAX_PARTS:
            self._few.add(ranking)
            return None
        named = metric.named.get(breakdown[0], frozenset()) if len(breakdown) == 1 else frozenset()
        room = [part for part in largest if part[0] not in named][: MAX_PARTS - len(named)]
        return (*room, *((value,) for value in sorted(named)))

    def _numbers(self, plan: AxisPlan, metric: CompiledMetric) -> range | None:
        """Where the periods that rank the parts stand on the plan's axis; None where they do not."""
        periods, axis = self._ranking(metric), plan.axis
        if axis.window != metric.window or periods[0] not in axis.periods or not {*periods} <= {*axis.periods}:
            return None
        start = axis.periods.index(periods[0])
        return range(start, start + len(periods))

    def _ranking(self, metric: CompiledMetric) -> tuple[Period, ...]:
        return self._reporting.shown(self._grains[metric.id])

    def _ranked(
        self, plan: AxisPlan, metric: CompiledMetric, breakdown: Breakdown, numbers: range | None
    ) -> tuple[Part, ...]:
        """The largest parts, in order, and one more than are shown."""
        if numbers is None:
            axis = replace(plan.axis, periods=self._ranking(metric), window=metric.window)
            plan = AxisPlan(axis, (metric,), plan.table, plan.cube)
        rows = self._session.fetch(plan.largest_query(breakdown, numbers))
        return tuple(dict.fromkeys(tuple(None if c is None else str(c) for c in row) for row in rows))
