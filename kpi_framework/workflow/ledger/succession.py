"""The ledgers in git: each commit's are, line by line and line ends apart, the beginning of each child's.

A KPI that is renamed takes its ledger along, in a commit whose definition says `renamed_from`. No anchor is needed to
see a line that was cut, changed or left out by a merge: git still has the state in which it was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from ...history.git import Repository
from ...history.ledger import first_lost
from ...model.diagnostic import Diagnostic, KpiError, Span
from ...model.record import Record
from ...model.rule import RULES
from ..history.revisions import Revision
from ..project import ProjectRoot, load
from .ledger_files import FOLDER

_SUFFIX = ".jsonl"
_AT_ONCE = 200
"""So many steps are compared at a time: the ledgers of a long history are large together."""
_FILES = ("100644", "100755")
_SHORT = 12
WORKING_TREE = "the working tree"


class Step(Record):
    """A commit beside one of its parents: the objects of each ledger before and after, None where there is no file."""

    commit: str
    ledgers: Mapping[str, tuple[str | None, str | None]]

    @property
    def objects(self) -> list[str]:
        """The objects of both sides."""
        return [name for pair in self.ledgers.values() for name in pair if name]


class Succession(Record):
    """What the history of the ledgers came to: lines that were lost, and ids that were given up for others."""

    faults: tuple[Diagnostic, ...]
    renamed: Mapping[str, str]
    """A new id and the former one."""

    def former(self, kpi: str) -> tuple[str, ...]:
        """All ids that a KPI had before, the last one first."""
        names = [kpi]
        while (name := self.renamed.get(names[-1])) and name not in names:
            names.append(name)
        return tuple(names[1:])


def succession(project_root: ProjectRoot, repository: Repository, contents: Mapping[str, bytes]) -> Succession:
    """Follow the ledgers from the first commit to the files on disk, whose bytes are given by KPI. Raises KpiError."""
    tip = repository.commit("HEAD")
    former = _Definitions(project_root, repository)
    faults: list[Diagnostic] = []
    renamed: dict[str, str] = dict(former.renamed(WORKING_TREE))
    steps = tuple(_steps(repository, tip))
    for first in range(0, len(steps), _AT_ONCE):
        together = steps[first : first + _AT_ONCE]
        objects = repository.contents(name for step in together for name in step.objects)
        for step in together:
            states = {p: (objects.get(old or ""), objects.get(new or "")) for p, (old, new) in step.ledgers.items()}
            faults += _compared(step.commit, states, former, renamed)
    committed = repository.contents(_ledgers(repository, tip).values())
    last = {path: (committed[name], contents.get(_id(path))) for path, name in _ledgers(repository, tip).items()}
    new = {f"{FOLDER}/{kpi}{_SUFFIX}": (None, content) for kpi, content in contents.items()}
    faults += _compared(WORKING_TREE, {**new, **last}, former, renamed)
    return Succession(tuple(faults), renamed)


def _ledgers(repository: Repository, commit: str) -> Mapping[str, str]:
    return {p: name for p, name in repository.blobs(commit, (FOLDER,)).items() if _is_ledger(p)}


def _is_ledger(path: str) -> bool:
    return path.endswith(_SUFFIX) and PurePosixPath(path).parent == PurePosixPath(FOLDER)


def _id(path: str) -> str:
    return PurePosixPath(path).name.removesuffix(_SUFFIX)


State = tuple[bytes | None, bytes | None]
"""A ledger before and after."""


def _compared(
    commit: str, states: Mapping[str, State], definitions: _Definitions, renamed: dict[str, str]
) -> Iterator[Diagnostic]:
    """The lines that a commit lost of the ledgers that its parents have."""
    for path, (before, after) in states.items():
        if before is None:
            continue
        successor = None if after is not None else _successor(path, before, states, definitions.renamed(commit))
        if successor is not None:
            renamed[successor] = _id(path)
            continue
        line = first_lost(before, after or b"")
        if line is not None:
            yield _lost(commit, path, line, is_gone=after is None)


def _successor(path: str, before: bytes, states: Mapping[str, State], renamed: Mapping[str, str]) -> str | None:
    """The renamed KPI whose new ledger goes on where one that is gone ended."""
    for other, (earlier, content) in states.items():
        is_new = earlier is None and content is not None and renamed.get(_id(other)) == _id(path)
        if is_new and first_lost(before, content or b"") is None:
            return _id(other)
    return None


def _lost(commit: str, path: str, line: int, *, is_gone: bool) -> Diagnostic:
    where = commit if commit == WORKING_TREE else f"commit {commit[:_SHORT]}"
    what = "has no such file any more" if is_gone else f"has lost or changed line {line}"
    message = f"{where} {what}, and the commit before has it"
    return RULES["ledger-broken"].finding(Span(path, line), message, kpi=_id(path))


class _Definitions(Record):
    """Who was renamed, as the definitions of a commit say."""

    project_root: ProjectRoot
    repository: Repository

    def renamed(self, commit: str) -> Mapping[str, str]:
        """The new ids and the former ones; none where the definitions cannot be read."""
        try:
            if commit == WORKING_TREE:
                catalog = load(self.project_root)[0]
            else:
                catalog = Revision(self.project_root, self.repository, commit).loaded[0]
        except KpiError:
            return {}
        definitions = catalog.definitions if catalog is not None else {}
        return {i: e.noun.renamed_from for i, e in definitions.items() if e.noun.renamed_from}


def _steps(repository: Repository, tip: str) -> Iterator[Step]:
    """What each commit did to the ledgers of each of its parents, a merge to those of all."""
    output = repository.run(
        "log", "-m", "--raw", "--topo-order", "--reverse", "--full-history", "--sparse", "--root", "--no-abbrev",
        "--no-renames", "-z", "--format=%x1e%H%x1f", tip, "--", f"{repository.prefix}{FOLDER}",
    )  # fmt: skip
    for record in output.decode("utf-8", "surrogateescape").split("\x1e")[1:]:
        commit, _, raw = record.partition("\x1f")
        ledgers = {p: states for p, states in _changed(raw, repository.prefix) if _is_ledger(p)}
        if ledgers:
            yield Step(commit, ledgers)


def _changed(raw: str, prefix: str) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    pieces = iter(raw.strip("\0\n").split("\0"))
    for about in pieces:
        words = about.strip().lstrip(":").split()
        if len(words) == len(("mode", "mode", "object", "object", "status")):
            states = _file(words[0], words[2]), _file(words[1], words[3])
            yield next(pieces).removeprefix(prefix), states


def _file(mode: str, name: str) -> str | None:
    return name if mode in _FILES else None
