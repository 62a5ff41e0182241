"""What a change of definitions means, and what it does to the numbers: two revisions → a Difference."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from ...compile.catalog import Compilation
from ...history.changes import changes
from ...history.comparison import Comparison, Side
from ...history.findings import change_findings
from ...history.git import find_repository
from ...lint.severity import reweighed
from ...load.difference import LARGEST, read_difference
from ...model.catalog import Catalog
from ...model.change import Change, ChangeClass, Difference
from ...model.diagnostic import Diagnostic, KpiError
from ...model.record import Record, replace
from ...model.rule import RULES
from ..project import ProjectRoot, compiled, reporting_periods_of, settled
from ..run import Options
from .bases import beginning, merge_bases, without_definitions
from .data import changed_data, first_day
from .effects import Effects
from .explanations import explanations
from .revisions import WORKING_TREE, Revision, side_of
from .unused_words import without_unused


class Question(Record):
    """What to compare: two revisions (`head` None: the working tree), and a reason given beside the commits."""

    base: str = "HEAD"
    head: str | None = None
    reason: str | None = None
    with_impact: bool = True
    is_exact: bool = False
    """Whether the two revisions themselves are compared, and not what the later one changed since they parted."""


def diff(options: Options, question: Question) -> Difference:
    """Compare two revisions of a project, by meaning, from where they parted. Raises KpiError."""
    repository = find_repository(options.project_root.folder)
    head = repository.commit(question.head) if question.head is not None else None
    base = repository.commit(question.base)
    bases = (base,) if question.is_exact else merge_bases(repository, base, head or repository.commit("HEAD"))
    after = Revision(options.project_root, repository, head)
    with after.laid_out(after.catalog) as laid_out:
        later = _Later(options, question, after, laid_out)
        return strictest([later.compared(Revision(options.project_root, repository, commit)) for commit in bases])


class _Later(Record):
    """The later side of comparisons, with its data laid out."""

    options: Options
    question: Question
    revision: Revision
    project_root: ProjectRoot

    def compared(self, base: Revision) -> Difference:
        """The difference from one base."""
        begun = beginning(base, self.revision)
        catalog = without_definitions(self.revision.catalog) if begun.is_new else begun.revision.catalog
        reporting = reporting_periods_of(
            self.revision.catalog, self.options.as_of, self.options.now, self.options.periods
        )
        compilations = (compiled(catalog, self.project_root), compiled(self.revision.catalog, self.project_root))
        here = replace(self.options, project_root=self.project_root, progress=lambda _: None)
        known = without_unused(*compilations, self.project_root)
        sides = Comparison(*_sides(compilations, known), reporting.today, partial(first_day, here, compilations[0]))
        effects = Effects(self.options, (begun.revision, self.revision), compilations, sides, reporting)
        changed = _as_new(changes(sides)) if begun.is_new else self._changed(begun.revision, sides)
        shown = self.question.with_impact and not begun.is_new
        self.options.progress("computing both sides")
        impact = effects.of(changed, self.project_root) if shown else ()
        ends = (begun.revision, self.revision)
        why = explanations(self.options.project_root, ends, changed, self.question.reason)
        findings = tuple(change_findings(sides, changed, why.reason))
        return Difference(
            base=base.name, head=self.revision.name, changes=changed, impact=impact, reasons=why.reasons,
            diagnostics=self._weighed(catalog, findings),
            names={i: e.noun.name for c in (catalog, self.revision.catalog) for i, e in c.definitions.items()},
            as_of=reporting.as_of.astimezone(reporting.almanac.zone),
        )  # fmt: skip

    def _changed(self, base: Revision, sides: Comparison) -> tuple[Change, ...]:
        of_data = changed_data(self.options, base, self.revision) if self.question.with_impact else ()
        return tuple(sorted((*changes(sides), *of_data), key=lambda c: c.sort_key))

    def _weighed(self, base: Catalog, findings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        """The findings on the change by the settings of the base: no change silences what is said of it."""
        weighed = reweighed(findings, base.project.noun.rules)
        own = settled(self.revision.catalog, self.revision.loaded[1], frozenset(RULES))
        return tuple(sorted(dict.fromkeys((*own, *weighed)), key=lambda f: f.sort_key))


Pair = tuple[Compilation, Compilation]
_READ = ("timezone", "week_starts", "fiscal_year_starts", "calendars", "datasets", "engine", "privacy")
"""The settings of kpi.yaml that reach the meaning of a definition."""


def _sides(compilations: Pair, known: Pair) -> tuple[Side, Side]:
    """Both sides with the meanings that a change can hang on: where kpi.yaml reads alike, only of files that differ.

    `known` are the compilations that meanings are taken from.
    """
    catalogs = [compilation.catalog for compilation in compilations]
    projects = [catalog.project.noun for catalog in catalogs]
    if any(getattr(projects[0], name) != getattr(projects[1], name) for name in _READ):
        sides = [side_of(compilation) for compilation in known]
    else:
        ids = _differing(*catalogs)
        sides = [side_of(c.narrowed(i for i in ids if i in c.catalog.definitions)) for c in known]
    before, after = (replace(side, catalog=catalog) for side, catalog in zip(sides, catalogs, strict=True))
    return before, after


def _differing(before: Catalog, after: Catalog) -> list[str]:
    """The ids whose definition or frozen baseline is another one."""
    nouns = [
        {**{("definition", i): e.noun for i, e in c.definitions.items()},
         **{("baseline", i): e.noun for i, e in c.baselines.items()}}
        for c in (before, after)
    ]  # fmt: skip
    keys = {key for key in {**nouns[0], **nouns[1]} if nouns[0].get(key) != nouns[1].get(key)}
    return sorted({definition_id for _, definition_id in keys})


def _as_new(changed: Iterable[Change]) -> tuple[Change, ...]:
    """The changes of a project that was not there before: everything is added."""
    return tuple(replace(change, cls=ChangeClass.ADDED) for change in changed)


def strictest(differences: list[Difference]) -> Difference:
    """Of several bases, each change with the strictest class that any of them gives it."""
    first, *others = differences
    if not others:
        return first
    by_field: dict[tuple[str | None, str], list[Change]] = {}
    for difference in differences:
        grouped: dict[tuple[str | None, str], list[Change]] = {}
        for change in difference.changes:
            grouped.setdefault((change.kpi, change.field), []).append(change)
        for key, changed in grouped.items():
            by_field[key] = min(by_field.get(key, changed), changed, key=lambda group: group[0].sort_key)
    listed = sorted((c for group in by_field.values() for c in group), key=lambda c: c.sort_key)
    return replace(
        first,
        changes=tuple(listed),
        impact=tuple(dict.fromkeys(effect for d in differences for effect in d.impact)),
        reasons=tuple(dict.fromkeys(text for d in differences for text in d.reasons)),
        diagnostics=tuple(dict.fromkeys(finding for d in differences for finding in d.diagnostics)),
    )


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


__all__ = ["WORKING_TREE", "Question", "diff", "read_diff"]
