"""A catalog compiled after an earlier one: what stands on the same is not compiled again, as while somebody types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model.catalog import Catalog
from ..model.kpi import Metric
from ..model.record import Record
from .catalog import Compilation, Known
from .language.derived import Derived
from .language.signal import Condition


def recompiled(catalog: Catalog, earlier: Compilation | None) -> Compilation:
    """The compilation of a catalog without a look at its data, with all that the earlier one still knows."""
    if earlier is None or earlier.natives:
        return Compilation(catalog)
    return Compilation(catalog, {}, _Unchanged.between(earlier.catalog, catalog).of(earlier.known))


class _Unchanged(Record):
    """What two catalogs have in common: the names of equal datasets, and the ids of equal definitions."""

    datasets: frozenset[str]
    definitions: Mapping[str, Metric]
    reads_time_alike: bool
    """Whether zone, week, year, calendars and what may be shown of persons are the same."""

    @classmethod
    def between(cls, before: Catalog, after: Catalog) -> _Unchanged:
        old, new = before.metrics, after.metrics
        same = {i: noun for i, noun in new.items() if i in old and (old[i] is noun or old[i] == noun)}
        if not _reads_alike(before, after):
            return cls(frozenset(), {}, reads_time_alike=False)
        datasets = frozenset(n for n in after.datasets if n in before.datasets and _is_same_dataset(before, after, n))
        return cls(datasets, same, reads_time_alike=True)

    def of(self, known: Known) -> Known:
        """The part of what was compiled that still holds."""
        return Known(
            {name: table for name, table in known.tables.items() if name in self.datasets},
            {i: c for i, c in known.definitions.items() if i in self.definitions and self._holds(i, c)},
            {i: c for i, c in known.evidence.items() if self._stands(i, "evidence")},
            {name: rules for name, rules in known.rules.items() if name in self.datasets},
            {text: c for text, c in known.conditions.items() if isinstance(c, Condition) and self._has(_ids(c))},
        )

    def _holds(self, definition_id: str, compiled: object) -> bool:
        """A derived definition stands on its inputs; why one cannot be computed may stand on anything."""
        if self.definitions[definition_id].is_derived:
            return isinstance(compiled, Derived) and self._has(compiled.ids)
        return self._stands(definition_id, "dataset")

    def _stands(self, definition_id: str, field: str) -> bool:
        return definition_id in self.definitions and getattr(self.definitions[definition_id], field) in self.datasets

    def _has(self, ids: Iterable[str]) -> bool:
        return self.reads_time_alike and all(i in self.definitions for i in ids)


def _ids(condition: Condition) -> set[str]:
    return {operand.definition for operand in condition.operands}


def _reads_alike(before: Catalog, after: Catalog) -> bool:
    old, new = before.project.noun, after.project.noun
    if old is new:
        return True
    if not (old.has_days and new.has_days) or before.contracts != after.contracts:
        return False
    return old.almanac == new.almanac and old.privacy == new.privacy


def _is_same_dataset(before: Catalog, after: Catalog, name: str) -> bool:
    if before.project.noun is after.project.noun:
        return True
    return before.datasets[name] == after.datasets[name] and before.preset(name) == after.preset(name)
