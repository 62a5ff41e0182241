"""From a catalog and its data to judged measurements: the table of contents of this room.

sources → compiled → loaded → observed → derived → baselines → judged
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ..compile.dataset.table import Native
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
from .baselines import Baselines, Stretch, compare, live_values, stated_value, stretch_of
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
    window: ReportingPeriods
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
        self.window = setting.window
        self.metrics = {i: e.noun for i, e in catalog.live.items()}
        self.diagnostics: list[Diagnostic] = []
        self.failures: dict[str, Reason] = {}

    def evaluation(self, *, fingerprint: bool) -> Evaluation:
        """The whole way."""
        files = self._files()
        compilation = self._compiled(files)
        loaded = self._loaded(files, compilation)
        coverages = self._reaches(compilation, loaded)
        values = self._observed(compilation)
        baselines, live_baselines = self._with_derived(compilation, values, coverages)
        judge = Judge(
            self.metrics,
            self.window,
            coverages,
            baselines.values,
            baselines.frozen,
            compilation.hashes,
            self._hidden(),
        )
        measurements = judge.judge(values)
        self._note_staleness(measurements, coverages)
        self.diagnostics += [*baselines.diagnostics, *findings.of_segments(self.catalog, _seen(measurements))]
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
        found = {}
        for name in sorted(needed):
            try:
                found[name] = find_files(self.catalog.datasets[name], self.setting.root, self.setting.allowed)
            except SourceError as error:
                self.diagnostics.append(findings.unreadable(self.catalog, name, error))
        self.session.admit(found.values())
        return found

    def _compiled(self, files: Mapping[str, Files]) -> Compilation:
        natives: dict[str, Native | None] = {}
        unasked: set[str] = set()
        for name, one in files.items():
            try:
                natives[name] = self.session.native(one)
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
        loading = Loading(self.catalog, self.window, self.session, files, compilation, self.setting.progress)
        loaded = loading.loaded()
        self.failures.update(loading.failures)
        self.diagnostics += loading.diagnostics
        return loaded

    # values

    def _reaches(self, compilation: Compilation, loaded: Mapping[str, Loaded]) -> Coverages:
        coverages: dict[str, Coverage] = {
            n: coverage_of(compilation.tables[n], one, self.window) for n, one in loaded.items()
        }
        inputs = {i: d.ids for i, d in compilation.derived.items()}
        standing = {
            i: tuple(
                sorted({d for one in closure(i, inputs) if one in self.metrics and (d := self.metrics[one].dataset)})
            )
            for i in self.metrics
        }
        return Coverages(coverages, standing, self.window)

    def _observed(self, compilation: Compilation) -> Values:
        """The values of all measures that can be computed; a failed one has a reason in every period."""
        observer = Observer(
            self.session,
            compilation,
            self.window,
            {i: self.window.judged(m) for i, m in self.metrics.items()},
        )
        values: Values = {}
        for batch in self._batches(compilation):
            self.setting.progress(f"computing over {batch.dataset}")
            found, failed = observer.observe(batch)
            values.update(found)
            self.failures.update(failed)
            self.diagnostics += [self._failed(i) for i, reason in failed.items() if reason is Reason.DEFINITION_ERROR]
            if Reason.WORKER_ERROR in failed.values():
                self.diagnostics.append(findings.of_worker(self.catalog, self.session.failure))
        self._weigh_evidence(compilation, observer, values)
        for one, reason in self.failures.items():
            for period in self._periods(one, compilation):
                values[one, period, ()] = _failed_observation(one, period, reason)
        return values

    def _weigh_evidence(self, compilation: Compilation, observer: Observer, values: Values) -> None:
        """Mark the values of periods in which what would prove a 0 has no rows."""
        wanted = {(one, period) for one, period, _ in values if self.metrics[one].evidence is not None}
        proofs = {m.id: m for m in compilation.evidence.values()}
        datasets = {compilation.evidence[i].id: self.metrics[i].evidence or "" for i in compilation.evidence}
        requests = sorted(
            ((compilation.evidence[i].id, p) for i, p in wanted if i in compilation.evidence),
            key=lambda r: (r[0], r[1].start, r[1].end),
        )
        found: Values = {}
        for batch in batches(proofs, datasets, requests, self.window.almanac, self.window.as_of):
            found.update(observer.observe(batch)[0])
        proven = {(one, period) for (one, period, _), seen in found.items() if seen.value}
        for (one, period, segment), seen in values.items():
            if (one, period) in wanted and (f"{one} evidence", period) not in proven:
                values[one, period, segment] = replace(seen, unproven=True)

    def _failed(self, one: str) -> Diagnostic:
        entry = self.catalog.definitions[one]
        return RULES["formula-failed"].finding(entry.at.key("formula"), f"{one} could not be computed", kpi=one)

    def _batches(self, compilation: Compilation) -> list[Batch]:
        datasets = {i: m.dataset or "" for i, m in self.metrics.items()}
        requests = [
            (one, period)
            for one in compilation.measures
            if one not in self.failures
            for period in sorted(self._wanted(compilation, one), key=lambda p: (p.start, p.end))
        ]
        return batches(compilation.measures, datasets, requests, self.window.almanac, self.window.as_of)

    def _wanted(self, compilation: Compilation, one: str) -> set[Period]:
        """The periods in which a measure is needed: its own, and those of what is derived from it."""
        found = set(self._periods(one, compilation))
        inputs = {i: d.ids for i, d in compilation.derived.items()}
        for other in compilation.derived:
            if other != one and one in closure(other, inputs):
                for period in self._periods(other, compilation):
                    found |= self._relatives(period)
        return found

    def _relatives(self, period: Period) -> set[Period]:
        if period.grain is None:
            return {period}
        almanac = self.window.almanac
        return {period, almanac.shift(period, -1), almanac.year_before(period)}

    def _periods(self, one: str, compilation: Compilation) -> list[Period]:
        """The shown periods of a definition, the one before them, and those of its baseline."""
        metric = self.metrics[one]
        shown = self.window.shown(metric.period)
        stretch = self._stretch(metric, compilation)
        before = self.window.almanac.shift(shown[0], -1)
        return [before, *shown, *(stretch.periods if stretch else ())]

    def _stretch(self, metric: Metric, compilation: Compilation) -> Stretch | None:
        if not isinstance(metric, Kpi):
            return None
        measure, derived = compilation.measures.get(metric.id), compilation.derived.get(metric.id)
        if measure is None and derived is None:
            return None
        is_range = measure.formula.is_range if measure else self._is_range(metric.id, compilation)
        return stretch_of(metric, self.window.almanac, is_range=is_range)

    def _is_range(self, one: str, compilation: Compilation) -> bool:
        """Whether a derived value over a free range means anything: its inputs' growth cancels out."""
        derived = compilation.derived[one]
        return derived.degree(lambda i: self._degree(i, compilation)) == 0

    def _degree(self, one: str, compilation: Compilation) -> int | None:
        if one in compilation.measures:
            # A stock does not grow with the length of time: it is what it is at its end.
            return 0 if self.metrics[one].is_stock else compilation.measures[one].formula.degree
        derived = compilation.derived.get(one)
        return derived.degree(lambda i: self._degree(i, compilation)) if derived else None

    # derived values and baselines

    def _with_derived(
        self, compilation: Compilation, values: Values, coverages: Coverages
    ) -> tuple[Baselines, dict[str, tuple[BaselineValue, ...]]]:
        """Add derived values in order; a baseline that a later one reads is known by then."""
        inputs = {i: d.ids for i, d in compilation.derived.items() if i not in self.failures}
        live_baselines = self._live_baselines(compilation, values)
        for one in in_order(inputs):
            known = compare(self.catalog, live_baselines, compilation.hashes).values
            deriver = Deriver(self.session, self.metrics, self.window, coverages, known)
            wanted = self._derived_periods(one, compilation)
            values.update(deriver.derive(one, compilation.derived[one], values, wanted))
            live_baselines.update(self._live_baselines(compilation, values, one))
        return compare(self.catalog, live_baselines, compilation.hashes), live_baselines

    def _derived_periods(self, one: str, compilation: Compilation) -> list[Period]:
        """The periods in which a derived one is needed: those of what reads it, too."""
        return sorted(self._wanted(compilation, one), key=lambda p: (p.start, p.end))

    def _live_baselines(
        self, compilation: Compilation, values: Values, only: str | None = None
    ) -> dict[str, tuple[BaselineValue, ...]]:
        found: dict[str, tuple[BaselineValue, ...]] = {}
        known = by_definition(values)
        for one, metric in self.metrics.items():
            if isinstance(metric, Kpi) and only in (None, one):
                stated = stated_value(metric)
                stretch = self._stretch(metric, compilation)
                if stated is not None:
                    found[one] = (stated,)
                elif stretch is not None:
                    found[one] = live_values(stretch, known.get(one, {}))
        return found

    # what is left to say

    def _hidden(self) -> dict[str, int]:
        privacy = self.catalog.project.noun.privacy
        return dict.fromkeys(privacy.segment_by, privacy.min_rows)

    def _note_staleness(self, measurements: tuple[Measurement, ...], coverages: Coverages) -> None:
        stale: dict[str, list[str]] = {}
        for one in measurements:
            if one.judged and one.is_whole and one.reason is Reason.STALE:
                for dataset in coverages.standing_on[one.kpi]:
                    stale.setdefault(dataset, []).append(one.kpi)
        for dataset, kpis in stale.items():
            late = [k for k in kpis if not self._covered(coverages, dataset, k)]
            if late:
                through = coverages.datasets[dataset].through
                self.diagnostics.append(findings.of_staleness(self.catalog, dataset, through, late))

    def _covered(self, coverages: Coverages, dataset: str, one: str) -> bool:
        period = self.window.judged(self.metrics[one])
        alone = Coverages(coverages.datasets, {one: (dataset,)}, self.window)
        return period is not None and alone.covers(one, period, self.metrics[one].settle)

    def _fingerprints(self, compilation: Compilation, prints: Mapping[str, str]) -> dict[str, str]:
        """What identifies the data behind each KPI."""
        inputs = {i: d.ids for i, d in compilation.derived.items()}
        found = {}
        for one in self.catalog.kpis:
            datasets = {self.metrics[i].dataset for i in closure(one, inputs) if i in self.metrics}
            found[one] = " ".join(prints[d] for d in sorted(x for x in datasets if x) if d in prints)
        return found


def _failed_observation(one: str, period: Period, reason: Reason) -> Observation:
    return Observation(one, period, (), None, None, None, None, None, failure=reason)


def _seen(measurements: tuple[Measurement, ...]) -> dict[str, dict[str, frozenset[str | None]]]:
    """The segment values that some shown period of a definition has; a definition without rows is not there."""
    found: dict[str, dict[str, frozenset[str | None]]] = {}
    for one in measurements:
        if one.population:
            columns = found.setdefault(one.kpi, {})
            for column, value in one.segment if len(one.segment) == 1 else ():
                columns[column] = columns.get(column, frozenset()) | {value}
    return found
