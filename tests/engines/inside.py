"""DuckDB in the test's own process: what the worker runs, without the worker.

A test of what a command computes, prints or writes needs no process of its own for the SQL: to start one costs more
than most such tests. The connection, the answers and the errors are made by the worker's own functions and pass as the
same JSON. What is left out (the process, its walls, its deadline) is tried beside this file, in tests/hostile, and
wherever a module does not ask for the fixture `engine_inside`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import duckdb

from kpi_framework.evaluate.engine import worker
from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.evaluate.engine.interface import EngineError, Row

ERRORS = (duckdb.Error, TypeError, MemoryError, OverflowError, ValueError)


class InsideEngine:
    """An engine in this process."""

    def __init__(self, limits: WorkerLimits) -> None:
        self._connection = worker.connect(limits.threads, limits.memory)
        self.is_alive = True

    name = f"duckdb {duckdb.__version__}"
    isolation = "none: the process of a test"

    def admit(self, files: Sequence[str]) -> None:
        """Nothing is kept from it."""

    def run(self, statements: Sequence[str]) -> None:
        """Carry out statements. Raises EngineError."""
        self._ask({"run": list(statements)})

    def fetch(self, query: str) -> list[Row]:
        """All rows of a query. Raises EngineError."""
        rows: list[list[str | float | None]] = self._ask({"fetch": query})["rows"]
        return list(map(tuple, rows))

    def lock(self) -> None:
        """Shut files and settings, as far as DuckDB itself does it."""
        self._ask({"run": worker.LOCK})

    def close(self) -> None:
        """End it."""
        self.is_alive = False
        self._connection.close()

    def _ask(self, request: dict[str, object]) -> dict[str, list[list[str | float | None]]]:
        try:
            answer: dict[str, list[list[str | float | None]]] = json.loads(
                json.dumps(worker.answer(self._connection, request))
            )
        except ERRORS as error:
            reply = worker.failure(error)
            line = reply["line"]
            kind = str(reply["kind"])
            raise EngineError(kind, line if isinstance(line, int) else None, reply["encoding"] is True) from None
        return answer
