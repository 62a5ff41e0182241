"""A folder as a whole: walked without following a link, built again beside itself, and exchanged in one step."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..project_files import RefusedFiles

NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""How a file is opened: not through a link, and its bytes as they are."""
_UNABLE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM)
"""What a system says that does not offer something."""


def refuse_link(path: Path) -> None:
    """A link leads anywhere. Raises RefusedFiles."""
    if path.is_symlink():
        raise RefusedFiles(f"{path} is a symbolic link", "Put the real file or folder there: links are not followed.")


def walk(top: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything under a folder, each folder before what it holds. Raises RefusedFiles at a link, and OSError."""
    folders = [top]
    while folders:
        folder = folders.pop()
        for path in sorted(folder.iterdir()):
            refuse_link(path)
            status = path.lstat()
            if stat.S_ISDIR(status.st_mode):
                folders.append(path)
            yield path, status


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises OSError, also at a link."""
    with os.fdopen(os.open(path, os.O_RDONLY | NO_LINK), "rb") as stream:
        return stream.read()


# Building


def build(new: Path, folder: Path, changed: Mapping[str, bytes]) -> None:
    """A new folder that holds all that another holds, but for these files, and is on the disk. Raises OSError."""
    folders = {new: folder}
    new.mkdir()
    for path, status in walk(folder) if folder.exists() else ():
        target = new / path.relative_to(folder)
        if stat.S_ISDIR(status.st_mode):
            target.mkdir()
            folders[target] = path
        elif not (stat.S_ISREG(status.st_mode) and path.parent == folder and path.name in changed):
            _link(path, target, status)
    for name, content in changed.items():
        write_new(new / name, content, folder / name)
    for target, source in reversed(folders.items()):
        _resemble(target, source)
        sync(target)


def _link(path: Path, target: Path, status: os.stat_result) -> None:
    """Have a file in a second folder: the same one where that is possible, else a copy. Raises OSError."""
    try:
        target.hardlink_to(path)
    except OSError:
        if not stat.S_ISREG(status.st_mode):
            raise
        write_new(target, read_bytes(path), path)
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))


def write_new(path: Path, content: bytes, like: Path | None = None) -> None:
    """Write a new file down to the disk, as public as another is. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK, 0o644)
    try:
        path.chmod(0o644)
        _resemble(path, like)
        remaining = memoryview(content)
        while remaining:
            remaining = remaining[os.write(handle, remaining) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _resemble(path: Path, source: Path | None) -> None:
    """Give a path the mode, the attributes and, where we may, the owner of another that is there. Raises OSError."""
    if source is None or not source.exists():
        return
    status = source.stat()
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.chown(path, status.st_uid, status.st_gid)
    shutil.copystat(source, path)


def sync(folder: Path) -> None:
    """Have a folder's names on the disk, where the system offers that. Raises OSError."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
    finally:
        os.close(handle)


def exchange(first: Path, second: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot. Raises OSError."""
    names = os.fsencode(first), os.fsencode(second)
    if sys.platform == "linux":
        here, exchange_names = -100, 2
        rename, arguments = "renameat2", (here, names[0], here, names[1], exchange_names)
    elif sys.platform == "darwin":
        swap_names = 2
        rename, arguments = "renamex_np", (*names, swap_names)
    else:
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), rename, None)
    if call is None:
        return False
    if call(*arguments) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(second))
