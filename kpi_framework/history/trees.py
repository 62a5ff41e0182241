"""The project's files at each commit of a history: one call of git for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model.record import Record
from .git import Repository

Tree = Mapping[str, str]
"""Path in the project → object name."""
_FILES = ("100644", "100755")


class Trees(Record):
    """The trees of all commits; commits that change nothing share theirs."""

    by_commit: Mapping[str, Tree]

    def at(self, commit: str | None) -> Tree:
        """The files at a commit; none where there is no commit."""
        return self.by_commit.get(commit, {}) if commit else {}

    @property
    def objects(self) -> frozenset[str]:
        """Every object that some tree names."""
        distinct = {id(tree): tree for tree in self.by_commit.values()}
        return frozenset(name for tree in distinct.values() for name in tree.values())


def read_trees(repository: Repository, tip: str, paths: Sequence[str]) -> Trees:
    """The files under some paths, at the tip and at every commit behind it."""
    output = repository.run(
        "log", "--topo-order", "--reverse", "--full-history", "--sparse", "--diff-merges=first-parent", "--raw",
        "--root", "--no-abbrev", "--no-renames", "-z", "--format=%x1e%H %P%x1f", tip, "--",
        *(repository.prefix + p for p in paths),
    )  # fmt: skip
    trees: dict[str, Tree] = {}
    for record in output.decode("utf-8", "surrogateescape").split("\x1e")[1:]:
        names, _, raw = record.partition("\x1f")
        commit, *parents = names.split()
        before = trees.get(parents[0], {}) if parents else {}
        changed = dict(_changed(raw, repository.prefix))
        trees[commit] = _without_gone({**before, **changed}) if changed else before
    return Trees(trees)


def _changed(raw: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Each changed path and its object, empty where it is gone or is no file."""
    pieces = iter(raw.strip("\0\n").split("\0"))
    for about in pieces:
        words = about.strip().lstrip(":").split()
        if len(words) == len(("mode", "mode", "object", "object", "status")):
            yield next(pieces).removeprefix(prefix), words[3] if words[1] in _FILES else ""


def _without_gone(tree: dict[str, str]) -> Tree:
    return {path: name for path, name in tree.items() if name}
