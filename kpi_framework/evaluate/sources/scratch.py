"""A folder of this process for plain copies of files that an engine cannot read as they are; it goes with the run."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path


class Scratch:
    """Made when the first copy is; only this user can look into it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._count = 0

    def place(self, suffix: str) -> Path:
        """The path of a new copy. Raises OSError where there is no room for any."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="kpi-")).resolve()
        self._count += 1
        return self._folder / f"{self._count}{suffix}"

    def close(self) -> None:
        """Remove all copies."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
