"""The ledger's folder on disk: read whole, and replaced whole.

What is published is built in a folder beside it, `.kpi/`, down to the disk; then the two folders change places in one
step. Whoever looks, and whenever a run is killed, there are the ledgers of before or all of those of after. Where the
system cannot exchange two folders, `ledger/` is away between two renames: it is read at `.kpi/ledger.old` then, and
the next run puts it back. Publishers keep each other out by a lock on kpi.yaml, which the system takes away with the
process that holds it. No link is followed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...model.diagnostic import KpiError
from ...model.record import Record
from ..destination import destination
from ..files import write_text
from .folders import NO_LINK, build, exchange, read_bytes, refuse_link, sync, walk, write_new

FOLDER = "ledger"
ATTRIBUTES = ".gitattributes"
"""What tells git how to treat the ledgers."""
STAGING = ".kpi"
_CONFIG, _SUFFIX, _IGNORE = "kpi.yaml", ".jsonl", ".gitignore"
_NEW, _OLD, _ANCHOR, _SWEPT = "ledger.new", "ledger.old", "anchor.new", "swept."
_UNSEEN = ".git"
"""git never adds what has this name: so the ignoring file is written under it, and is whole when it gets its own."""
_OURS = re.compile(r"ledger\.(new|old)|anchor\.new|swept\..+|\.git")
_OLD_TEMPORARY = re.compile(r"\.[a-z][a-z0-9_]*\.jsonl?\.([a-z0-9_]{8}|lock)")
"""What version 0.1 wrote beside a ledger and an anchor."""
_ATTEMPTS = 20
_FAR = 1 << 30
_AGAIN = "Run the command again."
_REMEDIES: Mapping[int | None, str] = {
    errno.EXDEV: "ledger/ has to be on the file system of the project's folder; in a container, clone into a volume.",
    errno.EBUSY: "ledger/ is in use or a mount point: mount the project's folder instead.",
    errno.EROFS: "The project is on a read-only file system: publish from a clone that can be written.",
    errno.EACCES: "Give this user write access to the project's folder and to ledger/.",
    errno.EPERM: "Give this user write access to the project's folder and to ledger/.",
    errno.ENOSPC: "Free some disk space.",
    errno.EDQUOT: "Free some disk space.",
}

Mark = tuple[int, ...]
"""What tells a file from another: its kind, its number on the disk, its size and when it was written."""


class LedgerFiles(Record):
    """The ledgers as they were read: the bytes of each by its KPI, and the mark of everything in the folder."""

    contents: Mapping[str, bytes]
    marks: Mapping[Path, Mark]

    def has(self, name: str) -> bool:
        """Whether the folder has a file of this name."""
        return any(path.name == name for path in self.marks)


# Reading


def read_ledger_files(root: Path) -> LedgerFiles:
    """All ledgers of a project at one instant, without a lock. Raises KpiError at a link and at a file of no access."""
    for _ in range(_ATTEMPTS):
        try:
            folder = _folder(root)
            marks = _marks(folder)
            ledgers = [p for p, mark in marks.items() if p.parent == folder and _is_ledger(p, mark)]
            contents = {p.name.removesuffix(_SUFFIX): read_bytes(p) for p in ledgers}
            if _marks(_folder(root)) == marks:
                return LedgerFiles(contents, marks)
        except FileNotFoundError:
            continue  # a publication took the folder's place while we read
        except OSError as error:
            raise KpiError(f"{error.filename} cannot be read: {error.strerror}", "Correct its permissions.") from error
    raise KpiError(f"{root / FOLDER} changes while it is read", _AGAIN)


def _folder(root: Path) -> Path:
    """Where the ledgers stand: in their folder, or where a killed run left it."""
    ledger, old = root / FOLDER, root / STAGING / _OLD
    if os.path.lexists(ledger):
        return ledger
    refuse_link(root / STAGING)
    return old if os.path.lexists(old) else ledger


def _marks(folder: Path) -> dict[Path, Mark]:
    if not os.path.lexists(folder):
        return {}
    _refuse_other_than_folder(folder)
    return {folder: _mark(folder.lstat()), **{path: _mark(status) for path, status in walk(folder)}}


def _mark(status: os.stat_result) -> Mark:
    kind = stat.S_IFMT(status.st_mode)
    written = () if stat.S_ISDIR(kind) else (status.st_size, status.st_mtime_ns)
    return kind, status.st_ino, *written


def _is_ledger(path: Path, mark: Mark) -> bool:
    return path.name.endswith(_SUFFIX) and stat.S_ISREG(mark[0])


def _refuse_other_than_folder(path: Path) -> None:
    refuse_link(path)
    if os.path.lexists(path) and not path.is_dir():
        raise KpiError(
            f"{path} is not a folder", f"`kpi` needs a folder with the name {path.name}: move the file away."
        )


# Publishing


class Publisher(Record):
    """Who holds the lock of a project, and alone may replace its ledgers."""

    root: Path
    lock: int

    def read(self) -> LedgerFiles:
        """The ledgers as they are. Raises KpiError."""
        return read_ledger_files(self.root)

    def append(
        self, files: LedgerFiles, lines: Mapping[str, str], beside: Mapping[str, bytes] | None = None
    ) -> Mapping[str, bytes]:
        """Continue ledgers, all of them or none; the ledgers as they are then, by their KPI.

        `beside` are other files of the folder, written with them. Raises KpiError, also where the folder is not as it
        was read.
        """
        contents = {kpi: files.contents.get(kpi, b"") + text.encode() for kpi, text in lines.items()}
        if contents:
            self._replace(files, {**{f"{kpi}{_SUFFIX}": c for kpi, c in contents.items()}, **(beside or {})})
        return {**files.contents, **contents}

    def _replace(self, files: LedgerFiles, contents: Mapping[str, bytes]) -> None:
        """Let the folder hold these files, by their names."""
        ledger = self.root / FOLDER
        try:
            new = _staged(self.root, contents)
            self._refuse_changed(files)
            _take_place(new, ledger)
        except OSError as error:
            hint = f"{_REMEDIES.get(error.errno, 'Correct that, and run the command again.')} Nothing was published."
            raise KpiError(f"{ledger} cannot be written: {error.strerror}", hint) from error
        try:
            sync(self.root)
        except OSError as error:
            message = f"the disk does not confirm that {ledger} was written: {error.strerror}"
            raise KpiError(message, "Check the disk, then run `kpi verify`.") from error

    def _refuse_changed(self, files: LedgerFiles) -> None:
        _refuse_replaced(self.lock, self.root / _CONFIG)
        if _marks(_folder(self.root)) != files.marks:
            raise KpiError(f"{self.root / FOLDER} was changed by another program meanwhile", _AGAIN)

    def write_anchor(self, path: Path, text: str) -> None:
        """Write the file of the heads; in the project, git sees nothing of it before it is whole. Raises KpiError."""
        target = destination(path)
        if not _is_replaceable(target, self.root):
            write_text(path, text)
            return
        try:
            temporary = _staging(self.root) / _ANCHOR
            temporary.unlink(missing_ok=True)
            write_new(temporary, text.encode(), target)
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(target)
        except OSError as error:
            hint = "The values are published: run the command again with another path."
            raise KpiError(f"{path} cannot be written: {error.strerror}", hint) from error


@contextlib.contextmanager
def publishing(root: Path) -> Iterator[Publisher]:
    """Hold the lock of a project, and clear away what killed runs left. Raises KpiError where another run holds it."""
    if Path.cwd().is_relative_to(os.path.realpath(root / FOLDER)):
        raise KpiError("publishing replaces the folder that you are in", "Run the command in the project's folder.")
    lock = _locked(root / _CONFIG)
    try:
        for folder in (root / FOLDER, root / STAGING):
            _refuse_links(folder)
        _tidy(root)
        _sweep_old_temporaries(root / FOLDER)
        yield Publisher(root, lock)
    finally:
        _tidy(root)
        os.close(lock)


def _refuse_links(folder: Path) -> None:
    try:
        _marks(folder)
    except OSError as error:
        raise KpiError(f"{error.filename} cannot be read: {error.strerror}", "Correct its permissions.") from error


def _is_replaceable(target: Path, root: Path) -> bool:
    """Whether a path without links is a regular file of the project, or would be."""
    return target.is_relative_to(root) and (not os.path.lexists(target) or stat.S_ISREG(target.lstat().st_mode))


def refuse_anchor(path: Path, root: Path) -> None:
    """The heads take the place of no ledger, and go through no link of the project. Raises KpiError."""
    target = destination(path)
    if target.name.endswith(_SUFFIX) and target.parent == root / FOLDER:
        raise KpiError(f"{path} is the name of a ledger", "Choose a name that does not end in .jsonl.")


# The lock


def _locked(config: Path) -> int:
    """Open and lock a file without waiting; the lock ends with the process. Raises KpiError."""
    refuse_link(config)
    try:
        lock = _opened(config)
    except OSError as error:
        raise KpiError(f"{config} cannot be opened: {error.strerror}", "Correct its permissions.") from error
    try:
        _lock(lock)
        _refuse_replaced(lock, config)
    except OSError as error:
        os.close(lock)
        if error.errno in (errno.EAGAIN, errno.EACCES):
            raise KpiError("another run is publishing", "Wait until it has ended.") from None
        raise KpiError(
            f"{config} cannot be locked: {error.strerror}", "Publish from a clone on a local disk."
        ) from error
    except KpiError:
        os.close(lock)
        raise
    return lock


def _opened(config: Path) -> int:
    """For writing where that is allowed: NFS locks nothing else."""
    try:
        return os.open(config, os.O_RDWR | NO_LINK)
    except OSError:
        return os.open(config, os.O_RDONLY | NO_LINK)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - Windows alone has it

        # Windows lets nobody read what is locked: it is a byte far behind the text.
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - Windows lacks it

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _refuse_replaced(lock: int, config: Path) -> None:
    """A file that was put in the place of the locked one is locked by nobody. Raises KpiError, OSError."""
    if not os.path.samestat(os.fstat(lock), config.lstat()):
        raise KpiError(f"{config} was replaced meanwhile", _AGAIN)


# The new folder


def _staging(root: Path) -> Path:
    """The folder for what is not finished, which git ignores from its first moment on. Raises OSError."""
    staging = root / STAGING
    ignore = staging / _IGNORE
    staging.mkdir(exist_ok=True)
    if not ignore.is_file() or read_bytes(ignore) != b"*\n":
        write_new(staging / _UNSEEN, b"*\n")
        (staging / _UNSEEN).replace(ignore)
    return staging


def _staged(root: Path, contents: Mapping[str, bytes]) -> Path:
    """The folder that will take the place of the ledgers' one. Raises OSError."""
    new = _staging(root) / _NEW
    build(new, _folder(root), contents)
    return new


def _take_place(new: Path, ledger: Path) -> None:
    """Put the new folder where the ledgers are. Raises OSError; what it left half done `_tidy` puts back."""
    if os.path.lexists(ledger):
        if exchange(new, ledger):
            return
        ledger.rename(new.with_name(_OLD))
    new.rename(ledger)


# What killed runs left


def _tidy(root: Path) -> None:
    """Put the ledgers back where a killed run took them away, and remove what is not finished.

    What cannot be removed stays: git ignores it, and it is in nobody's way.
    """
    ledger, staging = root / FOLDER, root / STAGING
    with contextlib.suppress(OSError):
        if _folder(root) != ledger:
            (staging / _OLD).rename(ledger)
        for path in list(staging.iterdir()):
            if _OURS.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    _remove(path)
        if all(path.name == _IGNORE for path in staging.iterdir()):
            (staging / _IGNORE).unlink(missing_ok=True)
            staging.rmdir()


def _remove(path: Path) -> None:
    """Remove a file or a folder, which first gets another name: no run could ever bring half of it into use."""
    if not path.is_dir():
        path.unlink()
        return
    if not path.name.startswith(_SWEPT):
        path = path.rename(path.with_name(f"{_SWEPT}{time.time_ns()}"))
    shutil.rmtree(path)


def _sweep_old_temporaries(ledger: Path) -> None:
    with contextlib.suppress(OSError):
        for path in list(ledger.iterdir()):
            if _OLD_TEMPORARY.fullmatch(path.name) and path.is_file():
                path.unlink()
