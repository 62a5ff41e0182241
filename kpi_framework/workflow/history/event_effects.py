"""What the changes of a history did to the numbers: both definitions of each, on today's data."""

from __future__ import annotations

from pathlib import PurePosixPath

from ...compile.catalog import Compilation
from ...evaluate.evaluate import Evaluation, evaluate
from ...history.impact import impact
from ...history.trees import Tree
from ...model.change import ChangeClass, HistoryEvent, Impact
from ...model.measurement import Measurement
from ...model.record import Record, field, replace
from ..project import reporting_periods_of
from ..run import Options
from .story import CONFIG, Story

_MOVING = frozenset({ChangeClass.RESTATING, ChangeClass.LOOSENED, ChangeClass.TIGHTENED, ChangeClass.BACKDATED})
"""The classes of changes that a value or a status can follow."""
Ids = tuple[str, ...]


def has_effect(event: HistoryEvent) -> bool:
    """Whether a change can move a value or a status."""
    return event.change.cls in _MOVING and bool(_ids(event)) and event.base is not None


def _ids(event: HistoryEvent) -> Ids:
    return (event.change.kpi,) if event.change.kpi is not None else event.change.touches


class EventEffects(Record, dict=True):
    """Evaluates a history's definitions; those that equal files give are evaluated once."""

    options: Options
    story: Story
    _evaluations: dict[object, Evaluation | None] = field(default_factory=dict)

    def of(self, event: HistoryEvent) -> HistoryEvent:
        """The event with what it does to the values and statuses of the definitions that it touches."""
        if not has_effect(event):
            return event
        old, new = (self._evaluation(commit, _ids(event)) for commit in (event.base, event.commit.name))
        before, after = (_judged(side, event.change.kpi) for side in (old, new))
        return replace(
            event, effects=_impact(old, new), before=before.value if before else None,
            after=after.value if after else None, unit_before=before.unit if before else "",
            unit_after=after.unit if after else "", status_before=before.status if before else None,
            status_after=after.status if after else None,
        )  # fmt: skip

    def _evaluation(self, commit: str | None, ids: Ids) -> Evaluation | None:
        """What some definitions come to as a commit has them; None where it cannot be read."""
        trees = self.story.log.trees
        tree = trees.at(commit)
        catalog = self.story.loaded(tree)
        if catalog is None:
            return None
        named = tuple(i for i in ids if i in catalog.definitions)
        compilation = self.story.compilation(tree, catalog).narrowed(named)
        key = (named, self._files(tree, compilation))
        if key not in self._evaluations:
            reporting = reporting_periods_of(catalog, self.options.as_of, self.options.now, self.options.periods)
            self._evaluations[key] = evaluate(compilation, self.options.setting(reporting)) if named else None
        return self._evaluations[key]

    def _files(self, tree: Tree, compilation: Compilation) -> tuple[tuple[str, str], ...]:
        """The files that some definitions stand on."""
        ids = compilation.catalog.definitions
        return tuple((p, n) for p, n in sorted(tree.items()) if p == CONFIG or PurePosixPath(p).stem in ids)


def _judged(evaluation: Evaluation | None, kpi: str | None) -> Measurement | None:
    measurements = evaluation.measurements if evaluation else ()
    return next((m for m in measurements if m.kpi == kpi and m.judged and m.is_whole), None)


def _impact(old: Evaluation | None, new: Evaluation | None) -> tuple[Impact, ...]:
    if old is None or new is None:
        return ()
    return impact(old.measurements, new.measurements, old.hashes, new.hashes)
