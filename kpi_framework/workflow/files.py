"""Writing: one door for every file that a command writes.

A regular file is replaced in one step (a temporary file beside it, fsync, rename), so that nobody ever sees half of it.
A device or a pipe is written to and stays what it is, as does what the shell has opened (/dev/stdout). Where a path
leads, `destination` says.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ..model.diagnostic import KpiError
from .destination import destination, is_open, own_descriptor, unwritable, writing

Fill = Callable[[BinaryIO], object]
_NEW = 0o644
_PERMISSIONS = 0o777
_LONGEST_PREFIX = 200
_PATIENCE, _PAUSE = 10.0, 0.05
"""So many seconds a pipe may be without a reader, and how long to wait before each new look."""
_NOT_WRITTEN = {
    stat.S_IFDIR: "it is a folder",
    stat.S_IFSOCK: "it is a socket",
    stat.S_IFBLK: "it is a disk, and writing to it would destroy it",
}


def write_text(path: Path, text: str) -> None:
    """Replace a file's text in one step, or write to a device or pipe. Raises KpiError where it cannot be written."""
    _write(path, lambda stream: stream.write(_encoded(text)))


def write_bytes(path: Path, content: bytes) -> None:
    """The same for a file that is no text. Raises KpiError."""
    _write(path, lambda stream: stream.write(content))


def copy_file(origin: Path, path: Path) -> None:
    """Write a file's bytes to another path. Raises KpiError."""
    try:
        source = origin.open("rb")
    except OSError as error:
        raise KpiError(f"{origin} cannot be read: {error.strerror}", "Correct its name or its permissions.") from error
    with source:
        _write(path, lambda stream: shutil.copyfileobj(source, stream))


def refuse_filled(folder: Path, hint: str) -> None:
    """Refuse a folder to write into that holds something already, or is no folder. Raises KpiError."""
    with writing(folder):
        target = destination(folder)
        if os.path.lexists(target) and (not target.is_dir() or any(target.iterdir())):
            raise KpiError(f"{folder} is not empty", hint)


def append_text(path: Path, text: str) -> None:
    """Add to a file that others read, such as a step summary. Raises KpiError."""
    with writing(path):
        target = destination(path)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(target, flags, _NEW) if _is_file(target) else _opened(path, target)
        with os.fdopen(handle, "wb") as stream:
            stream.write(_encoded(text))


def _encoded(text: str) -> bytes:
    """UTF-8; half a character, which the name of a file may hold, is spelled out."""
    return text.encode("utf-8", errors="backslashreplace")


def _write(path: Path, fill: Fill) -> None:
    with writing(path):
        target = destination(path)
        if _is_file(target):
            _replace(target, fill)
        else:
            with os.fdopen(_opened(path, target), "wb") as stream:
                fill(stream)


def _is_file(target: Path) -> bool:
    """Whether a regular file is there, or nothing yet."""
    return not is_open(target) and (not os.path.lexists(target) or stat.S_ISREG(target.lstat().st_mode))


def _replace(target: Path, fill: Fill) -> None:
    """Put a new file in the place of what is there, with its permissions."""
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = os.fsencode(f".{target.name}")[:_LONGEST_PREFIX].decode("utf-8", errors="ignore")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{prefix}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            fill(stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(target.lstat().st_mode & _PERMISSIONS if os.path.lexists(target) else _NEW)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _opened(path: Path, target: Path) -> int:
    """A descriptor that writes into what is there, after what others wrote. Raises OSError, KpiError."""
    own = own_descriptor(target)
    if own is not None:
        return os.dup(own)
    kind = stat.S_IFMT(target.stat().st_mode)
    if why := _NOT_WRITTEN.get(kind):
        raise unwritable(path, why)
    no_link = 0 if is_open(target) else os.O_NOFOLLOW
    # Without a reader, a pipe would be waited for in here, for ever.
    flags = os.O_WRONLY | os.O_APPEND | os.O_NOCTTY | os.O_NONBLOCK | no_link
    handle = _read_pipe(path, target, flags) if kind == stat.S_IFIFO else os.open(target, flags)
    os.set_blocking(handle, True)
    return handle


def _read_pipe(path: Path, target: Path, flags: int) -> int:
    """A descriptor of a named pipe, as soon as somebody reads it. Raises OSError, KpiError."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            return os.open(target, flags)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
        time.sleep(_PAUSE)
    raise unwritable(path, "no program reads this pipe", "Start the program that reads it first.")
