"""What every rule looks at: the catalog, compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from ..compile.dataset.columns import Native
from ..compile.dataset.table import Table
from ..compile.definition import compile_definition, compile_metric, table_of
from ..compile.language.derived import Derived
from ..compile.plan.axis import CompiledMetric
from ..compile.sql.errors import FormulaError
from ..model.catalog import Catalog, Entry
from ..model.kpi import Kpi, Metric
from ..model.record import Record

Compiled = CompiledMetric | Derived | FormulaError


class LintContext(Record, dict=True):
    """A catalog under its rules. `natives` holds each dataset's columns, None where nobody has looked."""

    catalog: Catalog
    natives: Mapping[str, Native | None]

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Every dataset as a table."""
        datasets = self.catalog.project.noun.datasets
        return {name: table_of(self.catalog, name, self.natives.get(name)) for name in datasets}

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

    @cached_property
    def compiled(self) -> Mapping[str, Compiled]:
        """Every live definition with a formula and a known dataset: compiled, or why it is not."""
        ready = (e.noun for e in self.live if (e.noun.formula or "").strip())
        return {m.id: self._compiled(m) for m in ready if m.is_derived or m.dataset in self.tables}

    def _compiled(self, metric: Metric) -> Compiled:
        try:
            if metric.is_derived:
                return compile_definition(self.catalog, metric)
            openly = frozenset(self.catalog.project.noun.privacy.segment_by)
            return compile_metric(metric, self.tables[metric.dataset or ""], openly)
        except FormulaError as error:
            return error

    @cached_property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """The ids that each derived definition reads."""
        return {i: c.ids for i, c in self.compiled.items() if isinstance(c, Derived)}

    def is_unseen(self, dataset: str | None) -> bool:
        """Whether a dataset's columns are not known, so that no name of one can be called wrong."""
        return dataset in self.tables and self.tables[dataset or ""].native is None
