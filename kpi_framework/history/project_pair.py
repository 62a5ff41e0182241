"""kpi.yaml on both sides of a comparison, and what of it a definition takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ..model.change import Change, ChangeClass
from ..model.project import Project
from ..model.quantity import Written
from ..model.record import Record
from .comparison import Comparison, Side, location

Value = object


TIMES = ("timezone", "week_starts", "fiscal_year_starts")
"""What every value is read by."""


class ProjectPair(Record):
    """kpi.yaml on both sides, and the definitions that mean something else, or perhaps do."""

    comparison: Comparison
    restated: frozenset[str]
    renamed: Mapping[str, str]
    """Former ids and what they became."""

    @property
    def projects(self) -> tuple[Project, Project]:
        """kpi.yaml before and after."""
        return self.comparison.before.catalog.project.noun, self.comparison.after.catalog.project.noun

    def change(self, cls: ChangeClass, path: tuple[str | int, ...], before: Value, after: Value,
               touches: frozenset[str] = frozenset()) -> Change:  # fmt: skip
        """A change of kpi.yaml at a path."""
        located = (self.comparison.after.catalog.project.at, self.comparison.before.catalog.project.at)
        file, line = location(located, path)
        return Change(None, cls, ".".join(map(str, path)), before, after, file, line, tuple(sorted(touches)))

    @property
    def sides(self) -> tuple[Side, Side]:
        """Before and after."""
        return self.comparison.before, self.comparison.after

    def readers(self, dataset: str) -> frozenset[str]:
        """The definitions that stand on a dataset, on either side."""
        return self.sides[0].readers(dataset) | self.sides[1].readers(dataset)

    @property
    def judged(self) -> frozenset[str]:
        """The KPIs that a gate judges, on either side."""
        return frozenset(i for s in self.sides for i, kpi in s.catalog.kpis.items() if kpi.is_active)

    def restated_by(self, setting: str) -> frozenset[str]:
        """The restated definitions that take something else from a setting (or from one beneath it) than before."""
        return frozenset(i for i in self.restated if self._takes_otherwise(i, setting))

    def _takes_otherwise(self, definition_id: str, setting: str) -> bool:
        """Whether this is so, or nobody knows: where nothing accounts for what is restated, anything may."""
        taken = self._taken(definition_id)
        if taken is None or (taken[0] == taken[1] and self._is_unaccounted(definition_id)):
            return True
        paths = {p for side in taken for p in side if p == setting or p.startswith(f"{setting}.")}
        return any(taken[0].get(path) != taken[1].get(path) for path in paths)

    def _taken(self, definition_id: str) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
        former = next((old for old, new in self.renamed.items() if new == definition_id), definition_id)
        taken = self.sides[0].settings.get(former), self.sides[1].settings.get(definition_id)
        return (taken[0], taken[1]) if taken[0] is not None and taken[1] is not None else None

    def _is_unaccounted(self, definition_id: str) -> bool:
        """Whether a definition over rows is restated though neither its own fields nor time as it is read changed."""
        before, after = (s.catalog for s in self.sides)
        if definition_id not in before.definitions or after.definitions[definition_id].noun.is_derived:
            return False
        old, new = self.projects
        is_same = before.definitions[definition_id].noun == after.definitions[definition_id].noun
        return is_same and all(getattr(old, name) == getattr(new, name) for name in TIMES)


def plain(value: object) -> Value:
    """As JSON would say it."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, Written):
        return value.written
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value
