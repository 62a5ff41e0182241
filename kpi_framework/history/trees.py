"""The project's files at each commit of a history: one call of git for all of them.

A project's folder may have moved: at each commit it is read where it stood then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model.record import Record, field, replace
from .git import Repository

Tree = Mapping[str, str]
"""Path → object name."""
_FILES = ("100644", "100755")
_CONFIG = "kpi.yaml"
_RAW = (
    "log", "--topo-order", "--reverse", "--full-history", "--sparse", "--diff-merges=first-parent", "--raw", "--root",
    "--no-abbrev", "--no-renames", "-z", "--format=%x1e%H %P%x1f",
)  # fmt: skip


class Trees(Record, dict=True):
    """The files of all commits by their path in the repository; commits that change nothing share theirs."""

    by_commit: Mapping[str, Tree]
    prefixes: tuple[str, ...] = ("",)
    """Where the project stands, and before that where it stood."""
    _projects: dict[int, Tree] = field(default_factory=dict)

    def at(self, commit: str | None) -> Tree:
        """The project's files at a commit, by their path in the project; none where there is no commit."""
        whole = self.whole(commit)
        if id(whole) not in self._projects:
            prefix = self.prefix(commit)
            inside = {path.removeprefix(prefix): name for path, name in whole.items() if path.startswith(prefix)}
            self._projects[id(whole)] = inside
        return self._projects[id(whole)]

    def prefix(self, commit: str | None) -> str:
        """Where the project stood at a commit: the first of its places that has a kpi.yaml."""
        whole = self.whole(commit)
        return next((p for p in self.prefixes if p + _CONFIG in whole), self.prefixes[0])

    def inside(self, path: str) -> str:
        """A path of the repository as one of the project, wherever that stood; one beside it stays as it is."""
        longest_first = sorted(self.prefixes, key=len, reverse=True)
        return path.removeprefix(next((p for p in longest_first if path.startswith(p)), ""))

    def whole(self, commit: str | None) -> Tree:
        """All files that were asked for at a commit, by their path in the repository."""
        return self.by_commit.get(commit, _NONE) if commit else _NONE

    def objects(self, folders: Sequence[str]) -> frozenset[str]:
        """Every object that some tree has under a path that begins with one of these."""
        distinct = {id(tree): tree for tree in self.by_commit.values()}
        return frozenset(n for tree in distinct.values() for p, n in tree.items() if p.startswith(tuple(folders)))


_NONE: Tree = {}
_NONE_KNOWN: Mapping[str, Tree] = {}


class Place(Record):
    """What to read of a repository: the paths in the project's folders, of today and of before, and those beside it."""

    prefixes: tuple[str, ...]
    inside: tuple[str, ...]
    beside: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them, from the top of the repository."""
        return (*(prefix + path for prefix in self.prefixes for path in self.inside), *self.beside)


def read_trees(repository: Repository, range_: Sequence[str], place: Place, edge: Sequence[str] = ()) -> Trees:
    """The files of a place at every commit of a range, and at those before it (`edge`)."""
    top = replace(repository, prefix="")
    known: dict[str, Tree] = {commit: top.blobs(commit, place.paths) for commit in edge}
    steps = _steps(repository, range_, place.paths, known)
    return Trees({**known, **{step.commit: step.after for step in steps}}, place.prefixes)


class _Step(Record):
    """A commit, its first parent, and their trees."""

    commit: str
    parent: str | None
    before: Tree
    after: Tree


def _steps(
    repository: Repository, range_: Sequence[str], pathspecs: Sequence[str], known: Mapping[str, Tree] = _NONE_KNOWN
) -> Iterator[_Step]:
    trees = dict(known)
    output = repository.run(*_RAW, *range_, "--", *pathspecs)
    for record in output.decode("utf-8", "surrogateescape").split("\x1e")[1:]:
        names, _, raw = record.partition("\x1f")
        commit, *parents = names.split()
        parent = parents[0] if parents else None
        before = trees.get(parent, _NONE) if parent else _NONE
        changed = dict(_changed(raw))
        trees[commit] = _without_gone({**before, **changed}) if changed else before
        yield _Step(commit, parent, before, trees[commit])


def _changed(raw: str) -> Iterator[tuple[str, str]]:
    """Each changed path and its object, empty where it is gone or is no file."""
    pieces = iter(raw.strip("\0\n").split("\0"))
    for about in pieces:
        words = about.strip().lstrip(":").split()
        if len(words) == len(("mode", "mode", "object", "object", "status")):
            yield next(pieces), words[3] if words[1] in _FILES else ""


def _without_gone(tree: dict[str, str]) -> Tree:
    return {path: name for path, name in tree.items() if name}


# Where it stood before


def former_prefixes(repository: Repository, tip: str) -> tuple[str, ...]:
    """The folder of the project, and those that it moved from, or to for a while: no project is there any more.

    Raises KpiError for a shallow clone.
    """
    repository.refuse_shallow()
    steps = list(_steps(repository, (tip,), (f":(top,glob)**/{_CONFIG}",)))
    moves = [move for step in reversed(steps) for move in _moves(step)]
    others = set(_folders(steps[-1].after if steps else _NONE))
    prefixes = [repository.prefix]
    for prefix in prefixes:
        prefixes += sorted({p for p in _beyond(repository, moves, prefix) if p not in {*prefixes, *others}})
    return tuple(prefixes)


def _folders(configs: Tree) -> Iterator[str]:
    return (path.removesuffix(_CONFIG) for path in configs)


class _Move(Record):
    """A commit in which a project goes from one folder, perhaps to another one."""

    commit: str
    parent: str
    origin: str
    target: str


def _moves(step: _Step) -> Iterator[_Move]:
    if step.parent and step.before is not step.after:
        came = set(_folders(step.after)) - set(_folders(step.before))
        for target in came:
            yield from (_Move(step.commit, step.parent, origin, target) for origin in _folders(step.before))


def _beyond(repository: Repository, moves: Sequence[_Move], prefix: str) -> Iterator[str]:
    """Where a project of this folder stood before or after: there were the same files."""
    for move in moves:
        if prefix in (move.origin, move.target) and _is_same(repository, move):
            yield move.origin if prefix == move.target else move.target


def _is_same(repository: Repository, move: _Move) -> bool:
    """Whether a project is the one that stood elsewhere: it has its kpi.yaml, or most of its files."""
    files = _definitions(repository, move.commit, move.target)
    former = _definitions(repository, move.parent, move.origin)
    return files.get(_CONFIG) == former.get(_CONFIG) or 2 * len(files.keys() & former.keys()) >= len(files) > 1


def _definitions(repository: Repository, commit: str, prefix: str) -> Mapping[str, str]:
    """kpi.yaml and the definitions of a project at a commit, by their path in it."""
    return replace(repository, prefix=prefix).blobs(commit, (_CONFIG, "kpis"))
