"""Keeps the named columns of an export: persons and their texts are dropped before anything is committed.

    python loaders/keep.py FILE      with KEEP_COLUMNS (names, with commas between) and KEEP_INTO (a path) set

It needs nothing but Python.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from datetime import datetime
from pathlib import Path


def setting(name: str) -> str:
    """A variable of the environment: a secret of the CI job, or a plain variable. It stands in no file."""
    value = os.environ.get(name, "")
    if not value:
        sys.exit(f"{name} is not set. Add it to the job's secrets or variables.")
    return value


def keep(text: str, exported_at: datetime | None = None) -> int:
    """Write the named columns, and when they were exported if that is known; how many rows. An old file stays whole
    until the new one is."""
    names = [name.strip() for name in setting("KEEP_COLUMNS").split(",")]
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=os.environ.get("KEEP_DELIMITER") or ",")
    absent = [name for name in names if name not in (rows.fieldnames or [])]
    if absent:
        sys.exit(f"The export has no column {', '.join(absent)}. Nothing was written.")
    path = Path(setting("KEEP_INTO"))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    when = [exported_at.isoformat()] if exported_at else []
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, *(["exported_at"] if when else [])])
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - how many there were
            writer.writerow([*(row[name] for name in names), *when])
    part.replace(path)
    return count


if __name__ == "__main__":
    print(f"{keep(Path(sys.argv[1]).read_text(encoding='utf-8'))} rows were written.")
