"""Which files a path or a pattern names. Nothing outside the repository is walked or read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from .interface import SourceError

_PATTERN = frozenset("*?[")
_LONGEST_SHOWN = 200


def find_paths(pattern: str, root: Path, fences: Sequence[Path]) -> list[Path]:
    """The files that a path or pattern names. Raises SourceError, before the disk is walked, for what leads outside."""
    try:
        base, parts = _split(root / pattern)
        within = [fence.resolve() for fence in fences]
        if not _is_within(base.resolve(), within):
            raise _outside(pattern)
        if not parts:
            paths = [base] if base.is_file() else []
        else:
            paths = sorted({p for p in _matching(base, parts, within) if p.is_file()})
        if any(not _is_within(name.resolve(), within) for name in paths):
            raise _outside(pattern)
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, links that go round
        raise SourceError(f"{abridged(pattern)} cannot be searched for: {_why(error)}", "Correct the path.") from None
    if not paths:
        raise SourceError(f"{abridged(pattern)} does not exist", "Correct the path, or put the export there.")
    return paths


def _split(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The folder or file that a path names for sure, and the parts from its first pattern on. Raises SourceError.

    A name that is there is a name, whatever characters it has: `data/x[1].csv`.
    """
    base = Path(path.anchor)
    parts = path.parts[1:]
    for number, part in enumerate(parts):
        if set(part) & _PATTERN and not os.path.lexists(base / part):
            pattern = parts[number:]
            if ".." in pattern or any("**" in p and p != "**" for p in pattern):
                raise SourceError(
                    f"{abridged(str(Path(*pattern)))} is not a supported pattern",
                    "Use `*` inside a name and `**` alone for folders, and no `..` after them.",
                )
            return base, pattern
        base = base / part
    return base, ()


def _matching(folder: Path, parts: Sequence[str], fences: Sequence[Path]) -> Iterator[Path]:
    """What a pattern's parts stand for; a link is followed only inside the fences, and never below `**`."""
    first, *deeper = parts
    if first == "**" and deeper:
        yield from _matching(folder, deeper, fences)
    for child in os.scandir(folder):
        path = folder / child.name
        if first == "**":
            if child.is_dir(follow_symlinks=False):
                yield from _matching(path, parts, fences)
        elif not fnmatchcase(child.name, first):
            continue
        elif not deeper:
            yield path
        elif child.is_dir() and _is_within(path.resolve(), fences):
            yield from _matching(path, deeper, fences)


def _is_within(path: Path, fences: Sequence[Path]) -> bool:
    return any(path.is_relative_to(fence) for fence in fences)


def _outside(pattern: str) -> SourceError:
    return SourceError(
        f"{abridged(pattern)} is outside the repository",
        "Move it inside, or allow its folder with --allow-path.",
        is_outside=True,
    )


def abridged(path: str) -> str:
    """A path in a sentence: its beginning, if it is over-long."""
    return path if len(path) <= _LONGEST_SHOWN else f"{path[:_LONGEST_SHOWN]}… ({len(path):,} characters)"


def _why(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else "it is not a path"
