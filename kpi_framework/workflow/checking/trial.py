"""What if: the last periods judged by another target, formula or condition, beside today's. Nothing is written."""

from __future__ import annotations

from ...compile.catalog import Compilation
from ...evaluate.evaluate import Evaluation, evaluate
from ...evaluate.gate import hindering
from ...evaluate.reporting_periods import ReportingPeriods
from ...model.catalog import Catalog
from ...model.diagnostic import KpiError
from ...model.kpi import Kpi, Metric
from ...model.measurement import Measurement
from ...model.record import Record, replace
from ...model.trial import Trial, TriedPeriod
from ..project import load_unlinked, reporting_periods_of
from ..run import Options
from .proposed_target import proposed_target, target_in_force, target_text
from .rows import known_definition


class Proposal(Record):
    """What is tried of a definition; None stays as it is."""

    definition_id: str
    target: str | None = None
    formula: str | None = None
    where: str | None = None
    """An empty text: without a condition."""


def tried(options: Options, proposal: Proposal) -> Trial:
    """Today's definition and the proposal, over the same data and the same periods. Raises KpiError."""
    catalog = load_unlinked(options.project_root)
    metric = known_definition(catalog, proposal.definition_id)
    _refuse_idle(proposal, metric)
    reporting = reporting_periods_of(catalog, options.as_of, options.now, options.periods)
    today = _evaluated(options, catalog, metric, reporting)
    texts = {f: t.strip() for f, t in (("formula", proposal.formula), ("where", proposal.where)) if t is not None}
    proposed, other = metric.model_copy(update={f: t or None for f, t in texts.items()}), today
    notes: tuple[str, ...] = ()
    if texts:
        other = _evaluated(options, _with(catalog, proposed, is_new=True), proposed, reporting)
    if proposal.target is not None:
        proposed, notes = _with_target(proposed, proposal.target, reporting, _overall(other, metric))
        other = _evaluated(options, _with(catalog, proposed, is_new=bool(texts)), proposed, reporting)
    before = {m.period: m for m in _overall(today, metric)}
    after = {m.period: m for m in _overall(other, metric)}
    periods = tuple(TriedPeriod(m, after[period]) for period, m in before.items() if period in after)
    findings = hindering(after.values(), other.diagnostics)
    return Trial(metric, _changes(metric, proposed, proposal, reporting), periods, notes, findings)


def _refuse_idle(proposal: Proposal, metric: Metric) -> None:
    """A proposal that proposes nothing, or what the definition cannot have. Raises KpiError."""
    if (proposal.target, proposal.formula, proposal.where) == (None, None, None):
        raise KpiError("nothing is proposed", "Give --target, --formula or --where.")
    if proposal.formula is not None and not proposal.formula.strip():
        raise KpiError("--formula is empty", "Write the formula to try, such as `--formula 'median(wait)'`.")
    if proposal.where is not None and metric.is_derived:
        hint = "Try the condition of the definitions that its formula names."
        raise KpiError(f"{metric.id} is derived: it reads no rows, so it has no condition", hint)


def _with_target(
    metric: Metric, text: str, reporting: ReportingPeriods, history: tuple[Measurement, ...]
) -> tuple[Metric, tuple[str, ...]]:
    """The definition with the target that is proposed, and what to know of it. Raises KpiError."""
    if not isinstance(metric, Kpi):
        raise KpiError(f"{metric.id} is a metric: it has no target", "Try a target of a KPI.")
    target = proposed_target(text, metric, reporting.today, history)
    notes = target.notes
    if len(metric.targets) > 1:
        notes += ("Today each period is judged by the target of its time; the proposal judges all of them.",)
    return metric.model_copy(update={"target": (target.target,)}), notes


def _with(catalog: Catalog, proposed: Metric, *, is_new: bool) -> Catalog:
    """The catalog with the proposal in the definition's place.

    Another formula has another baseline, so the frozen one is left aside: `is_new`.
    """
    entries = tuple(replace(e, noun=proposed) if e.noun.id == proposed.id else e for e in catalog.entries)
    own = {proposed.id, proposed.renamed_from} if is_new else set()
    baselines = {i: file for i, file in catalog.baselines.items() if i not in own}
    return replace(catalog, entries=entries, baselines=baselines)


def _evaluated(options: Options, catalog: Catalog, metric: Metric, reporting: ReportingPeriods) -> Evaluation:
    return evaluate(Compilation(catalog).narrowed((metric.id,)), options.setting(reporting))


def _overall(evaluation: Evaluation, metric: Metric) -> tuple[Measurement, ...]:
    """The overall values of a definition, oldest first."""
    return tuple(m for m in evaluation.measurements if m.kpi == metric.id and m.is_whole)


def _changes(
    metric: Metric, proposed: Metric, proposal: Proposal, reporting: ReportingPeriods
) -> tuple[tuple[str, str, str], ...]:
    changes = [
        (field, getattr(metric, field) or "none", getattr(proposed, field) or "none")
        for field in ("formula", "where")
        if getattr(proposal, field) is not None
    ]
    if isinstance(metric, Kpi) and isinstance(proposed, Kpi) and proposal.target is not None:
        before, after = (target_text(target_in_force(kpi, reporting.today)) for kpi in (metric, proposed))
        changes.append(("target", before, after))
    return tuple((field, before.strip(), after.strip()) for field, before, after in changes)
