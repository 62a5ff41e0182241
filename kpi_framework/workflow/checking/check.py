"""test, check: noun → noun; nothing here prints."""

from __future__ import annotations

import datetime as dt

from ...compile.catalog import Compilation
from ...evaluate.columns import columns_of
from ...evaluate.evaluate import Evaluation, evaluate_over
from ...evaluate.examples import run_examples
from ...evaluate.gate import hindering, verdict_of, weighed
from ...evaluate.governance import missed_without_action, missed_without_cause
from ...evaluate.reconcile import reconcile, unexplained
from ...evaluate.reporting_periods import ReportingPeriods
from ...evaluate.run import Run
from ...evaluate.session import Session
from ...lint.lint import lint
from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, KpiError
from ...model.kpi import Lifecycle
from ...model.measurement import ExampleResult, Scorecard, Verdict
from ...model.record import replace
from ...model.rule import OF_CHANGES, OF_DATA, RULES
from ..project import code_owners, load, name_known, natives_of, outside, reporting_periods_of, settled
from ..run import Options, Outcome, outcome_of
from ..tracked import untold
from .lint import lint_loaded, lint_project

__all__ = ["Options", "Outcome", "check", "lint_project", "run_tests"]
NOT_TESTED = frozenset(RULES) - {"example-failed"}


def run_tests(options: Options) -> Outcome:
    """The examples of the definitions. Raises KpiError."""
    catalog, findings = load(options.project_root)
    if catalog is None or not catalog.project.noun.has_days:
        return lint_project(options)
    name_known(options.only, (*catalog.definitions, *catalog.broken))
    with Session(options.open_engine) as session:
        results, failures = _examples(Compilation(catalog), session, options)
    return outcome_of(settled(catalog, (*findings, *failures), NOT_TESTED), options, results)


def check(options: Options) -> Outcome:
    """lint + test + evaluate + gate: the main job. Raises KpiError."""
    with Session(options.open_engine) as session:
        session.start()
        catalog, findings = load(options.project_root)
        return _checked(options, session, catalog, (*findings, *untold(options.project_root.folder)))


def check_loaded(
    options: Options, whole: Catalog | None, findings: tuple[Diagnostic, ...], revision: str = ""
) -> Outcome:
    """The main job on definitions that were loaded already, from the disk or from a revision. Raises KpiError."""
    with Session(options.open_engine) as session:
        return _checked(options, session, whole, findings, revision)


def hindrances(outcome: Outcome) -> tuple[Diagnostic, ...]:
    """The findings of a run for which values could not be computed."""
    if outcome.evaluation is None:
        return ()
    findings = hindering(outcome.evaluation.measurements, outcome.evaluation.diagnostics)
    behind = {(f.rule, f.span) for f in findings}
    return tuple(f for f in outcome.diagnostics if (f.rule, f.span) in behind)


def _checked(
    options: Options, session: Session, whole: Catalog | None, findings: tuple[Diagnostic, ...], revision: str = ""
) -> Outcome:
    if whole is None or not whole.project.noun.has_days:
        # Without kpi.yaml, or the zone its days are in, there is no number to compute.
        return lint_loaded(options, whole, findings)
    name_known(options.only, (*whole.definitions, *whole.broken))
    reporting = reporting_periods_of(whole, options.as_of, options.now, options.periods)
    run = Run(replace(options.setting(reporting), looks_back=options.looks_back), session)
    everything = Compilation(whole)
    columns, unread = columns_of(run, _chosen(everything, options).catalog)
    unneeded = natives_of(whole, options.project_root, columns.files)
    everything = everything.over({**unneeded, **columns.natives})
    of_lint: list[Diagnostic] = []
    session.early.put_off(lambda: of_lint.extend(_linted(everything, reporting.today, options)), *options.beside)
    chosen = _chosen(everything, options)
    evaluation = evaluate_over(run, chosen, columns, unread, fingerprint=options.fingerprint)
    session.early.catch_up()
    examples, failures = _examples(chosen, session, options)
    reported = reconcile(chosen, run.setting, evaluation.measurements) if options.reconcile else ()
    differing = unexplained(chosen.catalog, reported)
    findings = (*findings, *of_lint, *failures, *evaluation.diagnostics, *differing)
    weighty, verdict = _judged(options, chosen.catalog, evaluation, findings)
    card = _scorecard(chosen.catalog, reporting, evaluation, weighty, verdict)
    card = replace(card, view=_view(chosen.catalog, options.view), revision=revision, reported=reported)
    return Outcome(verdict.passed, verdict.exit_code, weighty, examples, card, evaluation, chosen.catalog)


def _linted(compilation: Compilation, today: dt.date, options: Options) -> tuple[Diagnostic, ...]:
    root = options.project_root
    return (*lint(compilation, today, code_owners(root.folder)), *outside(compilation.catalog, root))


def _chosen(compilation: Compilation, options: Options) -> Compilation:
    """The definitions that were asked for, with what they stand on; all where none was named."""
    return compilation.narrowed(options.only) if options.only else compilation


def _judged(
    options: Options, catalog: Catalog, evaluation: Evaluation, findings: tuple[Diagnostic, ...]
) -> tuple[tuple[Diagnostic, ...], Verdict]:
    """All findings, settled and weighed by the gate, and the verdict on them and on what was measured."""
    gate, rules = catalog.project.noun.gate, catalog.project.noun.rules
    measurements = evaluation.measurements
    late = (*missed_without_action(catalog, measurements), *missed_without_cause(catalog, measurements))
    unseen = OF_CHANGES | (OF_DATA if options.only else frozenset())
    weighty = weighed(settled(catalog, (*findings, *late), unseen), gate, rules)
    states = {kpi.status for kpi in catalog.kpis.values()} - {Lifecycle.RETIRED}
    only_drafts = states == {Lifecycle.DRAFT} and not catalog.broken
    strictness = replace(options.strictness, only_drafts=only_drafts)
    return weighty, verdict_of(measurements, weighty, evaluation.signals, gate, strictness)


def _examples(
    compilation: Compilation, session: Session, options: Options
) -> tuple[tuple[ExampleResult, ...], tuple[Diagnostic, ...]]:
    options.progress("running the examples")
    return run_examples(compilation, session, options.only)


def _view(catalog: Catalog, name: str | None) -> str | None:
    """The view that was asked for. Raises KpiError where kpi.yaml has none of this name."""
    views = catalog.project.noun.views
    if name is not None and name not in views:
        hint = f"There are: {', '.join(views)}." if views else "Add it under `views:` in kpi.yaml."
        raise KpiError(f"kpi.yaml has no view {name}", hint)
    return name


def _scorecard(
    catalog: Catalog,
    reporting: ReportingPeriods,
    evaluation: Evaluation,
    findings: tuple[Diagnostic, ...],
    verdict: Verdict,
) -> Scorecard:
    project = catalog.project.noun
    return Scorecard(
        project=project.name, as_of=reporting.as_of.astimezone(reporting.almanac.zone), engine=evaluation.engine,
        isolation=evaluation.isolation, verdict=verdict, measurements=evaluation.measurements,
        diagnostics=findings, definitions={i: e.noun for i, e in catalog.definitions.items()},
        today=reporting.today, objectives=project.objectives, events=project.events,
        signals=evaluation.signals, views=project.views,
    )  # fmt: skip
