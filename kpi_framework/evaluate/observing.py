"""Loaded datasets → observations: every value that formulas over rows have, in every period that is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..compile.definition import rows_lacking
from ..compile.plan.axis import CompiledMetric
from ..model.diagnostic import Diagnostic
from ..model.measurement import Observation, Reason, Segment
from ..model.period import Period
from ..model.record import Record, replace
from ..model.rule import RULES
from . import findings
from .computable import Computable
from .coverage import Coverages
from .observe import Batch, Observer, Values, batches
from .parts import Parts
from .run import Run
from .wanted import WantedPeriods


class Observed(Record):
    """The values of definitions over rows; one that could not be computed has a reason in every period."""

    values: Values
    failures: Mapping[str, Reason]


def observe(
    run: Run, wanted: WantedPeriods, failures: Mapping[str, Reason], coverages: Coverages
) -> tuple[Observed, tuple[Diagnostic, ...]]:
    """Compute what can be computed; `failures` are the definitions that have no value already, and why."""
    parts = Parts(run.session, run.reporting, {i: m.period for i, m in wanted.metrics.items()})
    observing = _Observing(run, wanted, coverages, Observer(run.session, wanted.judged, parts))
    values, failed = observing.values(i for i in wanted.computable.metrics if i not in failures)
    diagnostics = [_failed(wanted.computable, i) for i, reason in failed.items() if reason is Reason.DEFINITION_ERROR]
    if Reason.WORKER_ERROR in failed.values():
        diagnostics.append(findings.of_worker(wanted.computable.catalog, run.session.failure))
    every = {**failures, **failed}
    unobserved: Values = {
        (i, period, ()): Observation(i, period, (), None, None, None, None, None, failure=reason)
        for i, reason in every.items()
        for period in wanted.own(i)
    }
    return Observed({**observing.sure(observing.weighed(values)), **unobserved}, every), tuple(diagnostics)


def _failed(computable: Computable, metric_id: str) -> Diagnostic:
    """formula-failed: the engine could not compute the query of this definition alone, in its memory and its time."""
    at = computable.catalog.definitions[metric_id].at.key("formula")
    return RULES["formula-failed"].finding(at, f"{metric_id} could not be computed", kpi=metric_id)


def _unsure(metric_id: str, period: Period, segment: Segment) -> Observation:
    return Observation(metric_id, period, segment, None, None, None, None, None, failure=Reason.SOURCE_ERROR)


class _Observing(Record):
    run: Run
    wanted: WantedPeriods
    coverages: Coverages
    observer: Observer

    def values(self, ids: Iterable[str]) -> tuple[Values, dict[str, Reason]]:
        """The values of these definitions, and those that could not be computed."""
        values: Values = {}
        failures: dict[str, Reason] = {}
        requests = [(metric_id, period) for metric_id in ids for period in self.wanted.needed(metric_id)]
        datasets = {i: m.dataset or "" for i, m in self.wanted.metrics.items()}
        for batch in self._batches(self.wanted.computable.metrics, datasets, requests):
            self.run.setting.progress(f"computing over {batch.table.name}")
            observed, failed = self.observer.observe(batch)
            values.update(observed)
            failures.update(failed)
        return values, failures

    def weighed(self, values: Values) -> Values:
        """The values, marked where what would prove a 0 has no rows in the period."""
        evidence = {i: m.evidence for i, m in self.wanted.metrics.items() if m.evidence is not None}
        asked = {(i, period) for i, period, _ in values if i in evidence}
        proofs = self.wanted.computable.evidence
        requests = sorted(((i, p) for i, p in asked if i in proofs), key=lambda r: (r[0], r[1].start, r[1].end))
        counted: Values = {}
        for batch in self._batches(proofs, evidence, requests):
            counted.update(self.observer.observe(batch)[0])
        proven = {(i, period) for (i, period, _), observation in counted.items() if observation.value}
        unproven = {key for key in values if key[:2] in asked and key[:2] not in proven}
        return {key: replace(o, unproven=True) if key in unproven else o for key, o in values.items()}

    def sure(self, values: Values) -> Values:
        """The values; in periods with rows of a file that lacks a needed column there is none."""
        datasets = {i: m.dataset or "" for i, m in self.wanted.metrics.items()}
        computable, ids = self.wanted.computable, dict.fromkeys(i for i, _, _ in values)
        counted = {i: rows_lacking(computable.metrics[i], computable.tables[datasets[i]]) for i in ids}
        lacking = {i: compiled for i, compiled in counted.items() if compiled is not None}
        requests = [(i, p) for i, p, segment in values if i in lacking and not segment]
        sure: set[tuple[str, Period]] = set()
        for batch in self._batches(lacking, datasets, requests):
            sure |= {(i, p) for (i, p, _), rows in self.observer.observe(batch)[0].items() if not rows.value}
        return {key: o if key[0] not in lacking or key[:2] in sure else _unsure(*key) for key, o in values.items()}

    def _batches(
        self, metrics: Mapping[str, CompiledMetric], datasets: Mapping[str, str], requests: list[tuple[str, Period]]
    ) -> list[Batch]:
        tables = self.wanted.computable.tables
        return batches(metrics, {i: tables[n] for i, n in datasets.items() if n in tables}, requests, self.coverages)
