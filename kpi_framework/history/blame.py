"""Who changed a line last, when and why: git's blame of what is committed, by no program that a file could configure.

Only the commit's own text is looked at. A blame of the working tree would run the filters that .gitattributes names.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from ..model.record import Record
from .git import Repository

_HEAD = re.compile(r"(?P<commit>[0-9a-f]{40,64}) \d+ (?P<line>\d+)(?: \d+)?")
_PLAIN = ("blame", "--porcelain", "--no-textconv")


class LineChange(Record):
    """The commit that wrote a line: all of it is what the author said."""

    commit: str
    author: str
    changed_at: dt.datetime
    subject: str
    reason: str | None = None


class BlamedFile(Record):
    """A file as a commit has it: its lines, and the change that wrote each."""

    lines: tuple[str, ...]
    changes: tuple[LineChange, ...]


def blamed(repository: Repository, commit: str, path: str) -> BlamedFile | None:
    """A file of the project at a commit with who wrote each line; None where the commit has no such file.

    Raises KpiError.
    """
    if path not in repository.listing(commit, (path,)).blobs:
        return None
    output = repository.run(*_PLAIN, commit, "--", repository.prefix + path)
    lines, commits, facts = _read(output.decode("utf-8", "surrogateescape"))
    reasons = _reasons(repository, tuple(facts))
    changes = {name: _change(name, about, reasons.get(name)) for name, about in facts.items()}
    return BlamedFile(tuple(lines), tuple(changes[name] for name in commits))


def _read(output: str) -> tuple[list[str], list[str], dict[str, dict[str, str]]]:
    """The lines, the name of the commit of each, and what is told of each commit."""
    lines: list[str] = []
    commits: list[str] = []
    facts: dict[str, dict[str, str]] = {}
    name = ""
    for row in output.split("\n"):
        if row.startswith("\t"):
            lines.append(row[1:])
            commits.append(name)
        elif match := _HEAD.fullmatch(row):
            name = match["commit"]
            facts.setdefault(name, {})
        elif row:
            key, _, value = row.partition(" ")
            facts[name][key] = value
    return lines, commits, facts


def _change(name: str, about: Mapping[str, str], reason: str | None) -> LineChange:
    seconds, zone = int(about["author-time"]), about["author-tz"]
    offset = dt.timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
    changed_at = dt.datetime.fromtimestamp(seconds, dt.timezone(offset))
    return LineChange(name, about["author"], changed_at, about["summary"], reason)


def _reasons(repository: Repository, commits: Sequence[str]) -> dict[str, str]:
    """The `Reason:` trailers of commits."""
    form = "--format=%x1e%H%x1f%(trailers:key=Reason,valueonly,unfold)"
    output = repository.run("log", "--no-walk=unsorted", "--stdin", form, stdin="\n".join(commits).encode())
    records = (r.partition("\x1f") for r in output.decode("utf-8", "replace").split("\x1e")[1:])
    return {name.strip(): " ".join(text.split()) for name, _, text in records if text.strip()}
