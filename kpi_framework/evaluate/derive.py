"""Derived values: one query of plain numbers a definition, after its inputs are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..compile.language.derived import Derived, InputRef, derived_query
from ..model.could_not import CouldNot
from ..model.kpi import Metric
from ..model.measurement import Observation, Reason, Segment
from ..model.period import Period
from ..model.record import Record
from .coverage import Coverages
from .engine.interface import EngineError
from .observe import Values
from .reporting_periods import ReportingPeriods
from .rounding import published
from .session import Session
from .unknown import why_unknown

Number = float | int
Numbers = Mapping[InputRef, Number | None]
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
                failure=Reason.INPUT_UNKNOWN if unknown else failure,
                inputs={ref.column: n for ref, n in inputs.items()}, because=unknown,
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
    ) -> tuple[Numbers, str | None]:
        """The inputs' values, and the first that is unknown, with its reason."""
        numbers = {ref: self._input(ref, values, period, segment, open_=open_) for ref in derived.inputs}
        unknown = next((f"{ref}: {n.why}" for ref, n in numbers.items() if isinstance(n, CouldNot)), None)
        return {ref: None if isinstance(n, CouldNot) else n for ref, n in numbers.items()}, unknown

    def _input(
        self, ref: InputRef, values: Values, period: Period, segment: Segment, *, open_: bool
    ) -> Number | CouldNot | None:
        """The number that one reference stands for, or why it is unknown."""
        if ref.relative == "baseline":
            number = self.baselines.get((ref.id, segment))
            return CouldNot(Reason.NO_REFERENCE.value) if number is None else number
        at = self._at(ref.relative, period)
        observation = values.get((ref.id, at, segment)) if at else None
        if observation is None:
            return CouldNot(Reason.NO_DATA.value)
        reason = why_unknown(self.metrics[ref.id], observation, self.reporting, self.coverages)
        if reason is None or (open_ and reason in _SOFT and observation.value is not None):
            return published(observation.value)
        return CouldNot(reason.value)

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

    def _computed(self, derived: Derived, rows: list[Numbers]) -> list[Number | None] | None:
        """The result of each row, NULL where the engine gives none; None where there was no engine to compute them."""
        if not rows:
            return []
        listed = [[row[ref] for ref in derived.inputs] for row in rows]
        try:
            fetched = self.session.fetch_again(derived_query(derived, listed))
        except EngineError as error:
            return None if error.died or error.lost else [None] * len(rows)
        return [row[0] if isinstance(row[0], int | float) else None for row in fetched]
