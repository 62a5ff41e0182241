"""What git sees of a project's files: those that decide a number are compared with the last commit, byte by byte.

The index is not believed for that: it can be told to overlook a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from ..history.git import Repository, blob_name, find_repository
from ..model.diagnostic import Diagnostic, KpiError, Span
from ..model.record import Record
from ..model.rule import RULES
from .project_files import FOLDERS, HIDDEN, in_submodule, read_bytes

CONFIG, LEDGER = "kpi.yaml", "ledger"
DECISIVE = (CONFIG, *FOLDERS, LEDGER)
_ENDINGS: Mapping[str, tuple[str, ...]] = {LEDGER: (".jsonl",)}
_OF_DEFINITIONS = (".yaml", ".yml")
_OVERLOOKED = "git was told to overlook changes of this file, and it is not what the last commit has"
_LISTED = 5


def committed_blobs(repository: Repository, commit: str = "HEAD", paths: Sequence[str] = DECISIVE) -> Mapping[str, str]:
    """The files that decide a number as a commit has them: path in the project → object name. Raises KpiError."""
    blobs = repository.blobs(repository.commit(commit), paths)
    return {path: name for path, name in blobs.items() if is_decisive(path)}


def is_decisive(path: str) -> bool:
    """Whether a path of the project is kpi.yaml's, a definition's, a baseline's or a ledger's."""
    folder = PurePosixPath(path).parts[0]
    return path == CONFIG or (folder != path and path.endswith(_ENDINGS.get(folder, _OF_DEFINITIONS)))


def refuse_uncommitted(repository: Repository, paths: Sequence[str] = (CONFIG, *FOLDERS)) -> None:
    """What names a commit has to be that commit's. Raises KpiError."""
    others = uncommitted(repository, paths)
    if others:
        hint = "Commit it first: published values and audits name their commit."
        raise KpiError(f"{repository.prefix}{others[0]} is not committed", hint)


def uncommitted(repository: Repository, paths: Sequence[str], commit: str = "HEAD") -> tuple[str, ...]:
    """The files that decide a number and are not on disk what a commit has, or on one side alone. Raises KpiError."""
    root = repository.root / repository.prefix
    committed = committed_blobs(repository, commit, paths)
    there = set(_on_disk(root, paths))
    differing = _differing(repository, root, {p: n for p, n in committed.items() if p in there})
    return tuple(sorted({*(there ^ committed.keys()), *differing}))


def _differing(repository: Repository, root: Path, committed: Mapping[str, str]) -> set[str]:
    """The files whose bytes are others, but for their line ends, which git may write as the system has them."""
    contents = {path: read_bytes(root, path) for path in committed}
    others = {p: n for p, n in committed.items() if (c := contents[p]) is None or blob_name(c, n) != n}
    reviewed = repository.contents(others.values())
    return {p for p, n in others.items() if _unix(contents[p] or b"") != _unix(reviewed[n])}


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _on_disk(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """The files that decide a number; of links, other rules tell."""
    for path in paths:
        if (root / path).is_file() and not (root / path).is_symlink():
            yield path
        for folder, _, names in _walked(root, path):
            files = (folder / name for name in names)
            inside = (file.relative_to(root).as_posix() for file in files if not file.is_symlink())
            yield from (p for p in inside if is_decisive(p))


def _walked(root: Path, path: str) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Each folder beneath a path of the project with its folders, which may be cleared, and its files."""
    if not (root / path).is_symlink():
        yield from ((Path(folder), folders, names) for folder, folders, names in os.walk(root / path))


# Findings


def untold(root: Path) -> tuple[Diagnostic, ...]:
    """What decides a number and git does not show: errors for what is hidden, a warning for what is not committed yet.

    Outside of a repository there is nothing to say.
    """
    try:
        repository = find_repository(root)
    except KpiError:
        return ()
    try:
        return tuple(_untold(repository, root))
    except KpiError as error:
        return (_not_tracked(f"git could not be asked about the files: {error.message}", CONFIG),)


def _untold(repository: Repository, root: Path) -> Iterator[Diagnostic]:
    submodules = tuple(_submodules(root))
    yield from map(in_submodule, submodules)
    paths = {p for p in _on_disk(root, DECISIVE) if not p.startswith(tuple(f"{s}/" for s in submodules))}
    index = _index(repository)
    ignored = _ignored(repository, paths - index.keys())
    yield from (_hidden(path, "git ignores this file") for path in sorted(ignored))
    yield from (_hidden(path, _OVERLOOKED) for path in sorted(_overlooked(repository, root, index)))
    if fresh := sorted(paths - index.keys() - ignored):
        more = f", and {len(fresh) - _LISTED} more" if len(fresh) > _LISTED else ""
        yield _not_tracked(f"not committed yet: {', '.join(fresh[:_LISTED])}{more}", fresh[0])


def _hidden(path: str, message: str) -> Diagnostic:
    """hidden-file: git does not show what a file decides."""
    return RULES[HIDDEN].finding(Span(path), message)


def _not_tracked(message: str, path: str) -> Diagnostic:
    """not-tracked: files that decide a number are not in the history yet."""
    return RULES["not-tracked"].finding(Span(path), message)


def _submodules(root: Path) -> Iterator[str]:
    """The folders among those of definitions, baselines and ledgers that are repositories of their own."""
    for path in DECISIVE:
        for folder, folders, _ in _walked(root, path):
            if os.path.lexists(folder / ".git"):
                folders.clear()
                yield folder.relative_to(root).as_posix()


class _Flags(Record):
    """What the index was told about a file."""

    is_overlooked: bool


def _index(repository: Repository) -> Mapping[str, _Flags]:
    """The decisive files of the index: a small letter is for assume-unchanged, S and s are for skip-worktree."""
    listed = repository.index("ls-files", "-v", "-z", "--full-name", "--", *_pathspecs(repository))
    files: dict[str, _Flags] = {}
    for entry in filter(None, listed.decode("utf-8", "surrogateescape").split("\0")):
        tag, path = entry[0], entry[2:].removeprefix(repository.prefix)
        files[path] = _Flags(tag.islower() or tag == "S")
    return files


def _pathspecs(repository: Repository) -> Iterator[str]:
    return (f":(top,literal){repository.prefix}{path}" for path in DECISIVE)


def _ignored(repository: Repository, paths: set[str]) -> set[str]:
    if not paths:
        return set()
    words = ("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--full-name", "--")
    listed = repository.index(*words, *_pathspecs(repository)).decode("utf-8", "surrogateescape")
    return {p.removeprefix(repository.prefix) for p in listed.split("\0")} & paths


def _overlooked(repository: Repository, root: Path, index: Mapping[str, _Flags]) -> set[str]:
    """The files whose changes git was told to overlook, and that are not what the last commit has."""
    flagged = {path for path, flags in index.items() if flags.is_overlooked and is_decisive(path)}
    return flagged & set(uncommitted(repository, DECISIVE)) if flagged else set()
