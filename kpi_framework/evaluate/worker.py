"""The process that runs SQL: `python -I worker.py`, with an empty environment and its limits set first.

It speaks length-limited JSON lines over its pipes: a request a line, an answer a line. It imports nothing
of the package, so that it starts fast and holds nothing worth stealing. Engine errors leave it as a kind
and a line number only: engine text quotes data rows.
"""

from __future__ import annotations

import datetime
import decimal
import json
import math
import re
import sys
from typing import Any

import duckdb

MAX_MESSAGE = 64 * 1024 * 1024


def limit(cpu_seconds: int, memory_bytes: int) -> None:
    """Bound what this process may take: processor time, address space, files written (none), core dumps."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:  # pragma: no cover - the parent's deadline still holds
        return
    for name, value in (
        ("RLIMIT_CPU", cpu_seconds), ("RLIMIT_AS", memory_bytes), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0),
    ):  # fmt: skip
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))


def connect(threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    """A connection that installs, loads and spills nothing."""
    connection = duckdb.connect(":memory:", config={
        "threads": threads, "memory_limit": memory, "temp_directory": "", "autoinstall_known_extensions": False,
        "autoload_known_extensions": False, "allow_community_extensions": False,
        "allow_unsigned_extensions": False, "preserve_insertion_order": False,
    })  # fmt: skip
    connection.execute("SET TimeZone = 'UTC'")
    known = {name for (name,) in connection.execute("SELECT * FROM duckdb_optimizers()").fetchall()}
    connection.execute(f"SET disabled_optimizers = '{','.join(sorted(known.intersection(IDLE)))}'")
    return connection


IDLE = ("join_order", "grouping_sets")
"""Optimizers that take longer than they save: plans join and group as they are written. Not every version has both."""
LOCK = ("SET enable_external_access = false", "SET lock_configuration = true")


def plain(value: object) -> object:
    """One cell as JSON has it: a finite number, a boolean, a text, nothing, or a list of these."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [plain(cell) for cell in value]
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def answer(connection: duckdb.DuckDBPyConnection, request: dict[str, Any]) -> dict[str, object]:
    """Carry out one request."""
    for statement in request.get("run", ()):
        connection.execute(statement)
    if request.get("lock"):
        for statement in LOCK:
            connection.execute(statement)
    if "fetch" not in request:
        return {"ok": True}
    cursor = connection.execute(request["fetch"])
    names = [(column[0], str(column[1])) for column in cursor.description or ()]
    rows = [[plain(cell) for cell in row] for row in cursor.fetchall()]
    return {"ok": True, "columns": names, "rows": rows}


def failure(error: Exception) -> dict[str, object]:
    """An error without the engine's words: its kind, and the line of a file it names."""
    line = re.search(r"CSV Error on Line: (\d+)", str(error))
    encoding = "unicode" in str(error).lower() or "utf-8" in str(error).lower()
    return {
        "ok": False, "kind": type(error).__name__, "line": int(line[1]) if line else None,
        "encoding": encoding,
    }  # fmt: skip


def main() -> None:
    """Serve requests until the input ends."""
    cpu_seconds, memory_bytes, threads, memory = sys.argv[1:5]
    limit(int(cpu_seconds), int(memory_bytes))
    connection = connect(int(threads), memory)
    errors = (duckdb.Error, TypeError, MemoryError, OverflowError, ValueError)
    print(json.dumps({"ok": True, "engine": f"duckdb {duckdb.__version__}"}), flush=True)
    while line := sys.stdin.readline(MAX_MESSAGE):
        try:
            text = json.dumps(answer(connection, json.loads(line)))
            if len(text) > MAX_MESSAGE:
                raise OverflowError
        except errors as error:
            text = json.dumps(failure(error))
        print(text, flush=True)


if __name__ == "__main__":
    main()
