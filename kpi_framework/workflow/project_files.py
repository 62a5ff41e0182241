"""A project's files on disk: read inside its folder and through no link, each with its text or why it is not read.

git keeps of a link only the name that it points to: what stands behind it, nobody has reviewed. And a link of a pull
request may point to any file of the machine that checks it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from ..load.catalog import BASELINES, DEFINITIONS, PROJECT
from ..load.guard import MAX_CHARACTERS
from ..model.diagnostic import Diagnostic, KpiError, Span
from ..model.record import Record
from ..model.rule import RULES
from ..report.words.escape import clean

FOLDERS = (DEFINITIONS, BASELINES)
LINKED, HIDDEN = "linked-file", "hidden-file"
_ENDINGS = (".yaml", ".yml")
_LOCK = ".#"
"""An editor's mark on a file that is being edited: a link to no file at all, whose name no definition can have."""
_LARGEST = 4 * MAX_CHARACTERS
"""A text of more bytes is too long, whatever its characters are."""
_OF_LINKS = (errno.ELOOP, errno.EMLINK, errno.ENOTDIR)
"""What systems say of a link where none may be followed."""
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_LISTED = 5


class ProjectFiles(Record):
    """The texts of files by their path in the project, and a finding for each path that is not read."""

    texts: Mapping[str, str]
    refused: Mapping[str, Diagnostic]


class RefusedFiles(KpiError):
    """Links that a command met which has no list of findings to put them in. Exit 1."""

    exit_code = 1


def read_files(root: Path) -> ProjectFiles:
    """kpi.yaml, and the YAML files beneath kpis/ and baselines/."""
    walked: dict[str, Diagnostic | None] = {PROJECT: None} if os.path.lexists(root / PROJECT) else {}
    walked.update(place for folder in FOLDERS for place in _walked(root, folder))
    read = {path: finding or read_file(root, path) for path, finding in walked.items()}
    texts = {path: text for path, text in read.items() if isinstance(text, str)}
    return ProjectFiles(texts, {path: text for path, text in read.items() if not isinstance(text, str)})


def read_file(root: Path, path: str, largest: int = _LARGEST) -> str | Diagnostic:
    """A file's text with its line ends, or why it is not read; what is no UTF-8 stands as surrogates.

    `largest` is in bytes.
    """
    try:
        content = _content(root, path, largest)
    except OSError as error:
        is_link = error.errno in _OF_LINKS
        return linked(path) if is_link else _unread(path, f"this cannot be read: {error.strerror}")
    if content is None:
        return _unread(path, "this is not a file, but a folder, a pipe or a device")
    if len(content) > largest:
        most = f"{MAX_CHARACTERS:,} characters" if largest == _LARGEST else f"{largest:,} bytes"
        return _unread(path, f"the file is too large: at most {most} are read")
    return content.decode("utf-8", errors="surrogateescape")


def read_bytes(root: Path, path: str) -> bytes | None:
    """A file's bytes, however many; None for what is no file, or cannot be read."""
    try:
        handle = _opened(root, PurePosixPath(path).parts)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as stream:
        return stream.read() if stat.S_ISREG(os.fstat(handle).st_mode) else None


def definition_names(root: Path) -> list[str]:
    """The names of the files beneath kpis/, without their endings."""
    return [PurePosixPath(path).stem for path, finding in _walked(root, DEFINITIONS) if finding is None]


def links_beneath(root: Path, folder: str) -> tuple[Diagnostic, ...]:
    """A finding for each link beneath a folder of the project, or for the folder itself if it is one."""
    return tuple(f for _, f in _walked(root, folder) if f is not None and f.rule == LINKED)


def linked(path: str) -> Diagnostic:
    """That a link stands at a path of the project."""
    return RULES[LINKED].finding(Span(path), "this is a symbolic link, and what it points to is not read")


def in_submodule(path: str) -> Diagnostic:
    """That a path of the project is a submodule, or lies in a repository of its own."""
    return RULES[HIDDEN].finding(Span(path), "this is a submodule: the project's own history does not show its files")


def is_link_reported(path: str) -> bool:
    """Whether a link at this path is a finding: all are, but for the mark of an editor that is at work."""
    return not PurePosixPath(path).name.startswith(_LOCK)


def refuse_links(findings: Iterable[Diagnostic]) -> None:
    """Go no further where one of the findings is of a link. Raises RefusedFiles."""
    links = [f for f in findings if f.rule == LINKED]
    if links:
        lines = [f"{clean(f.span.path)}: {f.code} {f.rule}: {f.message}" for f in links[:_LISTED]]
        lines += [f"and {len(links) - _LISTED} more"] if len(links) > _LISTED else []
        raise RefusedFiles("\n     ".join(lines), links[0].hint)


def _unread(path: str, message: str) -> Diagnostic:
    return RULES["yaml-syntax"].finding(Span(path), message, "Put a YAML file here that can be read.")


def _walked(root: Path, folder: str) -> Iterator[tuple[str, Diagnostic | None]]:
    """The YAML files beneath a folder, and a finding for each link and for each folder that cannot be looked into."""
    waiting = [folder]
    if (root / folder).is_symlink():
        yield folder, linked(folder)
        return
    while waiting:
        inside = waiting.pop()
        try:
            children = sorted(os.scandir(root / inside), key=lambda child: child.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            yield inside, _unread(inside, f"this folder cannot be read: {error.strerror}")
            continue
        for child in children:
            path = f"{inside}/{child.name}"
            if child.is_symlink():
                if is_link_reported(path):
                    yield path, linked(path)
            elif child.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif child.name.endswith(_ENDINGS):
                yield path, None


def _content(root: Path, path: str, largest: int) -> bytes | None:
    """The first bytes of a file, more than may be read; None for what is no file. Raises OSError."""
    handle = _opened(root, PurePosixPath(path).parts)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with os.fdopen(handle, "rb", closefd=False) as stream:
            return stream.read(largest + 1)
    finally:
        os.close(handle)


def _opened(root: Path, parts: tuple[str, ...]) -> int:
    """A descriptor of what lies beneath a folder, through no link, even one that came a moment ago. Raises OSError."""
    if os.open not in os.supports_dir_fd:
        return _opened_by_name(root, parts)
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in parts[:-1]:
            inner = os.open(folder, _READ | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(parts[-1], _READ, dir_fd=at)
    finally:
        os.close(at)


def _opened_by_name(root: Path, parts: tuple[str, ...]) -> int:
    """The same where a system cannot open beneath an open folder. Raises OSError."""
    for number in range(1, len(parts) + 1):
        if root.joinpath(*parts[:number]).is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return os.open(root.joinpath(*parts), _READ)
