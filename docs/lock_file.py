"""The locked libraries that run with kpi: requirements/run.txt, read once for all pages that list them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements" / "run.txt"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; (.*?))? *\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass
class Locked:
    """A library, where it is installed at all, and the SHA-256 of every file that it may come in."""

    name: str
    version: str
    marker: str | None
    hashes: list[str] = field(default_factory=list)


def locked() -> list[Locked]:
    """Every library of the lock file, in its order."""
    libraries: list[Locked] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        pinned = _PINNED.match(line)
        if pinned is not None:
            libraries.append(Locked(pinned[1], pinned[2], pinned[3]))
        elif hashes := _HASH.findall(line):
            libraries[-1].hashes += hashes
    return libraries
