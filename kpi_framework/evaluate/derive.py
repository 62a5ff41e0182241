"""Derived values: one query of plain numbers a definition, after its inputs are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..compile.language.derived import Derived, derived_query, split_input
from ..compile.sql.render import render
from ..model.kpi import Metric
from ..model.measurement import Observation, Reason, Segment
from ..model.period import Period
from ..model.record import Record
from .coverage import Coverages
from .engine import EngineError
from .observe import Values
from .reporting_periods import ReportingPeriods
from .rounding import published
from .session import Session
from .unknown import why_unknown

Numbers = Mapping[str, float | int | None]
_SOFT = (Reason.PROVISIONAL, Reason.STALE)
"""Reasons that leave an input usable while the derived value itself is not judged yet."""


class Deriver(Record):
    """Computes derived definitions out of the values of their inputs."""

    session: Session
    metrics: Mapping[str, Metric]
    reporting: ReportingPeriods
    coverages: Coverages
    baselines: Mapping[tuple[str, Segment], float | int | None]

    def derive(self, metric_id: str, derived: Derived, values: Values, periods: Iterable[Period]) -> Values:
        """The observations of a derived definition in some periods, for every part all its inputs have."""
        wanted = [(p, s) for p in periods for s in self._segments(metric_id, derived, values, p)]
        rows = [self._inputs(derived, values, p, s, open_=self._is_open(metric_id, p)) for p, s in wanted]
        results = self._computed(derived, [inputs for inputs, _ in rows])
        failure = Reason.WORKER_ERROR if results is None else None
        results = results or [None] * len(rows)
        return {
            (metric_id, p, s): Observation(
                metric_id, p, s, None if unknown else number, None, None, None, None,
                failure=Reason.INPUT_UNKNOWN if unknown else failure, inputs=inputs, because=unknown,
            )
            for (p, s), (inputs, unknown), number in zip(wanted, rows, results, strict=True)
        }  # fmt: skip

    def _segments(self, metric_id: str, derived: Derived, values: Values, period: Period) -> list[Segment]:
        names = {b for b in self.metrics[metric_id].breakdowns if b}
        own = [{s for (i, p, s) in values if i == d and p == period} for d in derived.ids]
        shared = set.intersection(*own) if own else set()
        parts = sorted((s for s in shared if tuple(c for c, _ in s) in names), key=repr)
        return [(), *parts]

    def _inputs(
        self, derived: Derived, values: Values, period: Period, segment: Segment, *, open_: bool
    ) -> tuple[dict[str, float | int | None], str | None]:
        """The inputs' values, and the first that is unknown, with its reason."""
        numbers: dict[str, float | int | None] = {}
        unknown = None
        for name in derived.inputs:
            relative, metric_id = split_input(name)
            if relative == "baseline":
                numbers[name] = self.baselines.get((metric_id, segment))
                reason = "no_reference" if numbers[name] is None else None
            else:
                numbers[name], reason = self._value(values, metric_id, self._at(relative, period), segment, open_=open_)
            if reason and unknown is None:
                unknown = f"{name.replace('__', '(') + ')' if relative else name}: {reason}"
        return numbers, unknown

    def _is_open(self, metric_id: str, period: Period) -> bool:
        """Whether the derived value is provisional or stale itself."""
        settle = self.metrics[metric_id].settle
        return period.grain is not None and not (
            self.reporting.settled(period, settle) and self.coverages.covers(metric_id, period, settle)
        )

    def _at(self, relative: str, period: Period) -> Period | None:
        if not relative:
            return period
        if period.grain is None:
            return None
        almanac = self.reporting.almanac
        return almanac.shift(period, -1) if relative == "previous" else almanac.year_before(period)

    def _value(
        self, values: Values, metric_id: str, period: Period | None, segment: Segment, *, open_: bool
    ) -> tuple[float | int | None, str | None]:
        observation = values.get((metric_id, period, segment)) if period else None
        if observation is None:
            return None, Reason.NO_DATA.value
        reason = why_unknown(self.metrics[metric_id], observation, self.reporting, self.coverages)
        if open_ and reason in _SOFT and observation.value is not None:
            reason = None
        return (published(observation.value), None) if reason is None else (None, reason.value)

    def _computed(self, derived: Derived, rows: list[dict[str, float | int | None]]) -> list[float | int | None] | None:
        """The result of each row, NULL where the engine gives none; None where there was no engine to compute them."""
        if not rows:
            return []
        listed = [[row[name] for name in derived.inputs] for row in rows]
        try:
            fetched = self.session.fetch_again(render(derived_query(derived, listed)))
        except EngineError as error:
            return None if error.died or error.lost else [None] * len(rows)
        return [row[0] if isinstance(row[0], int | float) else None for row in fetched]
