"""The commits of a project, as git has them: who, when, what they touched, and how they came in.

Every side branch is walked, also one whose change a merge threw away. Names pass through .mailmap; objects
are never replaced; what a commit says of itself is a claim, and `doubts` says where it cannot be true.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..model.change import Commit
from ..model.diagnostic import KpiError
from ..model.record import Record, field
from .git import Repository

_FIELDS = ("%H", "%P", "%aN", "%aE", "%aI", "%cN", "%cI", "%G?", "%s", "%(trailers:only,unfold)", "%an", "%ae")
_SIGNED = {
    "G": "good", "U": "good, key not trusted", "B": "bad", "N": "none", "E": "cannot be checked", "X": "expired",
    "Y": "made by an expired key", "R": "made by a revoked key",
}  # fmt: skip
_MERGED = re.compile(r"^Merge pull request #(\d+)\b")
_SQUASHED = re.compile(r"\(#(\d+)\)$")
APPROVALS = ("Reviewed-by", "Approved-by", "Acked-by")


class Touched(Record):
    """A file that a commit changed: its object before (at the first parent) and after, None where it is not there."""

    path: str
    before: str | None
    after: str | None


class LoggedCommit(Record):
    """A commit and the project's files that it changed."""

    commit: Commit
    touched: tuple[Touched, ...]
    mapped_from: str | None = None
    """The name in the commit itself, where .mailmap says another."""


class CommitLog(Record):
    """The steps of a history, oldest first, and how each came into the main line."""

    steps: tuple[LoggedCommit, ...]
    parents: Mapping[str, tuple[str, ...]]
    merges: Mapping[str, str] = field(default_factory=dict)
    """A commit of a side branch → the merge that brought it in."""
    commits: Mapping[str, Commit] = field(default_factory=dict)


def read_line(repository: Repository, paths: Sequence[str], head: str = "HEAD") -> CommitLog:
    """The history of some paths. Raises KpiError for a shallow clone, which lacks what it should tell."""
    if repository.is_shallow:
        raise KpiError("this clone is shallow: old commits are missing", "Run `git fetch --unshallow` first.")
    tip = repository.commit(head)
    parents = _parents(repository, tip)
    merges = _brought_in(parents, tip)
    steps = tuple(_steps(repository, tip, paths))
    wanted = {m for s in steps if (m := merges.get(s.commit.name))}
    commits = {s.commit.name: s.commit for s in steps}
    commits |= {c.name: c for c in _commits(repository, wanted - set(commits))}
    return CommitLog(steps, parents, merges, commits)


def _parents(repository: Repository, tip: str) -> dict[str, tuple[str, ...]]:
    lines = repository.text("rev-list", "--topo-order", "--parents", tip).splitlines()
    return {words[0]: tuple(words[1:]) for words in (line.split() for line in lines)}


def _brought_in(parents: Mapping[str, tuple[str, ...]], tip: str) -> dict[str, str]:
    """For each commit beside the main line, the merge on it that brought it in."""
    main: list[str] = []
    at: str | None = tip
    while at is not None:
        main.append(at)
        at = next(iter(parents.get(at, ())), None)
    visited, merges = set(main), {}
    for merge in reversed(main):
        waiting = list(parents.get(merge, ())[1:])
        while waiting:
            commit = waiting.pop()
            if commit not in visited:
                visited.add(commit)
                merges[commit] = merge
                waiting += parents.get(commit, ())
    return merges


_FORMAT = "%x1e" + "%x1f".join(_FIELDS) + "%x1f"


def _steps(repository: Repository, tip: str, paths: Sequence[str]) -> Iterator[LoggedCommit]:
    output = repository.run(
        "log", "--topo-order", "--reverse", "--full-history", "-c", "--raw", "--no-abbrev", "--no-renames", "-z",
        f"--format={_FORMAT}", tip, "--", *(repository.prefix + p for p in paths),
    )  # fmt: skip
    for record in output.decode("utf-8", "surrogateescape").split("\x1e")[1:]:
        *fields, raw = record.split("\x1f")
        touched = tuple(_touched(raw, repository.prefix))
        commit = _commit(fields)
        own = f"{fields[10]} <{fields[11]}>"
        yield LoggedCommit(commit, touched, own if own != f"{commit.author} <{commit.email}>" else None)


def _commits(repository: Repository, names: Iterable[str]) -> Iterator[Commit]:
    """Commits by their names."""
    wanted = list(names)
    if wanted:
        command = ("log", "--no-walk=unsorted", "--stdin", "-z", f"--format={_FORMAT}")
        output = repository.run(*command, stdin="".join(f"{n}\n" for n in wanted).encode())
        for record in output.decode("utf-8", "surrogateescape").split("\x1e")[1:]:
            yield _commit(record.split("\x1f"))


def _commit(fields: Sequence[str]) -> Commit:
    name, parents, author, email, authored, committer, committed, signed, subject, trailers = fields[:10]
    pairs = [line.partition(":") for line in trailers.splitlines()]
    return Commit(
        name, tuple(parents.split()), author, email, dt.datetime.fromisoformat(authored), committer,
        dt.datetime.fromisoformat(committed), _SIGNED.get(signed, "cannot be checked"), subject,
        tuple((key.strip(), value.strip()) for key, colon, value in pairs if colon),
    )  # fmt: skip


def _touched(raw: str, prefix: str) -> Iterator[Touched]:
    """Raw entries: `:modes objects status`, then the path; a merge lists the objects of every parent."""
    pieces = iter(raw.strip("\0\n").split("\0"))
    for about in pieces:
        head = about.strip()
        if not head.startswith(":"):
            continue
        words = head.lstrip(":").split()
        count = len(head) - len(head.lstrip(":"))
        objects = words[count + 1 : 2 * count + 2]
        before, after = objects[0], objects[-1]
        yield Touched(next(pieces).removeprefix(prefix), _present(before), _present(after))


def _present(name: str) -> str | None:
    return name if name.strip("0") else None


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


def reason(commit: Commit, merge: Commit | None) -> str | None:
    """The `Reason:` trailer of the commit, else of its merge."""
    reasons = [v for source in (commit, merge) if source for v in source.trailer("Reason")]
    return " ".join(reasons) or None


def doubts(step: LoggedCommit, line: CommitLog, *, landed: bool) -> tuple[str, ...]:
    """What this commit says and cannot prove."""
    commit, weak_points = step.commit, []
    older = [line.commits[p].committed_at for p in line.parents.get(commit.name, ()) if p in line.commits]
    if any(commit.committed_at < when for when in older):
        weak_points.append("it is dated before a commit that it builds on")
    if commit.authored_at > commit.committed_at:
        weak_points.append("it was written, it says, after it was committed")
    if step.mapped_from is not None:
        weak_points.append(f"the commit itself names {step.mapped_from}; .mailmap says who that is")
    if not landed:
        weak_points.append("a merge left it out: it never took effect on the main line")
    return tuple(weak_points)
