"""From a catalog and its data to judged measurements: the table of contents of this room.

sources → compiled → loaded → observed → derived → baselines → judged
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ..compile.dataset.columns import Native
from ..compile.graph import closure, in_order
from ..model.baseline import BaselineValue
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.kpi import Kpi, Metric
from ..model.measurement import Measurement, Observation, Reason, SignalResult
from ..model.period import Period
from ..model.record import Record, field, replace
from ..model.rule import RULES
from . import findings
from .baselines import Baselines, BaselineSpan, baseline_span, compare, live_values, stated_value
from .compiled import Compilation, compile_catalog
from .completion import Loaded
from .coverage import Coverage, Coverages, coverage_of
from .derive import Deriver
from .engine import Engine, EngineError
from .loading import Loading
from .observe import Batch, Observer, Values, batches, by_definition
from .reporting_periods import ReportingPeriods
from .score import Judge
from .session import Session
from .signals import judge_signals
from .sources import Files, SourceError, find_files

Progress = Callable[[str], None]


class Setting(Record):
    """How a project is evaluated: where it stands, what it may read, at which as_of, by which engine."""

    root: Path
    reporting: ReportingPeriods
    open_engine: Callable[[], Engine]
    allowed: tuple[Path, ...] = ()
    progress: Progress = field(default=lambda _: None)


class Evaluation(Record):
    """What was measured and judged, and what was found on the way."""

    measurements: tuple[Measurement, ...]
    diagnostics: tuple[Diagnostic, ...]
    engine: str
    isolation: str
    hashes: Mapping[str, str] = field(default_factory=dict)
    baselines: Mapping[str, tuple[BaselineValue, ...]] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    signals: tuple[SignalResult, ...] = ()


def evaluate(catalog: Catalog, setting: Setting, *, fingerprint: bool = False) -> Evaluation:
    """Measure and judge every live definition. Never raises for what a file or its data may hold."""
    with Session(setting.open_engine) as session:
        return evaluate_in(session, catalog, setting, fingerprint=fingerprint)


def evaluate_in(session: Session, catalog: Catalog, setting: Setting, *, fingerprint: bool = False) -> Evaluation:
    """The same in a session that has begun, and that is locked from then on."""
    return _Run(catalog, setting, session).evaluation(fingerprint=fingerprint)


class _Run:
    """One evaluation, step by step; what each step found stays here until the end."""

    def __init__(self, catalog: Catalog, setting: Setting, session: Session) -> None:
        self.catalog = catalog
        self.setting = setting
        self.session = session
        self.reporting = setting.reporting
        self.metrics = {i: e.noun for i, e in catalog.live.items()}
        self.diagnostics: list[Diagnostic] = []
        self.failures: dict[str, Reason] = {}

    def evaluation(self, *, fingerprint: bool) -> Evaluation:
        """The whole way."""
        files = self._files()
        compilation = self._compiled(files)
        loaded = self._loaded(files, compilation)
        coverages = self._coverages(compilation, loaded)
        values = self._observed(compilation)
        baselines, live_baselines = self._with_derived(compilation, values, coverages)
        judge = Judge(
            self.metrics,
            self.reporting,
            coverages,
            baselines.values,
            baselines.frozen,
            compilation.hashes,
            self._hidden(),
        )
        measurements = judge.judge(values)
        self._note_staleness(measurements, coverages)
        self.diagnostics += [*baselines.diagnostics, *findings.of_segments(self.catalog, _segment_values(measurements))]
        prints = {n: f.fingerprint() for n, f in files.items()} if fingerprint else {}
        signals = judge_signals(self.catalog, measurements, self.session)
        return Evaluation(
            measurements, tuple(self.diagnostics), *self.session.about, compilation.hashes,
            live_baselines, self._fingerprints(compilation, prints), signals,
        )  # fmt: skip

    # sources and definitions

    def _files(self) -> dict[str, Files]:
        """The files of every dataset that a live definition reads."""
        datasets = self.catalog.project.noun.datasets
        needed = {n for m in self.metrics.values() for n in (m.dataset, m.evidence) if n in datasets and n}
        needed |= {h for n in needed for h in datasets[n].histories if h in datasets}
        files = {}
        for name in sorted(needed):
            try:
                files[name] = find_files(self.catalog.datasets[name], self.setting.root, self.setting.allowed)
            except SourceError as error:
                self.diagnostics.append(findings.unreadable(self.catalog, name, error))
        self.session.admit(files.values())
        return files

    def _compiled(self, files: Mapping[str, Files]) -> Compilation:
        natives: dict[str, Native | None] = {}
        unasked: set[str] = set()
        for name, source in files.items():
            try:
                natives[name] = self.session.native(source)
            except SourceError as error:
                self.diagnostics.append(findings.unreadable(self.catalog, name, error))
            except EngineError as error:
                unasked.add(name)
                self.diagnostics.append(findings.of_worker(self.catalog, error, None if error.lost else name))
        compilation = compile_catalog(self.catalog, natives)
        self.failures.update(compilation.failures)
        self.failures.update({i: Reason.WORKER_ERROR for i, m in self.metrics.items() if m.dataset in unasked})
        self.diagnostics += compilation.diagnostics
        return compilation

    def _loaded(self, files: Mapping[str, Files], compilation: Compilation) -> dict[str, Loaded]:
        loading = Loading(self.catalog, self.reporting, self.session, files, compilation, self.setting.progress)
        loaded = loading.loaded()
        self.failures.update(loading.failures)
        self.diagnostics += loading.diagnostics
        return loaded

    # values

    def _coverages(self, compilation: Compilation, loaded: Mapping[str, Loaded]) -> Coverages:
        coverages: dict[str, Coverage] = {
            name: coverage_of(compilation.tables[name], dataset, self.reporting) for name, dataset in loaded.items()
        }
        inputs = {i: d.ids for i, d in compilation.derived.items()}
        standing = {
            metric_id: tuple(
                sorted({d for i in closure(metric_id, inputs) if i in self.metrics and (d := self.metrics[i].dataset)})
            )
            for metric_id in self.metrics
        }
        return Coverages(coverages, standing, self.reporting)

    def _observed(self, compilation: Compilation) -> Values:
        """The values of all measures that can be computed; a failed one has a reason in every period."""
        observer = Observer(
            self.session,
            compilation,
            self.reporting,
            {i: self.reporting.judged(m) for i, m in self.metrics.items()},
        )
        values: Values = {}
        for batch in self._batches(compilation):
            self.setting.progress(f"computing over {batch.dataset}")
            observed, failed = observer.observe(batch)
            values.update(observed)
            self.failures.update(failed)
            self.diagnostics += [self._failed(i) for i, reason in failed.items() if reason is Reason.DEFINITION_ERROR]
            if Reason.WORKER_ERROR in failed.values():
                self.diagnostics.append(findings.of_worker(self.catalog, self.session.failure))
        self._weigh_evidence(compilation, observer, values)
        for metric_id, reason in self.failures.items():
            for period in self._periods(metric_id, compilation):
                values[metric_id, period, ()] = _failed_observation(metric_id, period, reason)
        return values

    def _weigh_evidence(self, compilation: Compilation, observer: Observer, values: Values) -> None:
        """Mark the values of periods in which what would prove a 0 has no rows."""
        wanted = {(i, period) for i, period, _ in values if self.metrics[i].evidence is not None}
        proofs = {m.id: m for m in compilation.evidence.values()}
        datasets = {compilation.evidence[i].id: self.metrics[i].evidence or "" for i in compilation.evidence}
        requests = sorted(
            ((compilation.evidence[i].id, p) for i, p in wanted if i in compilation.evidence),
            key=lambda r: (r[0], r[1].start, r[1].end),
        )
        evidence: Values = {}
        for batch in batches(proofs, datasets, requests, self.reporting.almanac, self.reporting.as_of):
            evidence.update(observer.observe(batch)[0])
        proven = {(metric_id, period) for (metric_id, period, _), observation in evidence.items() if observation.value}
        for (metric_id, period, segment), observation in values.items():
            if (metric_id, period) in wanted and (f"{metric_id} evidence", period) not in proven:
                values[metric_id, period, segment] = replace(observation, unproven=True)

    def _failed(self, metric_id: str) -> Diagnostic:
        at = self.catalog.definitions[metric_id].at.key("formula")
        return RULES["formula-failed"].finding(at, f"{metric_id} could not be computed", kpi=metric_id)

    def _batches(self, compilation: Compilation) -> list[Batch]:
        datasets = {i: m.dataset or "" for i, m in self.metrics.items()}
        requests = [
            (metric_id, period)
            for metric_id in compilation.metrics
            if metric_id not in self.failures
            for period in sorted(self._wanted(compilation, metric_id), key=lambda p: (p.start, p.end))
        ]
        return batches(compilation.metrics, datasets, requests, self.reporting.almanac, self.reporting.as_of)

    def _wanted(self, compilation: Compilation, metric_id: str) -> set[Period]:
        """The periods in which a measure is needed: its own, and those of what is derived from it."""
        periods = set(self._periods(metric_id, compilation))
        inputs = {i: d.ids for i, d in compilation.derived.items()}
        for other in compilation.derived:
            if other != metric_id and metric_id in closure(other, inputs):
                for period in self._periods(other, compilation):
                    periods |= self._relatives(period)
        return periods

    def _relatives(self, period: Period) -> set[Period]:
        if period.grain is None:
            return {period}
        almanac = self.reporting.almanac
        return {period, almanac.shift(period, -1), almanac.year_before(period)}

    def _periods(self, metric_id: str, compilation: Compilation) -> list[Period]:
        """The shown periods of a definition, the one before them, and those of its baseline."""
        metric = self.metrics[metric_id]
        reported = self.reporting.shown(metric.period)
        span = self._baseline_span(metric, compilation)
        before = self.reporting.almanac.shift(reported[0], -1)
        return [before, *reported, *(span.periods if span else ())]

    def _baseline_span(self, metric: Metric, compilation: Compilation) -> BaselineSpan | None:
        if not isinstance(metric, Kpi):
            return None
        compiled, derived = compilation.metrics.get(metric.id), compilation.derived.get(metric.id)
        if compiled is None and derived is None:
            return None
        is_range = compiled.formula.is_range if compiled else self._is_range(metric.id, compilation)
        return baseline_span(metric, self.reporting.almanac, is_range=is_range)

    def _is_range(self, metric_id: str, compilation: Compilation) -> bool:
        """Whether a derived value over a free range means anything: its inputs' growth cancels out."""
        derived = compilation.derived[metric_id]
        return derived.degree(lambda i: self._degree(i, compilation)) == 0

    def _degree(self, metric_id: str, compilation: Compilation) -> int | None:
        if metric_id in compilation.metrics:
            # A stock does not grow with the length of time: it is what it is at its end.
            return 0 if self.metrics[metric_id].is_stock else compilation.metrics[metric_id].formula.degree
        derived = compilation.derived.get(metric_id)
        return derived.degree(lambda i: self._degree(i, compilation)) if derived else None

    # derived values and baselines

    def _with_derived(
        self, compilation: Compilation, values: Values, coverages: Coverages
    ) -> tuple[Baselines, dict[str, tuple[BaselineValue, ...]]]:
        """Add derived values in order; a baseline that a later one reads is known by then."""
        inputs = {i: d.ids for i, d in compilation.derived.items() if i not in self.failures}
        live_baselines = self._live_baselines(compilation, values)
        for metric_id in in_order(inputs):
            known = compare(self.catalog, live_baselines, compilation.hashes).values
            deriver = Deriver(self.session, self.metrics, self.reporting, coverages, known)
            wanted = self._derived_periods(metric_id, compilation)
            values.update(deriver.derive(metric_id, compilation.derived[metric_id], values, wanted))
            live_baselines.update(self._live_baselines(compilation, values, metric_id))
        return compare(self.catalog, live_baselines, compilation.hashes), live_baselines

    def _derived_periods(self, metric_id: str, compilation: Compilation) -> list[Period]:
        """The periods in which a derived one is needed: those of what reads it, too."""
        return sorted(self._wanted(compilation, metric_id), key=lambda p: (p.start, p.end))

    def _live_baselines(
        self, compilation: Compilation, values: Values, only: str | None = None
    ) -> dict[str, tuple[BaselineValue, ...]]:
        baselines: dict[str, tuple[BaselineValue, ...]] = {}
        known = by_definition(values)
        for metric_id, metric in self.metrics.items():
            if isinstance(metric, Kpi) and only in (None, metric_id):
                stated = stated_value(metric)
                span = self._baseline_span(metric, compilation)
                if stated is not None:
                    baselines[metric_id] = (stated,)
                elif span is not None:
                    baselines[metric_id] = live_values(span, known.get(metric_id, {}))
        return baselines

    # what is left to say

    def _hidden(self) -> dict[str, int]:
        privacy = self.catalog.project.noun.privacy
        return dict.fromkeys(privacy.segment_by, privacy.min_rows)

    def _note_staleness(self, measurements: tuple[Measurement, ...], coverages: Coverages) -> None:
        stale: dict[str, list[str]] = {}
        for measurement in measurements:
            if measurement.judged and measurement.is_whole and measurement.reason is Reason.STALE:
                for dataset in coverages.standing_on[measurement.kpi]:
                    stale.setdefault(dataset, []).append(measurement.kpi)
        for dataset, kpis in stale.items():
            late = [k for k in kpis if not self._covered(coverages, dataset, k)]
            if late:
                through = coverages.datasets[dataset].through
                self.diagnostics.append(findings.of_staleness(self.catalog, dataset, through, late))

    def _covered(self, coverages: Coverages, dataset: str, metric_id: str) -> bool:
        period = self.reporting.judged(self.metrics[metric_id])
        alone = Coverages(coverages.datasets, {metric_id: (dataset,)}, self.reporting)
        return period is not None and alone.covers(metric_id, period, self.metrics[metric_id].settle)

    def _fingerprints(self, compilation: Compilation, prints: Mapping[str, str]) -> dict[str, str]:
        """What identifies the data behind each KPI."""
        inputs = {i: d.ids for i, d in compilation.derived.items()}
        fingerprints = {}
        for kpi_id in self.catalog.kpis:
            datasets = {self.metrics[i].dataset for i in closure(kpi_id, inputs) if i in self.metrics}
            fingerprints[kpi_id] = " ".join(prints[d] for d in sorted(x for x in datasets if x) if d in prints)
        return fingerprints


def _failed_observation(metric_id: str, period: Period, reason: Reason) -> Observation:
    return Observation(metric_id, period, (), None, None, None, None, None, failure=reason)


def _segment_values(measurements: tuple[Measurement, ...]) -> dict[str, dict[str, frozenset[str | None]]]:
    """The segment values that some shown period of a definition has; a definition without rows is not there."""
    values: dict[str, dict[str, frozenset[str | None]]] = {}
    for measurement in measurements:
        if measurement.population:
            columns = values.setdefault(measurement.kpi, {})
            for column, value in measurement.segment if len(measurement.segment) == 1 else ():
                columns[column] = columns.get(column, frozenset()) | {value}
    return values
