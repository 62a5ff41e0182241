"""The one compilation of a catalog: each definition over the columns that its data have, compiled once.

Lint, examples, evaluation, the hash and diff are given the same one. It is pure: what it holds is made when it is
first asked for, and never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from ..model.catalog import Catalog, Entry
from ..model.kpi import Metric
from ..model.record import Record, field, replace
from ..model.signal import Signal
from .dataset.columns import Native
from .dataset.rules import RowRule, compile_rule
from .dataset.table import Table
from .definition import compile_definition, compile_evidence, compile_metric, table_of
from .graph import closure, unending
from .language.derived import Derived
from .language.signal import Condition, compile_signal
from .plan.axis import CompiledMetric
from .sql.errors import FormulaError

Compiled = CompiledMetric | Derived | FormulaError


class Known(Record):
    """What has been compiled already, by name."""

    tables: dict[str, Table] = field(default_factory=dict)
    definitions: dict[str, Compiled] = field(default_factory=dict)
    evidence: dict[str, CompiledMetric | FormulaError] = field(default_factory=dict)
    rules: dict[str, Mapping[str, RowRule | FormulaError]] = field(default_factory=dict)
    conditions: dict[str, Condition | FormulaError] = field(default_factory=dict)
    """By the texts of signals."""


class Compilation(Record, dict=True):
    """A catalog and the columns of its datasets; None, or no word of a dataset, where nobody has looked."""

    catalog: Catalog
    natives: Mapping[str, Native | None] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    """Shared with the narrower compilations that are made of this one."""

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Every dataset of the project as a table."""
        return {name: self._table(name) for name in self.catalog.project.noun.datasets}

    def _table(self, name: str) -> Table:
        tables = self.known.tables
        if name not in tables:
            tables[name] = table_of(self.catalog, name, self.natives.get(name))
        return tables[name]

    @cached_property
    def compiled(self) -> Mapping[str, Compiled]:
        """Every live definition that has a formula, and a dataset that exists: compiled, or why it is not."""
        ready = (e.noun for e in self.catalog.live.values() if (e.noun.formula or "").strip())
        return {m.id: self.definition(m.id) for m in ready if m.is_derived or m.dataset in self.tables}

    def definition(self, definition_id: str) -> Compiled:
        """A definition of the catalog, live or retired: compiled, or why it is not."""
        definitions = self.known.definitions
        if definition_id not in definitions:
            definitions[definition_id] = self._compiled(self.catalog.definitions[definition_id].noun)
        return definitions[definition_id]

    def _compiled(self, metric: Metric) -> Compiled:
        try:
            if metric.is_derived:
                return compile_definition(self.catalog, metric)
            return self.over_rows(metric, self._table(metric.dataset or ""))
        except FormulaError as error:
            return error

    def over_rows(self, metric: Metric, table: Table) -> CompiledMetric:
        """A definition over any table, as the project allows it. Raises FormulaError."""
        return compile_metric(metric, table, frozenset(self.catalog.project.noun.privacy.segment_by))

    @cached_property
    def evidence(self) -> Mapping[str, CompiledMetric | FormulaError]:
        """For each live definition with `evidence`, the rows that prove its 0; or why they cannot be counted."""
        proven = (e.noun for e in self.catalog.live.values() if not e.noun.is_derived)
        return {m.id: self._evidence(m) for m in proven if m.evidence in self.tables}

    def _evidence(self, metric: Metric) -> CompiledMetric | FormulaError:
        evidence = self.known.evidence
        if metric.id not in evidence:
            try:
                evidence[metric.id] = compile_evidence(metric, self._table(metric.evidence or ""))
            except FormulaError as error:
                evidence[metric.id] = error
        return evidence[metric.id]

    def rules(self, dataset: str) -> Mapping[str, RowRule | FormulaError]:
        """The rules that the rows of a dataset have to fulfil: compiled, or why they are not."""
        rules = self.known.rules
        if dataset not in rules:
            table = self._table(dataset)
            rules[dataset] = {name: compile_rule(rule.holds, table) for name, rule in table.dataset.rules.items()}
        return rules[dataset]

    def condition(self, signal: Signal) -> Condition | FormulaError:
        """When a signal of the catalog is on: compiled, or why it is not."""
        conditions = self.known.conditions
        if signal.when not in conditions:
            try:
                almanac = self.catalog.project.noun.almanac
                conditions[signal.when] = compile_signal(signal.when, self.catalog.metrics, almanac)
            except FormulaError as error:
                conditions[signal.when] = error
        return conditions[signal.when]

    def over(self, natives: Mapping[str, Native | None]) -> Compilation:
        """The same catalog over these columns; what does not stand on others than before stays compiled."""
        same = {n for n in self.catalog.project.noun.datasets if natives.get(n) == self.natives.get(n)}
        known, nouns = self.known, self.catalog.metrics
        kept = Known(
            {n: t for n, t in known.tables.items() if n in same},
            {i: c for i, c in known.definitions.items() if i in nouns and nouns[i].dataset in (*same, None)},
            {i: c for i, c in known.evidence.items() if i in nouns and nouns[i].evidence in same},
            {n: r for n, r in known.rules.items() if n in same},
            known.conditions,
        )
        return Compilation(self.catalog, natives, kept)

    # who reads whom

    @cached_property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """The ids that each live derived definition reads."""
        return {i: c.ids for i, c in self.compiled.items() if isinstance(c, Derived)}

    @cached_property
    def unending(self) -> frozenset[str]:
        """The derived definitions that need themselves, or stand on too many others."""
        return unending(self.inputs)

    def narrowed(self, ids: Iterable[str]) -> Compilation:
        """The named definitions and what they stand on, in the catalog's order; nothing is compiled again."""
        derived = {i: c for i, e in self.catalog.definitions.items() if e.noun.is_derived for c in [self.definition(i)]}
        inputs = {i: c.ids if isinstance(c, Derived) else () for i, c in derived.items()}
        needed = {i for definition_id in ids for i in closure(definition_id, inputs)}
        entries = tuple(e for e in self.catalog.entries if e.noun.id in needed)
        signals = tuple(s for s in self.catalog.signals if self._stands_on(s, needed))
        return replace(self, catalog=replace(self.catalog, entries=entries, signals=signals))

    def _stands_on(self, signal: Entry[Signal], ids: set[str]) -> bool:
        """Whether a signal reads these definitions only."""
        condition = self.condition(signal.noun)
        return isinstance(condition, Condition) and all(o.definition in ids for o in condition.operands)
