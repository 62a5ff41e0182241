"""What of a compilation can be computed over the data that can be read; of everything else, why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from ..compile.catalog import Compilation
from ..compile.clocks.events import check_clocks, clock_calendars, event_names
from ..compile.dataset.rules import RowRule
from ..compile.dataset.table import Table
from ..compile.definition import time_column
from ..compile.finding import finding_of
from ..compile.graph import closure
from ..compile.language.derived import Derived
from ..compile.meaning import Meanings
from ..compile.plan.axis import CompiledMetric
from ..compile.sql.errors import FormulaError
from ..compile.time.working_time import WorkingTime
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.kpi import Metric
from ..model.language import FORMER, LANGUAGE
from ..model.measurement import Reason
from ..model.record import Record, field


class Computable(Record):
    """The definitions that can be computed, and the reason of each that cannot."""

    compilation: Compilation
    tables: Mapping[str, Table]
    """The datasets that can be read."""
    metrics: Mapping[str, CompiledMetric] = field(default_factory=dict)
    evidence: Mapping[str, CompiledMetric] = field(default_factory=dict)
    """For a definition with `evidence`, the rows that prove its 0; absent where they cannot be counted."""
    derived: Mapping[str, Derived] = field(default_factory=dict)
    failures: Mapping[str, Reason] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    """The definition hash of each; empty where what it stands on cannot be compiled."""
    former_hashes: Mapping[str, str] = field(default_factory=dict)
    """The same in the language of 0.1.0, by which what it recorded is known."""
    calendars: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The calendars that reach the value of each."""

    @property
    def catalog(self) -> Catalog:
        """The definitions as they are written."""
        return self.compilation.catalog

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """The ids that each derived definition reads."""
        return {i: d.ids for i, d in self.derived.items()}

    def behind(self, definition_id: str) -> tuple[str, ...]:
        """The definitions that a derived one stands on, all the way down."""
        return closure(definition_id, self.inputs)[1:]

    def over(self, dataset: str) -> Iterator[CompiledMetric]:
        """The definitions over a dataset's rows."""
        nouns = self.catalog.definitions
        return (compiled for i, compiled in self.metrics.items() if nouns[i].noun.dataset == dataset)

    def rules(self, dataset: str) -> Iterator[tuple[str, RowRule]]:
        """The rules of a dataset that can be computed; lint reports the others."""
        table = self.tables[dataset]
        for name, rule in self.compilation.rules(dataset).items():
            if isinstance(rule, RowRule):
                with suppress(FormulaError):
                    check_clocks(table, self.tables, table.clocks_of(rule.used))
                    table.source_columns(rule.used)
                    yield name, rule

    def columns(self, dataset: str) -> frozenset[str]:
        """The base columns of a dataset that some definition, rule or clock needs, with those of loading itself.

        Nothing where nothing is computed over it. Raises FormulaError.
        """
        table = self.tables[dataset]
        used = {c for compiled in self.over(dataset) for c in compiled.used}
        used |= {c for _, rule in self.rules(dataset) for c in rule.used}
        if (
            "resolved_at" in used
            and table.contract is not None
            and table.contract.name == "tickets"
            and table.has("status")
        ):
            # A ticket that is done by its status and has no such time is told.
            used |= {name for name in ("status", "merged") if table.has(name)}
        return table.source_columns(frozenset(used)) | self._as_history(dataset)

    def _as_history(self, dataset: str) -> frozenset[str]:
        """The base columns of a history that the clocks of other datasets need."""
        table = self.tables[dataset]
        keys = {t.keys[0] for t in self.tables.values() if len(t.keys) == 1 and dataset in t.dataset.histories}
        try:
            return frozenset(c for key in sorted(keys) for c in table.source_columns(event_names(table, key)))
        except FormulaError:
            return frozenset()  # what uses the clocks has failed for it

    def clocks(self, dataset: str) -> dict[str, frozenset[str]]:
        """The clocks that each definition over a dataset stands on."""
        table = self.tables[dataset]
        return {compiled.id: table.clocks_of(compiled.used) for compiled in self.over(dataset)}

    def reached(self, dataset: str, compiled: CompiledMetric) -> frozenset[str]:
        """The base columns of a dataset that a definition over it cannot do without, loading's own among them."""
        return self.tables[dataset].source_columns(compiled.used)

    def undated(self, dataset: str, compiled: CompiledMetric) -> bool:
        """Whether some files lack what identifies, orders or dates the definition's rows: they have no period."""
        table, metric = self.tables[dataset], self.catalog.definitions[compiled.id].noun
        names = {*table.keys, *table.dataset.ordered_by, time_column(metric, table)}
        return bool(table.lacking(table.source_columns(frozenset(names), own=False)))

    def of_history(self, history: str, dataset: str) -> frozenset[str]:
        """The base columns of a history that the clocks of a dataset stand on."""
        table = self.tables[history]
        return table.source_columns(event_names(table, self.tables[dataset].keys[0]))

    def working_time(self, dataset: str) -> WorkingTime:
        """What has to be known of working time before anything is computed over a dataset. Raises FormulaError."""
        table, needed = self.tables[dataset], WorkingTime()
        for compiled in self.over(dataset):
            needed |= compiled.working_time | WorkingTime((), clock_calendars(table, table.clocks_of(compiled.used)))
        for _, rule in self.rules(dataset):
            needed |= rule.working_time | WorkingTime((), clock_calendars(table, table.clocks_of(rule.used)))
        return needed

    def standing_on(self) -> dict[str, tuple[str, ...]]:
        """The datasets behind each live definition, all the way down."""
        datasets = {i: e.noun.dataset for i, e in self.catalog.live.items()}
        inputs = self.inputs
        return {i: tuple(sorted({d for c in closure(i, inputs) if (d := datasets.get(c))})) for i in datasets}

    def reading(self) -> dict[str, tuple[str, ...]]:
        """The same with the histories of their clocks, and with the datasets that prove a zero."""
        own = {i: frozenset(self._read_by(i)) for i in self.catalog.live}
        inputs = self.inputs
        return {i: tuple(sorted(frozenset().union(*(own.get(c, ()) for c in closure(i, inputs))))) for i in own}

    def _read_by(self, definition_id: str) -> Iterator[str]:
        noun = self.catalog.live[definition_id].noun
        yield from (name for name in (noun.dataset, noun.evidence) if name)
        compiled = self.metrics.get(definition_id)
        if compiled is not None and noun.dataset:
            table = self.tables[noun.dataset]
            for clock in table.clocks_of(compiled.used):
                yield from table.dataset.timed[clock].history


def computable(compilation: Compilation, readable: Collection[str]) -> tuple[Computable, tuple[Diagnostic, ...]]:
    """What can be computed over the datasets that can be read, and the findings on what does not compile."""
    catalog = compilation.catalog
    tables = {name: compilation.tables[name] for name in sorted(readable)}
    compiled = {i: _reachable(compilation, e.noun, tables) for i, e in catalog.live.items()}
    metrics = {i: c for i, c in compiled.items() if isinstance(c, CompiledMetric)}
    derived = {i: c for i, c in compiled.items() if isinstance(c, Derived) and i not in compilation.unending}
    failures = {i: c for i, c in compiled.items() if isinstance(c, Reason)}
    failures.update({i: _reason(c) for i, c in compiled.items() if isinstance(c, FormulaError)})
    failures.update(dict.fromkeys(compilation.unending, Reason.DEFINITION_ERROR))
    evidence = {i: c for i, c in compilation.evidence.items() if catalog.live[i].noun.evidence in tables}
    proofs = {i: c for i, c in evidence.items() if isinstance(c, CompiledMetric)}
    errors = [(i, c) for some in (compiled, evidence) for i, c in some.items() if isinstance(c, FormulaError)]
    findings = tuple(finding_of(catalog, catalog.live[i].noun, error) for i, error in errors)
    meanings, inputs = Meanings(compilation, tables), {i: d.ids for i, d in derived.items()}
    ended = sorted(i for i in (*metrics, *derived) if compilation.unending.isdisjoint(closure(i, inputs)))
    hashes, former = ({i: meanings.hash(i, language) for i in ended} for language in (LANGUAGE, FORMER))
    calendars = {i: meanings.calendars(i) for i in ended}
    return Computable(compilation, tables, metrics, proofs, derived, failures, hashes, former, calendars), findings


def _reason(error: FormulaError) -> Reason:
    return Reason.SOURCE_ERROR if error.rule == "source-unreadable" else Reason.DEFINITION_ERROR


def _reachable(
    compilation: Compilation, metric: Metric, tables: Mapping[str, Table]
) -> CompiledMetric | Derived | FormulaError | Reason:
    """The compiled definition, once every column behind it is known to be in the source; or why it has no value."""
    if not (metric.formula or "").strip():
        return Reason.DEFINITION_ERROR
    if not metric.is_derived and metric.dataset not in tables:
        return Reason.SOURCE_ERROR if metric.dataset in compilation.tables else Reason.DEFINITION_ERROR
    compiled = compilation.definition(metric.id)
    if isinstance(compiled, CompiledMetric):
        table = tables[metric.dataset or ""]
        try:
            check_clocks(table, tables, table.clocks_of(compiled.used))
            table.source_columns(compiled.used)
        except FormulaError as error:
            return error
    return compiled
