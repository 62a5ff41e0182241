"""All commits of an audited time, by topology: a commit belongs to the days that its own date and those of the commits
before and after it allow, so that a false date hides none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ...history.git import Repository
from ...model.audit import AuditedCommit, Population


def population(repository: Repository, commit: str, first: dt.date, last: dt.date) -> Population:
    """Every commit behind one that lies between two days, both included; the oldest first."""
    lines = repository.text("rev-list", "--topo-order", "--reverse", "--parents", commit).splitlines()
    parents = {words[0]: tuple(words[1:]) for words in map(str.split, lines)}
    objects = repository.contents(parents)
    commits = {name: _parsed(name, before, objects[name]) for name, before in parents.items()}
    early, late = _bounds(parents, commits)
    within = {n for n in parents if early[n] >= first.isoformat() and late[n] <= last.isoformat()}
    inside = tuple(c for n, c in commits.items() if n in within)
    outside = tuple(c.name for c in inside if not first.isoformat() <= c.committed_at[:10] <= last.isoformat())
    before = sum(1 for n in parents if n not in within and early[n] < first.isoformat())
    return Population(inside, outside, before, len(parents) - len(inside) - before)


def _bounds(
    parents: Mapping[str, tuple[str, ...]], commits: Mapping[str, AuditedCommit]
) -> tuple[dict[str, str], dict[str, str]]:
    """The latest day that a commit or one before it claims, and the earliest that it or one after it claims."""
    early: dict[str, str] = {}
    for name, before in parents.items():
        early[name] = max([commits[name].committed_at[:10], *(early[p] for p in before if p in early)])
    late = {name: commit.committed_at[:10] for name, commit in commits.items()}
    for name in reversed(list(parents)):
        for parent in parents[name]:
            late[parent] = min(late[parent], late[name])
    return early, late


def _parsed(name: str, parents: tuple[str, ...], content: bytes) -> AuditedCommit:
    """A commit as its object says."""
    head, _, message = content.decode("utf-8", "surrogateescape").partition("\n\n")
    fields = dict(line.split(" ", 1) for line in reversed(head.split("\n")) if " " in line and line[0] != " ")
    author, committer = _signature(fields["author"]), _signature(fields["committer"])
    subject = " ".join(message.strip().split("\n\n")[0].split("\n"))
    return AuditedCommit(
        name, parents, *author, *committer, is_signed="gpgsig" in fields or "gpgsig-sha256" in fields,
        subject=_printable(subject),
    )  # fmt: skip


def _signature(text: str) -> tuple[str, str, str]:
    """Name, address and moment of an author or a committer."""
    who, _, when = text.rpartition("> ")
    name, _, email = who.partition(" <")
    seconds, zone = when.split()
    minutes = int(zone[-4:-2]) * 60 + int(zone[-2:])
    offset = dt.timezone(dt.timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    return _printable(name), _printable(email), dt.datetime.fromtimestamp(int(seconds), offset).isoformat()


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
