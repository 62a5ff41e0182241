"""In which periods each definition is needed: those that are shown, those of baselines, and those of what reads it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ..compile.graph import closure
from ..model.kpi import Kpi, Metric
from ..model.period import Period
from ..model.record import Record
from .baselines import BaselineSpan, baseline_span
from .computable import Computable
from .reporting_periods import ReportingPeriods


class WantedPeriods(Record, dict=True):
    """The periods of one evaluation."""

    computable: Computable
    reporting: ReportingPeriods
    chosen: Mapping[str, tuple[Period, ...]] | None = None
    """Periods that are needed of some definitions in place of those that are shown."""

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """The live definitions."""
        return {i: e.noun for i, e in self.computable.catalog.live.items()}

    @cached_property
    def judged(self) -> Mapping[str, Period | None]:
        """The period in which each definition is judged."""
        return {i: self.reporting.judged(m) for i, m in self.metrics.items()}

    def own(self, metric_id: str) -> list[Period]:
        """The shown periods of a definition, the one before them, and those of its baseline."""
        if self.chosen is not None:
            return list(self.chosen.get(metric_id, ()))
        metric = self.metrics[metric_id]
        reported = self.reporting.shown(metric.period)
        span = self.span(metric)
        before = self.reporting.almanac.shift(reported[0], -1)
        return [before, *reported, *(span.periods if span else ())]

    def own_grained(self, metric_id: str) -> frozenset[Period]:
        """The periods among them, with those that a derived definition compares them with; no free range."""
        own = {p for p in self.own(metric_id) if p.grain}
        return (
            frozenset(p for o in own for p in self._relatives(o))
            if metric_id in self.computable.derived
            else frozenset(own)
        )

    def needed(self, metric_id: str) -> list[Period]:
        """The periods in which a definition is needed, in order."""
        periods = {*self.own(metric_id), *self._by_users.get(metric_id, ())}
        return sorted(periods, key=lambda p: (p.start, p.end))

    @cached_property
    def _by_users(self) -> Mapping[str, set[Period]]:
        """For each definition, the periods in which what is derived from it needs it."""
        periods: dict[str, set[Period]] = {}
        inputs = self.computable.inputs
        for user in self.computable.derived:
            related = {relative for period in self.own(user) for relative in self._relatives(period)}
            for metric_id in closure(user, inputs):
                if metric_id != user:
                    periods.setdefault(metric_id, set()).update(related)
        return periods

    def _relatives(self, period: Period) -> set[Period]:
        if period.grain is None:
            return {period}
        almanac = self.reporting.almanac
        return {period, almanac.shift(period, -1), almanac.year_before(period)}

    def span(self, metric: Metric) -> BaselineSpan | None:
        """The days of a KPI's baseline; None where it has none, or cannot be computed."""
        if not isinstance(metric, Kpi):
            return None
        compiled, derived = self.computable.metrics.get(metric.id), self.computable.derived.get(metric.id)
        if compiled is None and derived is None:
            return None
        is_range = compiled.formula.is_range if compiled else self._degree(metric.id) == 0
        return baseline_span(metric, self.reporting.almanac, is_range=is_range)

    def _degree(self, metric_id: str) -> int | None:
        """How a value grows with the length of time; 0 where a free range of days means anything, too."""
        if compiled := self.computable.metrics.get(metric_id):
            # A stock does not grow with the length of time: it is what it is at its end.
            return 0 if self.metrics[metric_id].is_stock else compiled.formula.degree
        derived = self.computable.derived.get(metric_id)
        return derived.degree(self._degree) if derived else None
