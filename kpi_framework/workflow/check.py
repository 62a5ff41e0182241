"""lint, test, check: noun → noun; nothing here prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..compile.only import narrowed
from ..evaluate.engine import DuckWorker, Engine, Limits
from ..evaluate.evaluate import Evaluation, Setting, evaluate
from ..evaluate.examples import run_examples
from ..evaluate.gate import Strictness, verdict_of, weighed
from ..evaluate.governance import missed_without_action, missed_without_cause
from ..evaluate.window import Window
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, KpiError
from ..model.measurement import ExampleResult, Scorecard, Verdict
from ..model.period import is_zone
from ..model.rule import OF_CHANGES, OF_DATA, RULES
from .project import Place, linted, load, settled, window_of

NOT_LINTED = OF_DATA | OF_CHANGES | {"example-failed"}
NOT_TESTED = frozenset(RULES) - {"example-failed"}


@dataclass(frozen=True)
class Options:
    """What a run is asked for."""

    place: Place
    now: dt.datetime
    as_of: dt.date | None = None
    periods: int = 12
    only: tuple[str, ...] = ()
    view: str | None = None
    strictness: Strictness = field(default_factory=Strictness)
    fingerprint: bool = False
    """Whether to take the data's fingerprint: it reads every file whole."""
    open_engine: Callable[[], Engine] = field(default=lambda: DuckWorker(Limits()))
    progress: Callable[[str], None] = field(default=lambda _: None)


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    passed: bool
    exit_code: int
    diagnostics: tuple[Diagnostic, ...] = ()
    examples: tuple[ExampleResult, ...] | None = None
    scorecard: Scorecard | None = None
    evaluation: Evaluation | None = None
    catalog: Catalog | None = None
    window: Window | None = None


def lint_project(options: Options) -> Outcome:
    """Definitions, no data. Raises KpiError."""
    return _lint(options, *load(options.place))


def _lint(options: Options, catalog: Catalog | None, found: tuple[Diagnostic, ...]) -> Outcome:
    if catalog is None:
        return _outcome(found, options)
    findings = (*found, *linted(catalog, options.place, _today(catalog, options)))
    return _outcome(settled(catalog, findings, NOT_LINTED), options)


def run_tests(options: Options) -> Outcome:
    """The examples of the definitions. Raises KpiError."""
    catalog, found = load(options.place)
    if catalog is None or not is_zone(catalog.project.noun.timezone):
        return lint_project(options)
    results, failures = _examples(catalog, options)
    return _outcome(settled(catalog, (*found, *failures), NOT_TESTED), options, results)


def check(options: Options) -> Outcome:
    """lint + test + evaluate + gate: the main job. Raises KpiError."""
    return check_loaded(options, *load(options.place))


def check_loaded(options: Options, whole: Catalog | None, found: tuple[Diagnostic, ...], revision: str = "") -> Outcome:
    """The main job on definitions that were loaded already, from the disk or from a revision. Raises KpiError."""
    if whole is None or not is_zone(whole.project.noun.timezone):
        # Without kpi.yaml, or the zone its days are in, there is no number to compute.
        return _lint(options, whole, found)
    catalog = narrowed(whole, options.only) if options.only else whole
    gate, rules = catalog.project.noun.gate, catalog.project.noun.rules
    window = window_of(catalog, options.as_of, options.now, options.periods)
    lint = linted(whole, options.place, window.today)
    examples, failures = _examples(catalog, options)
    setting = Setting(options.place.root, window, options.open_engine, options.place.allowed, options.progress)
    evaluation = evaluate(catalog, setting, fingerprint=options.fingerprint)
    seen = evaluation.measurements
    late = (*missed_without_action(catalog, seen), *missed_without_cause(catalog, seen))
    unseen = OF_CHANGES | (OF_DATA if options.only else frozenset())
    found = (*found, *lint, *failures, *evaluation.diagnostics, *late)
    findings = weighed(settled(catalog, found, unseen), gate, rules)
    verdict = verdict_of(evaluation.measurements, findings, evaluation.signals, gate, options.strictness)
    card = _scorecard(catalog, window, evaluation, findings, verdict)
    card = replace(card, view=_view(catalog, options.view), revision=revision)
    return Outcome(verdict.passed, verdict.exit_code, findings, examples, card, evaluation, catalog, window)


def _outcome(
    findings: tuple[Diagnostic, ...], options: Options, examples: tuple[ExampleResult, ...] | None = None
) -> Outcome:
    failed = any(options.strictness.fails(f.severity) for f in findings)
    return Outcome(not failed, int(failed), findings, examples)


def _today(catalog: Catalog, options: Options) -> dt.date:
    """as_of's day; where no zone says when a day ends, the clock's."""
    if not is_zone(catalog.project.noun.timezone):
        return options.now.date()
    return window_of(catalog, options.as_of, options.now).today


def _examples(catalog: Catalog, options: Options) -> tuple[tuple[ExampleResult, ...], tuple[Diagnostic, ...]]:
    options.progress("running the examples")
    return run_examples(catalog, options.open_engine, options.only)


def _view(catalog: Catalog, name: str | None) -> str | None:
    """The view that was asked for. Raises KpiError where kpi.yaml has none of this name."""
    views = catalog.project.noun.views
    if name is not None and name not in views:
        hint = f"There are: {', '.join(views)}." if views else "Add it under `views:` in kpi.yaml."
        raise KpiError(f"kpi.yaml has no view {name}", hint)
    return name


def _scorecard(
    catalog: Catalog,
    window: Window,
    evaluation: Evaluation,
    findings: tuple[Diagnostic, ...],
    verdict: Verdict,
) -> Scorecard:
    project = catalog.project.noun
    return Scorecard(
        project=project.name, as_of=window.as_of.astimezone(window.almanac.zone), engine=evaluation.engine,
        isolation=evaluation.isolation, verdict=verdict, measurements=evaluation.measurements,
        diagnostics=findings, definitions={i: e.noun for i, e in catalog.definitions.items()},
        today=window.today, objectives=project.objectives, events=project.events,
        signals=evaluation.signals, views=project.views,
    )  # fmt: skip
