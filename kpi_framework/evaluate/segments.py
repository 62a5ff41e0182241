"""Which segments of a definition have rows, in the periods that it asks for itself.

What a run computes beside it may reach further back, and find values that its own periods do not have.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from ..model.measurement import Segment
from ..model.period import Period
from ..model.record import Record
from .baselines import BaselineSpan
from .observe import Values
from .wanted import WantedPeriods


class SegmentRows(Record, dict=True):
    """The rows behind the segments of one evaluation; the whole is a segment that always has some."""

    wanted: WantedPeriods
    observed: Values
    """The values of what is no derived definition."""

    def shown(self, values: Values) -> Values:
        """The values of the segments that have rows in their definition's own periods."""
        own = {i: self.wanted.own_grained(i) for i in self.wanted.metrics}
        return {key: o for key, o in values.items() if self.has(key[0], key[2], own[key[0]])}

    def over(self, span: BaselineSpan, definition_id: str, values: Values) -> Values:
        """The values of a definition's segments that have rows in the days of its baseline."""
        return {key: o for key, o in values.items() if self.has(definition_id, key[2], span.periods)}

    def has(self, definition_id: str, segment: Segment, periods: Collection[Period]) -> bool:
        """Whether a segment has rows in some of the periods, in everything that the definition stands on."""
        leaves = self._leaves.get(definition_id, (definition_id,))
        return not segment or all(not self._periods.get((i, segment), set()).isdisjoint(periods) for i in leaves)

    @cached_property
    def _leaves(self) -> dict[str, tuple[str, ...]]:
        computable = self.wanted.computable
        return {i: tuple(x for x in computable.behind(i) if x in computable.metrics) for i in computable.derived}

    @cached_property
    def _periods(self) -> dict[tuple[str, Segment], set[Period]]:
        """The periods in which a definition's segments have rows."""
        periods: dict[tuple[str, Segment], set[Period]] = {}
        for (definition_id, period, segment), observation in self.observed.items():
            if segment and (observation.population or 0) + (observation.excluded or 0) > 0:
                periods.setdefault((definition_id, segment), set()).add(period)
        return periods
