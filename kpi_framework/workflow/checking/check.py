"""test, check: noun → noun; nothing here prints."""

from __future__ import annotations

from ...compile.select import narrowed
from ...evaluate.evaluate import Evaluation, Setting, evaluate_in
from ...evaluate.examples import run_examples
from ...evaluate.gate import hindering, verdict_of, weighed
from ...evaluate.governance import missed_without_action, missed_without_cause
from ...evaluate.reporting_periods import ReportingPeriods
from ...evaluate.session import Session
from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, KpiError
from ...model.measurement import ExampleResult, Scorecard, Verdict
from ...model.record import replace
from ...model.rule import OF_CHANGES, OF_DATA, RULES
from ..project import linted, load, name_known, reporting_periods_of, settled
from ..run import Options, Outcome, outcome_of
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
        results, failures = _examples(catalog, session, options)
    return outcome_of(settled(catalog, (*findings, *failures), NOT_TESTED), options, results)


def check(options: Options) -> Outcome:
    """lint + test + evaluate + gate: the main job. Raises KpiError."""
    with Session(options.open_engine) as session:
        session.start()
        return _checked(options, session, *load(options.project_root))


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
    catalog = narrowed(whole, options.only) if options.only else whole
    gate, rules = catalog.project.noun.gate, catalog.project.noun.rules
    reporting = reporting_periods_of(catalog, options.as_of, options.now, options.periods)
    lint: list[Diagnostic] = []
    session.beside(lambda: lint.extend(linted(whole, options.project_root, reporting.today)), *options.beside)
    setting = Setting(
        options.project_root.folder, reporting, options.open_engine, options.project_root.allowed, options.progress
    )
    evaluation = evaluate_in(session, catalog, setting, fingerprint=options.fingerprint)
    session.catch_up()
    examples, failures = _examples(catalog, session, options)
    measurements = evaluation.measurements
    late = (*missed_without_action(catalog, measurements), *missed_without_cause(catalog, measurements))
    unseen = OF_CHANGES | (OF_DATA if options.only else frozenset())
    findings = (*findings, *lint, *failures, *evaluation.diagnostics, *late)
    judged = weighed(settled(catalog, findings, unseen), gate, rules)
    verdict = verdict_of(evaluation.measurements, judged, evaluation.signals, gate, options.strictness)
    card = _scorecard(catalog, reporting, evaluation, judged, verdict)
    card = replace(card, view=_view(catalog, options.view), revision=revision)
    return Outcome(verdict.passed, verdict.exit_code, judged, examples, card, evaluation, catalog)


def _examples(
    catalog: Catalog, session: Session, options: Options
) -> tuple[tuple[ExampleResult, ...], tuple[Diagnostic, ...]]:
    options.progress("running the examples")
    return run_examples(catalog, session, options.only)


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
