"""What every rule looks at: the catalog and its compilation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from ..compile.catalog import Compilation, Compiled
from ..compile.dataset.table import Table
from ..model.catalog import Catalog, Entry
from ..model.kpi import Kpi, Metric
from ..model.record import Record


class LintContext(Record, dict=True):
    """A compiled catalog under its rules."""

    compilation: Compilation

    @property
    def catalog(self) -> Catalog:
        """The definitions as they are written."""
        return self.compilation.catalog

    @property
    def tables(self) -> Mapping[str, Table]:
        """Every dataset as a table."""
        return self.compilation.tables

    @property
    def compiled(self) -> Mapping[str, Compiled]:
        """Every live definition with a formula and a known dataset: compiled, or why it is not."""
        return self.compilation.compiled

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """The ids that each derived definition reads."""
        return self.compilation.inputs

    @cached_property
    def named(self) -> Mapping[str, object]:
        """Every definition that may be named: those that were read, and those whose file is broken."""
        return {**self.catalog.definitions, **self.catalog.broken}

    @property
    def live(self) -> Iterable[Entry[Metric]]:
        """The definitions that are evaluated: all but retired ones."""
        return self.catalog.live.values()

    @property
    def kpis(self) -> Iterator[tuple[Entry[Metric], Kpi]]:
        """The KPIs that are not retired, each with its place."""
        return ((e, e.noun) for e in self.live if isinstance(e.noun, Kpi))

    @property
    def active(self) -> Iterator[tuple[Entry[Metric], Kpi]]:
        """The KPIs that are judged."""
        return ((e, kpi) for e, kpi in self.kpis if kpi.is_active)

    def is_unseen(self, dataset: str | None) -> bool:
        """Whether a dataset's columns are not known, so that no name of one can be called wrong."""
        return dataset in self.tables and self.tables[dataset or ""].native is None
