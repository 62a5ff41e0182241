"""lint, test, check: noun → noun; nothing here prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..evaluate.engine import DuckWorker, Engine, Limits
from ..evaluate.evaluate import Evaluation, Setting, evaluate
from ..evaluate.examples import run_examples
from ..evaluate.gate import Strictness, verdict_of, weighed
from ..evaluate.governance import missed_without_action
from ..evaluate.window import Window
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.measurement import ExampleResult, Scorecard, Verdict
from .project import Place, linted, load, settled, window_of


@dataclass(frozen=True)
class Options:
    """What a run is asked for."""

    place: Place
    now: dt.datetime
    as_of: dt.date | None = None
    periods: int = 12
    only: tuple[str, ...] = ()
    strictness: Strictness = Strictness()
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


def _failed(findings: tuple[Diagnostic, ...], strictness: Strictness) -> bool:
    return any(strictness.fails(f.severity) for f in findings)


def _outcome(findings: tuple[Diagnostic, ...], options: Options, **more: object) -> Outcome:
    failed = _failed(findings, options.strictness)
    return replace(Outcome(not failed, int(failed), findings), **more)  # type: ignore[arg-type]


def lint_project(options: Options) -> Outcome:
    """Definitions, no data. Raises KpiError."""
    catalog, found = load(options.place)
    if catalog is None:
        return _outcome(found, options)
    try:
        window = window_of(catalog, options.as_of, options.now)
        today = window.today
    except KeyError:
        today = options.now.date()
    findings = settled(catalog, (*found, *linted(catalog, options.place, today)))
    return _outcome(findings, options, catalog=catalog)


def run_tests(options: Options) -> Outcome:
    """The examples of the definitions. Raises KpiError."""
    catalog, found = load(options.place)
    if catalog is None:
        return _outcome(found, options)
    results, failures = _examples(catalog, options)
    findings = settled(catalog, (*found, *failures))
    return _outcome(findings, options, catalog=catalog, examples=results)


def _examples(catalog: Catalog, options: Options) -> tuple[tuple[ExampleResult, ...], tuple[Diagnostic, ...]]:
    options.progress("running the examples")
    return run_examples(catalog, options.open_engine, options.only)


def check(options: Options) -> Outcome:
    """lint + test + evaluate + gate: the main job. Raises KpiError."""
    lint = lint_project(options)
    if lint.catalog is None or any(f.span.path == "kpi.yaml" and f.rule == "unknown-reference" and "zone" in f.message for f in lint.diagnostics):
        return lint
    catalog = _only(lint.catalog, options.only)
    window = window_of(catalog, options.as_of, options.now, options.periods)
    examples, failures = _examples(catalog, options)
    setting = Setting(options.place.root, window, options.open_engine, options.place.allowed, options.progress)
    evaluation = evaluate(catalog, setting)
    late = missed_without_action(catalog, evaluation.measurements)
    found = settled(catalog, (*load(options.place)[1], *linted(lint.catalog, options.place, window.today), *failures,
                              *evaluation.diagnostics, *late))  # fmt: skip
    findings = weighed(found, catalog.project.noun.gate)
    verdict = verdict_of(
        evaluation.measurements, findings, catalog.kpis, catalog.project.noun.gate, options.strictness
    )
    card = _scorecard(catalog, window, evaluation, findings, verdict)
    return Outcome(
        verdict.passed, verdict.exit_code, findings, examples, card, evaluation, catalog, window
    )


def _only(catalog: Catalog, ids: tuple[str, ...]) -> Catalog:
    """The catalog with the named definitions as the only ones shown; unknown ids are the caller's to refuse."""
    if not ids:
        return catalog
    from ..compile.only import narrowed

    return narrowed(catalog, ids)


def _scorecard(
    catalog: Catalog, window: Window, evaluation: Evaluation, findings: tuple[Diagnostic, ...], verdict: Verdict
) -> Scorecard:
    project = catalog.project.noun
    return Scorecard(
        project=project.name, as_of=window.as_of.astimezone(window.almanac.zone), engine=evaluation.engine,
        isolation=evaluation.isolation, verdict=verdict, measurements=evaluation.measurements,
        diagnostics=findings, definitions={i: e.noun for i, e in catalog.definitions.items()},
        today=window.today, objectives=project.objectives, events=project.events,
    )  # fmt: skip


__all__ = ["Options", "Outcome", "Path", "check", "lint_project", "run_tests"]
