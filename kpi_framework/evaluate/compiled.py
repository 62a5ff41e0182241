"""Every definition compiled against the columns its data really have, or the reason why it is not."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from ..compile.clocks.events import check_clocks, event_names
from ..compile.dataset.columns import Native
from ..compile.dataset.table import Table
from ..compile.definition import compile_definition, compile_evidence, compile_metric, dating_columns, table_of
from ..compile.finding import finding_of
from ..compile.graph import closure, unending
from ..compile.language.derived import Derived
from ..compile.meaning import checks_meaning, definition_hash, parts_meaning
from ..compile.plan.axis import CompiledMetric
from ..compile.sql.errors import FormulaError
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.kpi import Metric
from ..model.measurement import Reason
from ..model.record import Record, field


class Compilation(Record):
    """What can be computed, what cannot and why, and what each definition means."""

    metrics: Mapping[str, CompiledMetric] = field(default_factory=dict)
    evidence: Mapping[str, CompiledMetric] = field(default_factory=dict)
    """For a definition with `evidence`, the rows that prove its 0; absent where they cannot be counted."""
    derived: Mapping[str, Derived] = field(default_factory=dict)
    failures: Mapping[str, Reason] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    """The definition hash of each; empty where what it stands on cannot be compiled."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def columns(self, catalog: Catalog, dataset: str) -> frozenset[str]:
        """The base columns of a dataset that some measure, or loading itself, needs."""
        table = self.tables[dataset]
        used = {
            name
            for compiled in self.metrics.values()
            if (metric := catalog.definitions[compiled.id].noun).dataset == dataset
            for name in used_columns(metric, compiled, table)
        }
        return table.source_columns(frozenset(used)) | self._as_history(dataset)

    def _as_history(self, dataset: str) -> frozenset[str]:
        """The base columns of a history that the clocks of other datasets need."""
        table = self.tables[dataset]
        keys = {t.keys[0] for t in self.tables.values() if len(t.keys) == 1 and dataset in t.dataset.histories}
        try:
            return frozenset(c for key in sorted(keys) for c in table.source_columns(event_names(table, key)))
        except FormulaError:
            return frozenset()  # what uses the clocks has failed for it

    def clocks(self, catalog: Catalog, dataset: str) -> dict[str, frozenset[str]]:
        """The clocks that each measure of a dataset stands on."""
        table = self.tables[dataset]
        return {
            compiled.id: table.clocks_of(used_columns(metric, compiled, table))
            for compiled in self.metrics.values()
            if (metric := catalog.definitions[compiled.id].noun).dataset == dataset
        }

    def parts(self, catalog: Catalog) -> dict[str, str]:
        """What each measure's segments are computed from."""
        nouns = {i: catalog.definitions[i].noun for i in self.metrics}
        return {i: parts_meaning(m, self.tables) for i, m in nouns.items()}

    def checks(self) -> dict[str, str]:
        """What the rules of each dataset look at; a dataset whose rules do not compile has none."""
        meanings = {}
        for name, table in self.tables.items():
            with suppress(FormulaError):
                meanings[name] = checks_meaning(table, self.tables)
        return meanings

    def inputs(self) -> dict[str, tuple[str, ...]]:
        """The definitions that each derived one stands on, all the way down."""
        direct = {i: d.ids for i, d in self.derived.items()}
        return {i: tuple(closure(i, direct)) for i in direct}


def used_columns(metric: Metric, compiled: CompiledMetric, table: Table) -> frozenset[str]:
    """The columns that a measure's value stands on."""
    return frozenset({*compiled.formula.columns, *dating_columns(metric, table), *compiled.keys})


def compile_catalog(catalog: Catalog, natives: Mapping[str, Native | None]) -> Compilation:
    """Compile every live definition. `natives` holds the columns of each readable dataset."""
    compiled: dict[str, CompiledMetric] = {}
    derived: dict[str, Derived] = {}
    failures: dict[str, Reason] = {}
    diagnostics: list[Diagnostic] = []
    tables = {n: table_of(catalog, n, native) for n, native in natives.items()}
    for metric in (e.noun for e in catalog.live.values()):
        try:
            if not (metric.formula or "").strip():
                failures[metric.id] = Reason.DEFINITION_ERROR
            elif metric.is_derived:
                derived[metric.id] = compile_definition(catalog, metric)
            elif metric.dataset in tables:
                openly = frozenset(catalog.project.noun.privacy.segment_by)
                compiled[metric.id] = _reachable(compile_metric(metric, tables[metric.dataset], openly), metric, tables)
            else:
                known = metric.dataset in catalog.project.noun.datasets
                failures[metric.id] = Reason.SOURCE_ERROR if known else Reason.DEFINITION_ERROR
        except FormulaError as error:
            source = error.rule == "source-unreadable"
            failures[metric.id] = Reason.SOURCE_ERROR if source else Reason.DEFINITION_ERROR
            diagnostics.append(finding_of(catalog, metric, error))
    evidence, lacking = _evidence(catalog, tables)
    diagnostics += lacking
    inputs = {i: d.ids for i, d in derived.items()}
    for metric_id in (endless := unending(inputs)):
        failures[metric_id] = Reason.DEFINITION_ERROR
        del derived[metric_id]
    grounded = {i for i in (*compiled, *derived) if endless.isdisjoint(closure(i, inputs))}
    hashes = _hashes(catalog, grounded, tables)
    return Compilation(compiled, evidence, derived, failures, hashes, tables, tuple(diagnostics))


def _reachable(compiled: CompiledMetric, metric: Metric, tables: Mapping[str, Table]) -> CompiledMetric:
    """The measure, once every column behind it is known to be in the source. Raises FormulaError."""
    table = tables[metric.dataset or ""]
    used = used_columns(metric, compiled, table)
    check_clocks(table, tables, table.clocks_of(used))
    table.source_columns(used)
    return compiled


def _evidence(catalog: Catalog, tables: Mapping[str, Table]) -> tuple[dict[str, CompiledMetric], list[Diagnostic]]:
    """What proves a definition's 0. Where it cannot be counted, a 0 stays unproven."""
    evidence: dict[str, CompiledMetric] = {}
    lacking: list[Diagnostic] = []
    for metric in (e.noun for e in catalog.live.values()):
        table = tables.get(metric.evidence or "")
        if table is not None and not metric.is_derived:
            try:
                evidence[metric.id] = compile_evidence(metric, table)
            except FormulaError as error:
                lacking.append(finding_of(catalog, metric, error))
    return evidence, lacking


def _hashes(catalog: Catalog, ids: set[str], tables: Mapping[str, Table]) -> dict[str, str]:
    hashes = {}
    for metric_id in sorted(ids):
        try:
            hashes[metric_id] = definition_hash(catalog, catalog.definitions[metric_id].noun, tables)
        except (FormulaError, KeyError):
            # An input cannot be compiled or read: then nothing is known of what this one means.
            hashes[metric_id] = ""
    return hashes
