"""What a change of definitions means, and what it does to the numbers: two revisions → a Difference."""

from __future__ import annotations

from pathlib import Path

from ...compile.catalog import Compilation
from ...evaluate.evaluate import Evaluation, evaluate
from ...evaluate.reporting_periods import ReportingPeriods
from ...history.changes import changes
from ...history.comparison import Comparison
from ...history.git import find_repository
from ...history.impact import impact
from ...load.difference import LARGEST, read_difference
from ...model.change import Change, ChangeClass, Difference, Impact
from ...model.diagnostic import Diagnostic, KpiError, Span
from ...model.kpi import Kpi, Lifecycle
from ...model.record import Record, replace
from ...model.rule import RULES
from ..project import compiled, reporting_periods_of, settled
from ..run import Options
from .explanations import Explanations, explanations
from .revisions import WORKING_TREE, Revision, side_of


class Question(Record):
    """What to compare: two revisions (`head` None: the working tree), and a reason given beside the commits."""

    base: str = "HEAD"
    head: str | None = None
    reason: str | None = None
    with_impact: bool = True


def diff(options: Options, question: Question) -> Difference:
    """Compare two revisions of a project, by meaning. Raises KpiError."""
    repository = find_repository(options.project_root.folder)
    before = Revision(options.project_root, repository, repository.commit(question.base))
    head = repository.commit(question.head) if question.head is not None else None
    after = Revision(options.project_root, repository, head)
    reporting = reporting_periods_of(after.catalog, options.as_of, options.now, options.periods)
    why = explanations(options.project_root, repository, (before, after), question.reason)
    with after.laid_out(after.catalog) as project_root:
        compilations = (compiled(before.catalog, project_root), compiled(after.catalog, project_root))
        old, new = map(side_of, compilations)
        sides = Comparison(old, new, reporting.today)
        changed = changes(sides)
        options.progress("computing both sides")
        there = replace(options, project_root=project_root, progress=_silent)
        revisions = (before, after)
        # Over the same data a value of an equal definition moves with what it reads: a baseline of another version.
        cause = next((c.because for c in changed if c.because), "data")
        effect = _impact(there, revisions, compilations, reporting, cause) if question.with_impact and changed else ()
    findings = (*after.loaded[1], *_findings(sides, changed, why))
    weighed = settled(after.catalog, findings, frozenset(RULES) - {"unexplained-change", "removed-unretired"})
    return Difference(
        base=before.name, head=after.name, changes=changed, impact=effect, reasons=why.reasons, diagnostics=weighed,
        names={i: e.noun.name for c in (before.catalog, after.catalog) for i, e in c.definitions.items()},
        as_of=reporting.as_of.astimezone(reporting.almanac.zone),
    )  # fmt: skip


def read_diff(path: Path) -> Difference:
    """A difference that another run wrote as JSON. Raises KpiError for what does not fit its schema."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise KpiError(
            f"{path} cannot be read: {error.strerror}", "Name a file that `kpi diff --format json` wrote."
        ) from error
    try:
        return read_difference(content)
    except ValueError as error:
        raise KpiError(
            f"{path} is not a difference: {error}", "Name a file that `kpi diff --format json` wrote."
        ) from error


# what it does to the numbers


def _impact(
    options: Options, revisions: tuple[Revision, Revision], compilations: tuple[Compilation, Compilation],
    reporting: ReportingPeriods, cause: str,
) -> tuple[Impact, ...]:  # fmt: skip
    """Both definitions on the later data; and, where tracked data changed, the earlier definitions on both."""
    before, after = revisions
    before_run, after_run = (_evaluation(options, compilation, reporting) for compilation in compilations)
    effects = impact(before_run.measurements, after_run.measurements, before_run.hashes, after_run.hashes, cause)
    if before.fingerprint(before.catalog) == after.fingerprint(after.catalog):
        return effects
    with before.laid_out(before.catalog) as earlier:
        old_run = _evaluation(replace(options, project_root=earlier), compilations[0], reporting)
    moved = impact(old_run.measurements, before_run.measurements, old_run.hashes, before_run.hashes)
    return (*effects, *(replace(effect, because=("data",)) for effect in moved))


def _evaluation(options: Options, compilation: Compilation, reporting: ReportingPeriods) -> Evaluation:
    on_calendar = replace(reporting, almanac=compilation.catalog.project.noun.almanac)
    return evaluate(compilation, options.setting(on_calendar))


def _silent(_step: str) -> None:
    """Of two runs at once nobody would know which one a step is of."""


# what has to be said


def _findings(sides: Comparison, changed: tuple[Change, ...], why: Explanations) -> list[Diagnostic]:
    unexplained = [c for c in changed if c.cls.needs_reason and not why.covers(c)]
    findings = [_unexplained(c) for c in unexplained]
    findings += [
        _removed(c) for c in changed if c.cls is ChangeClass.REMOVED and c.kpi and not _was_retired(sides, c.kpi)
    ]
    restated = {c.kpi for c in changed if c.cls is ChangeClass.RESTATING} | {
        definition_id for c in changed if c.cls is ChangeClass.RESTATING for definition_id in c.touches
    }
    return findings + [f for definition_id in sorted(filter(None, restated)) for f in _stale(sides, definition_id)]


def _unexplained(change: Change) -> Diagnostic:
    """unexplained-change: a change restates a number, loosens a target or changes the past, and no commit of it has
    a `Reason:`.
    """
    what = f"{change.kpi}: " if change.kpi else ""
    message = f"{what}`{change.field}` is {change.cls}, and no commit gives a reason"
    return RULES["unexplained-change"].finding(Span(change.path, change.line), message, kpi=change.kpi)


def _removed(change: Change) -> Diagnostic:
    """removed-unretired: a KPI is gone that was not retired in the revision with which this one is compared."""
    message = f"{change.kpi} was removed without being retired first"
    return RULES["removed-unretired"].finding(Span("kpi.yaml"), message, kpi=change.kpi)


def _was_retired(sides: Comparison, definition_id: str) -> bool:
    definition = sides.before.catalog.definitions.get(definition_id)
    if definition is None:
        return False
    return definition.noun.status is Lifecycle.RETIRED or not isinstance(definition.noun, Kpi)


def _stale(sides: Comparison, definition_id: str) -> list[Diagnostic]:
    """A number that means something else needs a baseline of the same meaning."""
    catalog = sides.after.catalog
    kpi, frozen = catalog.kpis.get(definition_id), catalog.baseline_of(definition_id)
    if kpi is None or frozen is None or sides.after.means(definition_id, frozen.noun.definition) is not False:
        return []
    message = f"{definition_id} has another definition now, and its baseline was frozen under the earlier one"
    return [
        RULES["baseline-stale"].finding(
            frozen.at.key("definition"), message, f"Run `kpi baseline freeze {definition_id}`.", definition_id
        )
    ]


__all__ = ["WORKING_TREE", "Question", "diff", "read_diff"]
