"""The history of definitions: git's commits → events, each with what it changed, why, and what it did to the value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator, Mapping
from functools import cached_property

from ...compile.catalog import Compilation
from ...compile.dataset.columns import Native
from ...compile.language.canonical import one_text
from ...compile.language.signal import one_condition
from ...evaluate.evaluate import evaluate
from ...history.changes import changes
from ...history.comparison import Comparison, Side
from ...history.git import Repository, find_repository
from ...history.log import CommitLog, LoggedCommit, approvals, doubts, pull_request, read_line, reason
from ...history.trees import Tree, Trees, read_trees
from ...load.catalog import load_catalog
from ...load.library import shipped_contracts
from ...model.catalog import Catalog
from ...model.change import Change, ChangeClass, HistoryEvent
from ...model.diagnostic import KpiError
from ...model.record import Record, field, replace
from ..project import ProjectRoot, all_natives, compiled, load, name_known, reporting_periods_of
from ..run import Options
from .revisions import FILES, Revision, side_of

Value = tuple[float | int | None, str]
"""A value and its unit."""
_EMPTY = "version: 1\nname: nothing\n"
_CONTRACTS = shipped_contracts()
_CONFIG = "kpi.yaml"
_NO_VALUE: Value = (None, "")
_WHOLE_PROJECT: dict[tuple[str | None, str | None], ChangeClass] = {
    (None, "there"): ChangeClass.ADDED,
    ("there", None): ChangeClass.REMOVED,
}
_MOST_VALUES = 50


class Query(Record):
    """Which part of history is asked for."""

    ids: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    with_values: bool = True


def history(options: Options, query: Query) -> tuple[HistoryEvent, ...]:
    """Every change of every definition, oldest first. Raises KpiError."""
    repository = find_repository(options.project_root.folder)
    line = read_line(repository, FILES)
    story = _Story(options, repository, line, read_trees(repository, repository.commit("HEAD"), FILES))
    events = [e for step in story.line.steps for e in story.events(step)]
    name_known(query.ids, _ever(events, options.project_root))
    names = _names(events, query.ids)
    wanted = [e for e in events if _is_wanted(e, names, query)]
    if not query.with_values:
        return tuple(wanted)
    if sum(_has_value(e) for e in wanted) > _MOST_VALUES:
        return tuple(map(_without_value, wanted))
    options.progress("computing values under old and new definitions")
    return tuple(story.with_values(e) for e in wanted)


def _without_value(event: HistoryEvent) -> HistoryEvent:
    if not _has_value(event):
        return event
    doubt = f"values not computed for more than {_MOST_VALUES} restating changes: ask for one KPI or a shorter time"
    return replace(event, doubts=(*event.doubts, doubt))


def _ever(events: list[HistoryEvent], project_root: ProjectRoot) -> set[str]:
    """Every id that a definition has or had."""
    catalog, _ = load(project_root)
    ids = {*catalog.definitions, *catalog.broken} if catalog is not None else set()
    for event in events:
        ids |= {event.change.kpi or "", *event.change.touches}
        if event.change.cls is ChangeClass.RENAMED:
            ids.add(str(event.change.before))
    return ids - {""}


def _names(events: list[HistoryEvent], ids: tuple[str, ...]) -> frozenset[str]:
    """The ids that were asked for, and all that they were called before."""
    names = set(ids)
    for event in reversed(events):
        change = event.change
        if change.cls is ChangeClass.RENAMED and change.after in names:
            names.add(str(change.before))
    return frozenset(names)


def _is_wanted(event: HistoryEvent, names: frozenset[str], query: Query) -> bool:
    day = event.commit.committed_at.date()
    if (query.since and day < query.since) or (query.until and day > query.until):
        return False
    return not names or event.change.kpi in names or bool(names & set(event.change.touches))


def _hangs_on_meaning(change: Change) -> bool:
    """Whether the definition hashes can say more: that nothing changed, or that a mapping reaches a number."""
    restating, unseen = change.cls is ChangeClass.RESTATING, change.cls is ChangeClass.COSMETIC
    return restating or (unseen and change.field.startswith("datasets."))


def _yaml(texts: Mapping[str, str]) -> dict[str, str]:
    return {p: t for p, t in texts.items() if p.endswith((".yaml", ".yml"))}


def _has_value(event: HistoryEvent) -> bool:
    return event.change.kpi is not None and event.change.cls is ChangeClass.RESTATING


class _Story(Record, dict=True):
    """One reading of a history: texts and columns are kept, since commits share most of them."""

    options: Options
    repository: Repository
    line: CommitLog
    trees: Trees
    _natives: dict[str, Mapping[str, Native | None]] = field(default_factory=dict)
    _values: dict[tuple[str, str], Value] = field(default_factory=dict)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The texts of all objects."""
        contents = self.repository.contents(self.trees.objects)
        return {name: content.decode("utf-8", errors="surrogateescape") for name, content in contents.items()}

    def events(self, step: LoggedCommit) -> Iterator[HistoryEvent]:
        """What a commit changed, by meaning."""
        merge = self.line.commits.get(self.line.merges.get(step.commit.name, ""))
        landed = self._landed(step)
        for change in self._changes(step):
            yield HistoryEvent(
                change, step.commit, reason(step.commit, merge), merge, pull_request(step.commit, merge),
                approvals(step.commit, merge), landed, doubts(step, self.line, landed=landed),
            )  # fmt: skip

    def _changes(self, step: LoggedCommit) -> tuple[Change, ...]:
        before, after = self._trees(step)
        touched = {t.path for t in step.touched}
        if not touched:
            return ()
        if _CONFIG not in touched:
            return self._compared(step, before, after, touched)
        readable = [tree for tree in (before, after) if self._is_read(tree)]
        if len(readable) == len((before, after)):
            return self._compared(step, before, after, {*before, *after})
        # The project begins, ends or breaks here: its settings are no changes one by one.
        config = {_CONFIG: readable[0][_CONFIG]} if readable else {}
        compared = self._compared(step, {**before, **config}, {**after, **config}, touched)
        old, new = self._state(before), self._state(after)
        cls = _WHOLE_PROJECT.get((old, new), ChangeClass.RESTATING)
        return (*compared, Change(None, cls, _CONFIG, old, new, _CONFIG))

    def _trees(self, step: LoggedCommit) -> tuple[Tree, Tree]:
        return self.trees.at(next(iter(step.commit.parents), None)), self.trees.at(step.commit.name)

    def _state(self, tree: Tree) -> str | None:
        if _CONFIG not in tree:
            return None
        return "there" if self._is_read(tree) else "unreadable"

    def _is_read(self, tree: Tree) -> bool:
        return _CONFIG in tree and self._loaded(tree, {_CONFIG}) is not None

    def _compared(self, step: LoggedCommit, before: Tree, after: Tree, paths: set[str]) -> tuple[Change, ...]:
        """Some files compared; and their meanings, where those can tell a change from none."""
        today = step.commit.committed_at.date()
        catalogs = [self._catalog(tree, paths) for tree in (before, after)]
        old, new = (Side(c, {}, one_text, condition=one_condition) for c in catalogs)
        compared = changes(Comparison(old, new, today))
        if not any(_hangs_on_meaning(c) for c in compared):
            return compared
        ids = tuple({i for c in catalogs for i in (*c.definitions, *c.baselines)})
        old, new = (self._meant(tree, c, ids) for tree, c in zip((before, after), catalogs, strict=True))
        return changes(Comparison(old, new, today))

    def _loaded(self, tree: Tree, paths: Container[str]) -> Catalog | None:
        texts = {p: self.texts[n] for p, n in tree.items() if p in paths or p == _CONFIG}
        catalog = load_catalog({_CONFIG: _EMPTY, **_yaml(texts)}, _CONTRACTS)[0]
        return catalog if catalog is not None and catalog.project.noun.has_days else None

    def _catalog(self, tree: Tree, paths: Container[str]) -> Catalog:
        """Some files of a tree, in its project or, where that cannot be read, in an empty one."""
        catalog = self._loaded(tree, paths)
        if catalog is None:
            catalog = self._loaded({p: n for p, n in tree.items() if p != _CONFIG}, paths)
        assert catalog is not None, "an empty project can be read"
        return catalog

    def _meant(self, tree: Tree, catalog: Catalog, ids: tuple[str, ...]) -> Side:
        """A side with the meanings of some definitions, compiled with all that they stand on."""
        whole = self._catalog(tree, tree)
        config = tree.get(_CONFIG, "")
        if config not in self._natives:
            self._natives[config] = all_natives(whole, self.options.project_root)
        compilation = Compilation(whole, self._natives[config])
        meant = side_of(compilation.narrowed(i for i in ids if i in whole.definitions))
        return replace(meant, catalog=catalog)

    def _landed(self, step: LoggedCommit) -> bool:
        """Whether the main line took the commit's files, or a merge kept what it had."""
        merge = self.line.merges.get(step.commit.name)
        if merge is None or not step.touched:
            return True
        before, merged = self.trees.at(self.line.parents[merge][0]), self.trees.at(merge)
        return any(before.get(t.path) != merged.get(t.path) for t in step.touched)

    # values

    def with_values(self, event: HistoryEvent) -> HistoryEvent:
        """The event with the judged value under the former and the new definition, on today's data."""
        if not _has_value(event) or event.change.kpi is None or not event.commit.parents:
            return event
        revisions = (event.commit.parents[0], event.commit.name)
        (before, unit), (after, unit_after) = (self._value(name, event.change.kpi) for name in revisions)
        return replace(event, before=before, after=after, unit_before=unit, unit_after=unit_after)

    def _value(self, name: str, kpi: str) -> Value:
        try:
            catalog = Revision(self.options.project_root, self.repository, name).catalog
        except KpiError:
            return _NO_VALUE
        compilation = compiled(catalog, self.options.project_root)
        meaning = side_of(compilation).hashes.get(kpi, "")
        if not meaning:
            return _NO_VALUE
        if (kpi, meaning) not in self._values:
            self._values[kpi, meaning] = self._computed(compilation, kpi)
        return self._values[kpi, meaning]

    def _computed(self, compilation: Compilation, kpi: str) -> Value:
        options = self.options
        reporting = reporting_periods_of(compilation.catalog, options.as_of, options.now)
        measurements = evaluate(compilation.narrowed((kpi,)), options.setting(reporting)).measurements
        return next(((m.value, m.unit) for m in measurements if m.kpi == kpi and m.judged and m.is_whole), _NO_VALUE)
