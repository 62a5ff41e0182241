"""Where a path that is to be written leads: links outside of projects are followed, one inside a project is refused.

A pull request may bring a link; then `scorecard/`, or any other folder of the project, would stand for a place that
the person who runs the command has not named.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..model.diagnostic import KpiError
from ..report.words.escape import clean, clip

_MOST_LINKS = 40
_PRINTED = 200
"""So many characters of a path are shown."""
_DEV = Path("/dev")
_OPEN = re.compile(r"(?:/dev/fd|/proc/(?P<process>\d+)(?:/task/\d+)?/fd)/(?P<number>\d+)")


def destination(path: Path) -> Path:
    """The path without a link in it, or that of an open descriptor. Raises KpiError for a link inside a project."""
    with writing(path):
        return _without_links(path)


def is_open(target: Path) -> bool:
    """Whether a destination stands for what a process holds open, which may have no name of its own."""
    return _OPEN.fullmatch(str(target)) is not None


def own_descriptor(target: Path) -> int | None:
    """The descriptor of this process that a destination stands for, as /dev/stdout and /dev/fd/3 do."""
    match = _OPEN.fullmatch(str(target))
    if match is None or match["process"] not in (None, _own_number()):
        return None
    return int(match["number"])


def _own_number() -> str:
    """This process, as /proc numbers it: a container may do so anew."""
    return str(Path("/proc/self").readlink())


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in one sentence why a path cannot be written. Raises KpiError; a pipe that was closed stays that."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(path, error.strerror or type(error).__name__) from error
    except ValueError as error:  # a NUL, or half a character
        raise unwritable(path, "no file can have this name") from error


def unwritable(path: Path, why: str, hint: str = "Choose another path.") -> KpiError:
    """That a path cannot be written, and why."""
    return KpiError(f"{_printable(path)} cannot be written: {why}", hint)


def _printable(path: Path) -> str:
    return clip(clean(str(path)), _PRINTED)


def _without_links(path: Path) -> Path:
    """Every component from the top, with what the links stand for in their place. Raises OSError, KpiError."""
    here, waiting = _begun(path, Path.cwd())
    links = 0
    while waiting:
        name = waiting.pop()
        step = here.parent if name == ".." else here / name
        if name == ".." or (is_open(step) and not waiting) or not step.is_symlink():
            here = step
            continue
        _refuse_inside_project(path, step)
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        here, more = _begun(step.readlink(), here)
        waiting += more
    return here


def _begun(path: Path, here: Path) -> tuple[Path, list[str]]:
    """The folder that a path starts from, and its components, the first one last."""
    if path.is_absolute():
        return Path(path.anchor), [*reversed(path.parts[1:])]
    return here, [*reversed(path.parts)]


def _refuse_inside_project(path: Path, link: Path) -> None:
    """Refuse a link whose folder, or one above it, is a project; the system's own links are part of none."""
    folder = link.parent
    if folder == _DEV or folder.is_relative_to("/proc"):
        return
    if any(os.path.lexists(above / "kpi.yaml") for above in (folder, *folder.parents)):
        raise KpiError(
            f"{_printable(path)} is not written: {_printable(link)} is a symbolic link inside a project",
            "Links inside a project are not followed. Name the real path, or replace the link by a file or folder.",
        )
