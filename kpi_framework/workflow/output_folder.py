"""A folder that a command owns: it is written whole, and known by a file that it always has."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from ..model.diagnostic import KpiError
from .destination import destination, writing
from .files import write_text


def replace_folder(folder: Path, mark: str, files: Iterable[tuple[str, str]]) -> int:
    """Write files into a new folder, or in the place of an older one; without files there is none afterwards.

    How many were written. Raises KpiError where the folder holds something else, and cannot be written.
    """
    with writing(folder):
        target = destination(folder)
        if target.is_dir() and any(target.iterdir()) and not (target / mark).is_file():
            raise KpiError(f"{folder} holds other files", "Name a new folder, or one that this command has written.")
        fresh = target.with_name(f".{target.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        names = set()
        for name, text in files:
            write_text(fresh / name, text)
            names.add(name)
        if target.exists():
            shutil.rmtree(target)
        if names:
            fresh.rename(target)
        return len(names)
