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


def append_text(path: Path, text: str) -> None:
    """Add to a file that others read, such as a step summary. Raises KpiError."""
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise KpiError(f"{path} cannot be written: {error.strerror}") from error
