"""What a change of definitions does to the numbers: only what it can touch is computed, on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...compile.catalog import Compilation
from ...evaluate.evaluate import Evaluation, evaluate
from ...evaluate.reporting_periods import ReportingPeriods
from ...history.comparison import Comparison
from ...history.impact import impact
from ...history.readers import dependents
from ...model.change import Change, Impact
from ...model.record import Record, replace
from ..project import ProjectRoot
from ..run import Options
from .data import moved_data
from .revisions import Revision

_UNMEASURED = ("gate", "rules", "required", "views", "events", "objectives", "name", "meta", "publish")
"""Settings of kpi.yaml that change no measurement."""


class Effects(Record):
    """Two revisions that are compared, and all that computing their values needs."""

    options: Options
    revisions: tuple[Revision, Revision]
    compilations: tuple[Compilation, Compilation]
    sides: Comparison
    reporting: ReportingPeriods

    def of(self, changes: tuple[Change, ...], project_root: ProjectRoot) -> tuple[Impact, ...]:
        """Both definitions on the later data; and, where tracked data changed, the earlier definitions on both."""
        before, after = self.revisions
        moved = frozenset(moved_data(before, after, before.catalog).paths_of(before.catalog))
        ids = touched(self.sides, changes)
        if not ids | moved:
            return ()
        # Over the same data a value of an equal definition moves with what it reads: a baseline of another version.
        cause = next((c.because for c in changes if c.because), "data")
        later = self._evaluation(0, project_root, ids | moved)
        effects = self._defined(later, project_root, ids, cause) if ids else ()
        return (*effects, *(self._moved(later, moved) if moved else ()))

    def _defined(
        self, before: Evaluation, project_root: ProjectRoot, ids: frozenset[str], cause: str
    ) -> tuple[Impact, ...]:
        after = self._evaluation(1, project_root, ids)
        old = (m for m in before.measurements if m.kpi in ids)
        return impact(old, after.measurements, before.hashes, after.hashes, cause)

    def _moved(self, later: Evaluation, ids: frozenset[str]) -> Iterator[Impact]:
        revision = self.revisions[0]
        with revision.laid_out(revision.catalog) as earlier:
            old = self._evaluation(0, earlier, ids)
        new = (m for m in later.measurements if m.kpi in ids)
        for effect in impact(old.measurements, new, old.hashes, later.hashes):
            yield replace(effect, because=("data",))

    def _evaluation(self, side: int, project_root: ProjectRoot, ids: frozenset[str]) -> Evaluation:
        compilation = self.compilations[side]
        here = compilation.narrowed(i for i in sorted(ids) if i in compilation.catalog.definitions)
        on_calendar = replace(self.reporting, almanac=compilation.catalog.project.noun.almanac)
        # Of two runs at once nobody would know which one a step is of.
        options = replace(self.options, project_root=project_root, progress=lambda _: None)
        return evaluate(here, options.setting(on_calendar))


def touched(sides: Comparison, changes: tuple[Change, ...]) -> frozenset[str]:
    """The definitions whose values a change can move, and those that stand on them."""
    own = {i for c in changes if c.kpi or not c.field.startswith(_UNMEASURED) for i in (c.kpi, *c.touches) if i}
    own |= {i for i in sides.after.catalog.definitions if _means_otherwise(sides, i)}
    catalogs = (sides.before.catalog, sides.after.catalog)
    reached = own.union(*(dependents(catalog, own) for catalog in catalogs))
    return frozenset(i for i in reached if all(i in catalog.live for catalog in catalogs))


def _means_otherwise(sides: Comparison, definition_id: str) -> bool:
    """Whether the hash or what segments stand on is another one, whatever the changes say."""
    hashes: list[Mapping[str, str]] = [sides.before.hashes, sides.after.hashes]
    known = all(definition_id in side for side in hashes)
    return known and not (
        hashes[0][definition_id] == hashes[1][definition_id] and sides.same_parts(definition_id, definition_id)
    )
