"""Writing: a temporary file, fsync, rename, so that nobody ever sees half a file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..model.diagnostic import KpiError


def write_text(path: Path, text: str) -> None:
    """Replace a file's text in one step. Raises KpiError where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise KpiError(f"{path} cannot be written: {error.strerror}", "Choose another path.") from error


def read_text(path: Path) -> str:
    """A file's text with its line ends; what is no UTF-8 stands as surrogates. Raises KpiError."""
    try:
        return path.read_bytes().decode("utf-8", errors="surrogateescape")
    except OSError as error:
        raise KpiError(f"{path} cannot be read: {error.strerror}", "Correct its name or its permissions.") from error


def append_line_file(path: Path, text: str, lines: int) -> None:
    """Add lines to a file of so many lines, all or nothing. Raises KpiError where another writer was faster.

    The whole file is replaced in one step, under a lock beside it.
    """
    lock = path.with_name(f".{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        raise KpiError(f"{path.name} is being written", f"If no other run is at work, remove {lock}.") from None
    except OSError as error:
        raise KpiError(f"{path} cannot be written: {error.strerror}") from error
    try:
        before = path.read_bytes() if path.exists() else b""
        if before.count(b"\n") != lines:
            raise KpiError(f"{path.name} was written by another run", "Run the command again.")
        write_text(path, before.decode("utf-8") + text)
    finally:
        os.close(handle)
        lock.unlink()


def append_text(path: Path, text: str) -> None:
    """Add to a file that others read, such as a step summary. Raises KpiError."""
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise KpiError(f"{path} cannot be written: {error.strerror}") from error
