"""Values of periods before the shown ones: as many as it takes to say how a definition behaves over time.

Only the overall value is computed there, so that a longer past costs little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..compile.graph import in_order
from ..model.kpi import Metric
from ..model.measurement import Reason
from ..model.period import Grain, Period
from ..model.record import Record, replace
from .behaviour import FROZEN, Point
from .coverage import Coverages
from .derive import Deriver
from .deriving import DerivedValues
from .groups import FARTHEST, FIRST, Group, group_of
from .observe import Values
from .observing import observe
from .rounding import published
from .run import Run
from .score import target_of
from .unknown import why_unknown
from .wanted import WantedPeriods


class Past(Record):
    """The overall values of a run, the older ones among them, and the group that each definition's judged one is of."""

    metrics: Mapping[str, Metric]
    groups: Mapping[str, Group]
    values: Values
    coverages: Coverages

    def known(self, metric_id: str, periods: list[Period]) -> list[Point]:
        """The points of these periods; an unknown value is none."""
        points = ((period, self._value(metric_id, period)) for period in periods)
        return [Point(period, value) for period, value in points if value is not None]

    def lacking(self, metric_id: str, periods: Iterable[Period]) -> tuple[Period, ...]:
        """Those of the periods that have not been computed."""
        return tuple(p for p in dict.fromkeys(periods) if (metric_id, p, ()) not in self.values)

    def _value(self, metric_id: str, period: Period) -> float | int | None:
        observation, metric = self.values.get((metric_id, period, ())), self.metrics[metric_id]
        if observation is None:
            return None
        target = target_of(metric, observation)
        min_sample = target.min_sample if target else None
        reason = why_unknown(metric, observation, self.coverages.reporting, self.coverages, min_sample)
        return published(observation.value) if reason is None else None

    def basis(self, metric_id: str) -> list[Point]:
        """The first known points of a definition's group: those that its limits stand on."""
        head = self.groups[metric_id].head
        points = self.known(metric_id, head(FIRST))[:FROZEN]
        return points if len(points) == FROZEN else self.known(metric_id, head(FARTHEST))[:FROZEN]


def look_back(
    run: Run, wanted: WantedPeriods, derived: DerivedValues, failures: Mapping[str, Reason], coverages: Coverages
) -> Past:
    """Compute what is missing of the first and the last periods of each definition's group."""
    overall = {key: observation for key, observation in derived.values.items() if not key[2]}
    past = Past(wanted.metrics, dict(_groups(wanted, failures, coverages)), overall, coverages)
    past = _with(run, wanted, derived, past, {i: (*g.head(FIRST), *g.recent()) for i, g in past.groups.items()})
    short = {i: g for i, g in past.groups.items() if len(past.basis(i)) < FROZEN}
    return _with(run, wanted, derived, past, {i: tuple(g.head(FARTHEST)) for i, g in short.items()})


def _groups(wanted: WantedPeriods, failures: Mapping[str, Reason], coverages: Coverages) -> Iterator[tuple[str, Group]]:
    """The group of each definition that has a judged period and a value of its own in each."""
    events, computable = wanted.computable.catalog.project.noun.events, wanted.computable
    for metric_id, judged in wanted.judged.items():
        behind = (metric_id, *computable.behind(metric_id))
        if judged is None or any(i in failures or _overlaps(wanted.metrics[i]) for i in behind):
            continue
        group = group_of(wanted.metrics[metric_id], judged, wanted.reporting, coverages, events)
        if group is not None:
            yield metric_id, group


_LONGEST = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 31, Grain.QUARTER: 92, Grain.YEAR: 366}
"""The most days of a period."""


def _overlaps(metric: Metric) -> bool:
    """Whether neighbouring values are of the same rows: a trailing window is longer than a period."""
    return metric.window is not None and metric.window.days > _LONGEST[metric.period]


def _with(
    run: Run, wanted: WantedPeriods, derived: DerivedValues, past: Past, periods: Mapping[str, tuple[Period, ...]]
) -> Past:
    """The past with the values of these periods, as far as they are not there; without what cannot be computed."""
    lacking = {i: past.lacking(i, listed) for i, listed in periods.items()}
    lacking = {i: listed for i, listed in lacking.items() if listed}
    if not lacking:
        return past
    older = _overall(wanted, lacking)
    observed, _ = observe(run, older, {}, past.coverages)
    values = {**observed.values, **past.values}
    deriver = Deriver(run.session, older.metrics, run.reporting, past.coverages, derived.baselines.values)
    for metric_id in in_order(older.computable.inputs):
        needed = past.lacking(metric_id, older.needed(metric_id))
        values.update(deriver.derive(metric_id, older.computable.derived[metric_id], values, needed))
    behind = wanted.computable.behind
    groups = {i: g for i, g in past.groups.items() if observed.failures.keys().isdisjoint((i, *behind(i)))}
    return replace(past, groups=groups, values={key: o for key, o in values.items() if not key[2]})


def _overall(wanted: WantedPeriods, periods: Mapping[str, tuple[Period, ...]]) -> WantedPeriods:
    """These periods of definitions without their breakdowns, with what is needed of those behind them."""
    computable = wanted.computable
    needed = {i for metric_id in periods for i in (metric_id, *computable.behind(metric_id))}
    metrics = {i: replace(m, breakdowns=((),)) for i, m in computable.metrics.items() if i in needed}
    derived = {i: d for i, d in computable.derived.items() if i in needed}
    return WantedPeriods(replace(computable, metrics=metrics, derived=derived), wanted.reporting, periods)
