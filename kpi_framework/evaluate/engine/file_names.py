"""The names of files as an engine is given them: none can stand for others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path


def engine_name(path: str) -> str:
    """A file's name that the engine cannot expand to others: `x[1].csv` is `x[[]1].csv` as a pattern."""
    return re.sub(r"[*?\[]", r"[\g<0>]", path)


def listed_folders(path: str) -> Iterator[str]:
    """The folders whose names the engine lists to find a file whose path would be a pattern."""
    parts = Path(path).parts
    for number, part in enumerate(parts):
        if engine_name(part) != part:
            yield str(Path(*parts[:number]))
