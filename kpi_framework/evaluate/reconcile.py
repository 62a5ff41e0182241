"""Figures that somebody else reported, beside ours; where they differ, other readings are tried until they explain it.

What is computed here is told and nothing more: no value, no status and no hash stands on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..compile.catalog import Compilation
from ..compile.meaning import Meanings
from ..compile.variants import variants
from ..model.catalog import Catalog
from ..model.could_not import CouldNot
from ..model.diagnostic import Diagnostic
from ..model.kpi import Kpi, Metric
from ..model.measurement import Attempt, Measurement, Reason, Reconciliation
from ..model.period import Period
from ..model.quoting import shown
from ..model.record import replace
from ..model.rule import RULES
from .evaluate import evaluate
from .reporting_periods import ReportingPeriods
from .setting import Setting

Values = Mapping[tuple[str, Period], Measurement]
"""The overall measurements by definition and period."""


def reconcile(
    compilation: Compilation, setting: Setting, measurements: Iterable[Measurement]
) -> tuple[Reconciliation, ...]:
    """Every reported figure that can be read, compared with our value; costs nothing where there is none."""
    figures = list(_figures(compilation.catalog))
    values = _by_period(measurements)
    missing = [f for f in figures if (f.kpi, f.period) not in values and f.period.start <= setting.reporting.today]
    if missing:
        values = {**_measured(compilation, setting, missing), **values}
    compared = [_compared(figure, values.get((figure.kpi, figure.period))) for figure in figures]
    differing = [r for r in compared if r.differs]
    if differing:
        setting.progress("trying what explains the reported figures")
    attempts = _attempts(compilation, setting, differing) if differing else {}
    return tuple(replace(r, attempts=tuple(attempts.get((r.kpi, r.index), ()))) for r in compared)


def unexplained(catalog: Catalog, reconciliations: Iterable[Reconciliation]) -> Iterator[Diagnostic]:
    """reported-differs: a figure under `reported` is not our value of its period, as far as it is written, though that
    is final, and no other reading of the definition that was tried gives it.
    """
    for reconciliation in reconciliations:
        if not (reconciliation.is_final and reconciliation.differs) or reconciliation.explanations:
            continue
        at = catalog.definitions[reconciliation.kpi].at.key("reported", reconciliation.index, "value")
        figure, tried = reconciliation.figure, len(reconciliation.attempts)
        message = (
            f"{reconciliation.kpi}: {shown(figure.source)} reported {shown(str(figure.value))} for {figure.period}, "
            f"but the value is {_written(reconciliation)}; "
            + (f"none of the {tried} other readings that were tried gives it" if tried else "no other reading fits")
        )
        yield RULES["reported-differs"].finding(at, message, kpi=reconciliation.kpi)


def _written(reconciliation: Reconciliation) -> str:
    assert reconciliation.value is not None, "it differs"
    if reconciliation.unit == "percent":
        return f"{100 * reconciliation.value:.6g}%"
    return f"{reconciliation.value:.10g} {reconciliation.unit}"


def _figures(catalog: Catalog) -> Iterator[Reconciliation]:
    """The figures whose period and value can be read, not compared yet; lint tells the others."""
    almanac = catalog.project.noun.almanac
    for kpi_id, entry in catalog.live.items():
        for index, figure in enumerate(entry.noun.reported):
            period, reported = almanac.named(figure.period, entry.noun.period), figure.value.to(entry.noun.unit)
            if not isinstance(period, CouldNot) and not isinstance(reported, CouldNot):
                yield Reconciliation(kpi_id, index, figure, reported, entry.noun.unit, period, None, Reason.PROVISIONAL)


def _compared(figure: Reconciliation, measurement: Measurement | None) -> Reconciliation:
    if measurement is None:
        return figure
    return replace(figure, value=measurement.value, reason=measurement.reason)


def _attempts(
    compilation: Compilation, setting: Setting, differing: list[Reconciliation]
) -> Mapping[tuple[str, int], list[Attempt]]:
    """What each other reading gives for the figures that differ; one that changes no definition is not tried."""
    own = compilation.narrowed({r.kpi for r in differing})
    tried = {(r.kpi, _hash(own, r.kpi)) for r in differing}
    attempts: dict[tuple[str, int], list[Attempt]] = {(r.kpi, r.index): [] for r in differing}
    for variant in variants(own):
        other = Compilation(variant.catalog, own.natives)
        hashes = {(r.kpi, _hash(other, r.kpi)) for r in differing}
        changed = {kpi_id for kpi_id, definition in hashes - tried if definition}
        tried |= hashes
        concerned = [r for r in differing if r.kpi in changed]
        values = _measured(other, setting, concerned) if concerned else {}
        for r in concerned:
            measurement = values.get((r.kpi, r.period))
            if measurement is not None and measurement.value is not None:
                value = measurement.value
                explains = r.figure.is_given_by(value, r.unit)
                attempts[r.kpi, r.index].append(Attempt(variant.name, variant.words, value, explains))
    return attempts


def _hash(compilation: Compilation, definition_id: str) -> str:
    readable = [name for name, native in compilation.natives.items() if native is not None]
    return Meanings(compilation, readable).hash(definition_id)


def _measured(compilation: Compilation, setting: Setting, figures: list[Reconciliation]) -> Values:
    """The overall values of the figures' definitions in their periods, in a run of its own."""
    catalog = _bare(compilation.narrowed({f.kpi for f in figures}).catalog)
    periods = tuple(sorted({f.period for f in figures}))
    reporting = ReportingPeriods(setting.reporting.as_of, catalog.project.noun.almanac, chosen=periods)
    quiet = replace(setting, reporting=reporting, progress=lambda _: None)
    return _by_period(evaluate(Compilation(catalog), quiet).measurements)


def _by_period(measurements: Iterable[Measurement]) -> Values:
    return {(m.kpi, m.period): m for m in measurements if m.is_whole}


def _bare(catalog: Catalog) -> Catalog:
    """The definitions without what their overall values do not stand on: segments, targets, baselines nobody reads."""
    derives = any(entry.noun.is_derived for entry in catalog.entries)
    entries = tuple(replace(entry, noun=_undivided(entry.noun, derives=derives)) for entry in catalog.entries)
    return replace(catalog, entries=entries, signals=())


def _undivided(metric: Metric, *, derives: bool) -> Metric:
    unread: dict[str, object] = {"segments": ()}
    if isinstance(metric, Kpi):
        unread |= {"target": None, "waiver": ()} | ({} if derives else {"baseline": None})
    return metric.model_copy(update=unread)
