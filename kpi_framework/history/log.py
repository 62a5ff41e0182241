"""The commits of a project, as git has them: who, when, what they touched, and how they came in.

Every side branch is walked, also one whose change a merge threw away. What a commit says of itself is a claim: `doubts`
says where it cannot be true, and which days a commit belongs to follows from what lies before and after it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from ..model.change import Commit
from ..model.record import Record, field
from .commits import read_commits
from .git import Repository
from .trees import Place, Tree, Trees, read_trees

_MERGED = re.compile(r"^Merge pull request #(\d+)\b")
_SQUASHED = re.compile(r"\(#(\d+)\)$")
APPROVALS = ("Reviewed-by", "Approved-by", "Acked-by")


class LoggedCommit(Record):
    """A commit, and the files that it has otherwise than every one of its parents, by their path in the repository."""

    commit: Commit
    touched: tuple[str, ...]


class CommitLog(Record):
    """A history, oldest first, and how each commit came into the main line."""

    steps: tuple[LoggedCommit, ...]
    """The commits that touch the project, and every merge."""
    parents: Mapping[str, tuple[str, ...]]
    """Of every commit; a commit stands after all that it builds on."""
    merges: Mapping[str, str] = field(default_factory=dict)
    """A commit of a side branch → the merge that brought it in."""
    commits: Mapping[str, Commit] = field(default_factory=dict)
    trees: Trees = field(default_factory=lambda: Trees({}))
    earliest: Mapping[str, dt.datetime] = field(default_factory=dict)
    """The latest moment that a commit, or one that it builds on, claims: it cannot have been made before."""
    latest: Mapping[str, dt.datetime] = field(default_factory=dict)
    """The earliest moment that a commit, or one that builds on it, claims: it cannot have been made after."""


def read_log(repository: Repository, tip: str, place: Place, base: Sequence[str] = ()) -> CommitLog:
    """The history behind a commit, without what is behind others (`base`).

    Raises KpiError for a shallow clone, which lacks what it should tell.
    """
    repository.refuse_shallow()
    range_ = (tip, *(f"^{commit}" for commit in base))
    parents = _parents(repository, range_)
    edge = tuple(dict.fromkeys(p for before in parents.values() for p in before if p not in parents))
    commits = read_commits(repository, parents)
    trees = read_trees(repository, range_, place, edge)
    touched = ((name, _touched(trees, name, before)) for name, before in parents.items())
    steps = (LoggedCommit(commits[name], files) for name, files in touched if files or len(parents[name]) > 1)
    earliest, latest = _bounds(parents, commits)
    return CommitLog(tuple(steps), parents, _brought_in(parents, tip), commits, trees, earliest, latest)


def _parents(repository: Repository, range_: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The parents of each commit of a range, the oldest first. Raises KpiError."""
    lines = repository.text("rev-list", "--topo-order", "--reverse", "--parents", *range_).splitlines()
    return {words[0]: tuple(words[1:]) for words in (line.split() for line in lines)}


def _touched(trees: Trees, name: str, parents: tuple[str, ...]) -> tuple[str, ...]:
    after = trees.whole(name)
    sides = [trees.whole(parent) for parent in parents] or [{}]
    if any(side is after for side in sides):
        return ()
    return tuple(sorted(set.intersection(*(_differing(side, after) for side in sides))))


def _differing(before: Tree, after: Tree) -> set[str]:
    return {path for path, _ in before.items() ^ after.items()}


Bounds = tuple[dict[str, dt.datetime], dict[str, dt.datetime]]


def _bounds(parents: Mapping[str, tuple[str, ...]], commits: Mapping[str, Commit]) -> Bounds:
    """Between which moments each commit was made, if one of the claims before and one of those after it is true."""
    earliest = dict[str, dt.datetime]()
    for name, before in parents.items():
        earliest[name] = max((commits[name].committed_at, *(earliest[p] for p in before if p in earliest)))
    latest = {name: commits[name].committed_at for name in parents}
    for name in reversed(list(parents)):
        for parent in parents[name]:
            if parent in latest:
                latest[parent] = min(latest[parent], latest[name])
    return earliest, latest


def _brought_in(parents: Mapping[str, tuple[str, ...]], tip: str) -> dict[str, str]:
    """For each commit beside the main line, the merge on it that brought it in."""
    main: list[str] = []
    at = tip
    while at in parents:
        main.append(at)
        at = next(iter(parents[at]), "")
    visited, merges = set(main), {}
    for merge in reversed(main):
        waiting = list(parents.get(merge, ())[1:])
        while waiting:
            commit = waiting.pop()
            if commit not in visited and commit in parents:
                visited.add(commit)
                merges[commit] = merge
                waiting += parents.get(commit, ())
    return merges


def pull_request(commit: Commit, merge: Commit | None) -> str | None:
    """The number of the pull request, as the merge or the squashed commit names it."""
    for source, pattern in ((merge, _MERGED), (commit, _SQUASHED), (commit, _MERGED), (merge, _SQUASHED)):
        if source is not None and (match := pattern.search(source.subject)):
            return match[1]
    return None


def approvals(commit: Commit, merge: Commit | None) -> tuple[str, ...]:
    """Who approved, as trailers of the commit or of its merge say."""
    named = [v for source in (commit, merge) if source for key in APPROVALS for v in source.trailer(key)]
    return tuple(dict.fromkeys(named))


def doubts(step: LoggedCommit, log: CommitLog, *, landed: bool) -> tuple[str, ...]:
    """What this commit says and cannot prove."""
    commit, weak_points = step.commit, []
    if commit.committed_at < log.earliest[commit.name]:
        weak_points.append("it is dated before a commit that it builds on")
    if commit.authored_at > commit.committed_at:
        weak_points.append("it was written, it says, after it was committed")
    if not landed:
        weak_points.append("a merge left it out: it never took effect on the main line")
    return tuple(weak_points)
