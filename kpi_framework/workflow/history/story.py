"""A history told: each commit's changes, compared with what it builds on, and each merge's own.

Changes add up: replayed in their order from nothing, they give the project at the end. So a merge that leaves
something otherwise than its sides do, taken together, has that as a change of its own; and what a file says after it
could not be read is compared with what it said before.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from ...compile.catalog import Compilation
from ...compile.dataset.columns import Native
from ...compile.language.canonical import one_text
from ...compile.language.signal import one_condition
from ...history.changes import changes
from ...history.comparison import Comparison, Side
from ...history.divergence import Sides, divergence
from ...history.git import Repository
from ...history.log import CommitLog, LoggedCommit, approvals, doubts, pull_request
from ...history.merging import Replay, in_replay_order, of_merge
from ...history.reasons import named_reason, own_reason
from ...history.surroundings import BESIDE, changed_surroundings
from ...history.trees import Tree
from ...load.catalog import load_catalog
from ...load.library import shipped_contracts
from ...model.catalog import Catalog
from ...model.change import Change, ChangeClass, Commit, HistoryEvent
from ...model.record import Record, field, replace
from ..project import ProjectRoot, all_natives
from .revisions import FILES, side_of

_EMPTY = "version: 1\nname: nothing\n"
_CONTRACTS = shipped_contracts()
CONFIG = "kpi.yaml"


class Story(Record, dict=True):
    """One reading of a history: texts and columns are kept, since commits share most of them."""

    project_root: ProjectRoot
    repository: Repository
    log: CommitLog
    _natives: dict[str, Mapping[str, Native | None]] = field(default_factory=dict)
    _readable: dict[tuple[str, str], bool] = field(default_factory=dict)
    _made: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    """The changes so far, by their commit."""
    _making: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The commits that made them, by the path that they change."""

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The texts of all objects."""
        trees = self.log.trees
        contents = self.repository.contents(trees.objects([*(p + f for p in trees.prefixes for f in FILES), *BESIDE]))
        return {name: content.decode("utf-8", errors="surrogateescape") for name, content in contents.items()}

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.log.parents)}

    def events(self) -> tuple[HistoryEvent, ...]:
        """All that happened, oldest first."""
        return tuple(event for step in self.log.steps for event in self._events(step))

    def _events(self, step: LoggedCommit) -> Iterator[HistoryEvent]:
        commit, landed = step.commit, self._landed(step)
        merge = self.log.commits.get(self.log.merges.get(commit.name, ""))
        for change, base in self._changes(step):
            self._made[commit.name].append(change)
            self._making[change.path].append(commit.name)
            yield HistoryEvent(
                change, commit, own_reason(change.kpi, commit, merge), merge, pull_request(commit, merge),
                approvals(commit, merge), landed, doubts(step, self.log, landed=landed), base=base,
                earliest=self.log.earliest[commit.name], latest=self.log.latest[commit.name],
            )  # fmt: skip

    def _changes(self, step: LoggedCommit) -> Iterator[tuple[Change, str | None]]:
        """The changes of a commit, each with the parent that it changes."""
        parents = step.commit.parents
        if len(parents) > 1:
            yield from self._of_merge(step.commit)
            return
        parent = next(iter(parents), None)
        paths = {self.log.trees.inside(path) for path in step.touched}
        for change in in_replay_order(self._between(parent, step.commit, paths)):
            yield change, parent

    def _between(self, parent: str | None, commit: Commit, paths: set[str]) -> tuple[Change, ...]:
        """What some files say otherwise at a commit than at a parent of it."""
        trees = self.log.trees
        beside = [{p: n for p, n in trees.whole(c).items() if p in paths} for c in (parent, commit.name)]
        around = tuple(changed_surroundings(beside[0], beside[1], self.texts.__getitem__))
        raw = [trees.at(c) for c in (parent, commit.name)]
        read = [self._as_last_read(c, paths) for c in (parent, commit.name)]
        differing = {path for path in paths for old, new in (raw, read) if old.get(path) != new.get(path)}
        return (*self._of_project(parent, commit, differing), *around) if differing else around

    def _of_project(self, parent: str | None, commit: Commit, paths: set[str]) -> tuple[Change, ...]:
        """The same of the project: what could be read, as it was read last, and what can be read no more or again."""
        today = self.log.earliest[commit.name].date()
        before, after = (self._as_last_read(c, {*paths, CONFIG}) for c in (parent, commit.name))
        config = after.get(CONFIG) or before.get(CONFIG)
        # Where the project begins or ends, its settings are no changes one by one.
        both = {CONFIG: config} if config else {}
        whole = {*before, *after} if CONFIG in before and CONFIG in after and CONFIG in paths else paths
        compared = self._compared({**both, **before}, {**both, **after}, whole, today)
        return (*compared, *self._of_config(before, after), *self._unreadable(parent, commit.name, paths, today))

    def _of_config(self, before: Tree, after: Tree) -> Iterator[Change]:
        """kpi.yaml as a whole, where it comes or goes."""
        old, new = (self._config(tree) for tree in (before, after))
        if (old is None) != (new is None):
            cls = ChangeClass.ADDED if old is None else ChangeClass.REMOVED
            yield Change(None, cls, CONFIG, old, new, CONFIG)

    def _config(self, tree: Tree) -> object:
        """All that kpi.yaml says; None where there is none that can be read."""
        catalog = self._loaded(tree, ()) if CONFIG in tree else None
        return catalog.project.noun.model_dump(mode="json", by_alias=True, exclude_unset=True) if catalog else None

    # files that cannot be read

    def _unreadable(self, parent: str | None, commit: str, paths: set[str], today: dt.date) -> Iterator[Change]:
        """The files that can no longer be read at a commit, or again."""
        trees = [self.log.trees.at(c) for c in (parent, commit)]
        broken = {p for p in paths for tree in trees if p in tree and not self._can_read(p, tree[p])}
        if broken - {CONFIG}:
            compared = self._compared(trees[0], trees[1], broken - {CONFIG}, today)
            yield from (change for change in compared if change.field == "file")
        if CONFIG in broken:
            old, new = (self._state(tree) for tree in trees)
            if old != new:
                yield Change(None, ChangeClass.RESTATING, CONFIG, old, new, CONFIG)

    def _state(self, tree: Tree) -> str | None:
        if CONFIG not in tree:
            return None
        return "readable" if self._can_read(CONFIG, tree[CONFIG]) else "unreadable"

    def _as_last_read(self, commit: str | None, paths: Iterable[str]) -> Tree:
        """The project at a commit, in which some files stand as they were when they could be read last."""
        tree = self.log.trees.at(commit)
        mended = {p: self._last_read(commit, p) for p in paths if p in tree and not self._can_read(p, tree[p])}
        return {p: n for p, n in {**tree, **mended}.items() if n is not None} if mended else tree

    def _last_read(self, commit: str | None, path: str) -> str | None:
        while commit is not None:
            name = self.log.trees.at(commit).get(path)
            if name is None or self._can_read(path, name):
                return name
            commit = next(iter(self.log.parents.get(commit, ())), None)
        return None

    def _can_read(self, path: str, name: str) -> bool:
        if (path, name) not in self._readable:
            self._readable[path, name] = self._read(path, name)
        return self._readable[path, name]

    def _read(self, path: str, name: str) -> bool:
        if path == CONFIG:
            return self._loaded({CONFIG: name}, ()) is not None
        catalog = load_catalog({CONFIG: _EMPTY, path: self.texts[name]}, _CONTRACTS)[0]
        return catalog is not None and not {*catalog.broken, *catalog.broken_signals, *catalog.broken_baselines}

    # comparing

    def _compared(self, before: Tree, after: Tree, paths: set[str], today: dt.date) -> tuple[Change, ...]:
        """Some files compared; and their meanings, where those can tell a change from none."""
        catalogs = [self._catalog(tree, paths) for tree in (before, after)]
        old, new = (Side(c, {}, one_text, condition=one_condition) for c in catalogs)
        compared = changes(Comparison(old, new, today))
        if not any(_hangs_on_meaning(c) for c in compared):
            return compared
        ids = tuple({i for c in catalogs for i in (*c.definitions, *c.baselines)})
        old, new = (self._meant(tree, c, ids) for tree, c in zip((before, after), catalogs, strict=True))
        return changes(Comparison(old, new, today))

    def _loaded(self, tree: Tree, paths: Container[str]) -> Catalog | None:
        texts = {p: self.texts[n] for p, n in tree.items() if p in paths or p == CONFIG}
        catalog = load_catalog({CONFIG: _EMPTY, **_yaml(texts)}, _CONTRACTS)[0]
        return catalog if catalog is not None and catalog.project.noun.has_days else None

    def _catalog(self, tree: Tree, paths: Container[str]) -> Catalog:
        """Some files of a tree, in its project or, where that cannot be read, in an empty one."""
        catalog = self._loaded(tree, paths)
        if catalog is None:
            catalog = self._loaded({p: n for p, n in tree.items() if p != CONFIG}, paths)
        assert catalog is not None, "an empty project can be read"
        return catalog

    def _meant(self, tree: Tree, catalog: Catalog, ids: tuple[str, ...]) -> Side:
        """A side with the meanings of some definitions, compiled with all that they stand on."""
        whole = self._catalog(tree, tree)
        compilation = self.compilation(tree, whole)
        meant = side_of(compilation.narrowed(i for i in ids if i in whole.definitions))
        return replace(meant, catalog=catalog)

    def loaded(self, tree: Tree) -> Catalog | None:
        """The catalog of a tree; None where its kpi.yaml cannot be read."""
        return self._loaded(tree, tree) if CONFIG in tree else None

    def compilation(self, tree: Tree, catalog: Catalog) -> Compilation:
        """The catalog of a tree, compiled over the columns that today's data have."""
        config = tree.get(CONFIG, "")
        if config not in self._natives:
            self._natives[config] = all_natives(catalog, self.project_root)
        return Compilation(catalog, self._natives[config])

    # merges

    def _of_merge(self, commit: Commit) -> Iterator[tuple[Change, str | None]]:
        """What a merge leaves otherwise than its sides, taken together, have it."""
        trees = self.log.trees
        wholes, after = [trees.whole(p) for p in commit.parents], trees.whole(commit.name)
        differing = {path for tree in wholes for path, _ in tree.items() ^ after.items()}
        if not differing:
            return
        apart = divergence(self.log.parents, self._order, commit.parents)
        replay = self._replayed(apart)
        paths = {p for p in map(trees.inside, differing) if not self._is_followed(p, commit, apart)} | replay.lost
        paths |= {
            p for c in (commit.name, *commit.parents) for p in trees.at(c) if PurePosixPath(p).stem in replay.renamed
        }
        if paths:
            compared = [in_replay_order(self._between(parent, commit, paths)) for parent in commit.parents]
            whole = self._between(None, commit, {*trees.at(commit.name)})
            for change, side in of_merge(compared, whole, replay):
                yield change, commit.parents[side]

    def _replayed(self, apart: Mapping[str, Sides]) -> Replay:
        replay = Replay()
        for name in sorted(apart, key=self._order.__getitem__):
            for change in self._made.get(name, ()):
                replay.apply(change, apart[name])
        return replay

    def _is_followed(self, path: str, commit: Commit, apart: Mapping[str, Sides]) -> bool:
        """Whether one side alone changed a file, and the merge has it as that side has it."""
        commits = (*self._touching.get(path, ()), *self._making.get(path, ()))
        sides = [apart[name] for name in commits if name in apart]
        if not sides:
            return False
        common = sides[0]
        for held in sides:
            common &= held
        trees = self.log.trees
        after = _either(trees.whole(commit.name), trees.at(commit.name), path)
        followed = (p for number, p in enumerate(commit.parents) if common >> number & 1)
        return any(_either(trees.whole(p), trees.at(p), path) == after for p in followed)

    @cached_property
    def _touching(self) -> Mapping[str, list[str]]:
        """The commits that touch each path."""
        touching: dict[str, list[str]] = defaultdict(list)
        for step in self.log.steps:
            for path in step.touched:
                touching[self.log.trees.inside(path)].append(step.commit.name)
        return touching

    def _landed(self, step: LoggedCommit) -> bool:
        """Whether the main line took the commit's files, or a merge kept what it had."""
        merge = self.log.merges.get(step.commit.name)
        if merge is None or not step.touched:
            return True
        before, merged = self.log.trees.whole(self.log.parents[merge][0]), self.log.trees.whole(merge)
        return any(before.get(path) != merged.get(path) for path in step.touched)


def _either(whole: Tree, project: Tree, path: str) -> str | None:
    return project.get(path, whole.get(path))


def _hangs_on_meaning(change: Change) -> bool:
    """Whether the definition hashes can say more: that nothing changed, or that a mapping reaches a number."""
    restating, unseen = change.cls is ChangeClass.RESTATING, change.cls is ChangeClass.COSMETIC
    return restating or (unseen and change.field.startswith("datasets."))


def _yaml(texts: Mapping[str, str]) -> dict[str, str]:
    return {p: t for p, t in texts.items() if p.endswith((".yaml", ".yml"))}


def with_later_reasons(events: tuple[HistoryEvent, ...], log: CommitLog) -> tuple[HistoryEvent, ...]:
    """The events, those without a reason with the one that a later commit gives by name."""
    order = {name: number for number, name in enumerate(log.parents)}
    naming = [c for c in log.commits.values() if any(key.lower().startswith("reason ") for key, _ in c.trailers)]
    return tuple(e if e.reason or not naming else replace(e, reason=_later(e, naming, order)) for e in events)


def _later(event: HistoryEvent, naming: list[Commit], order: Mapping[str, int]) -> str | None:
    return named_reason(event.change, (c for c in naming if order[c.name] > order[event.commit.name]))
