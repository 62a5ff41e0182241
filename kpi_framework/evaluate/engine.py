"""The engine, as the rest of the house knows it: something that runs SQL elsewhere and may fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

from ..model.diagnostic import KpiError
from ..model.record import Record, field

WORKER = Path(__file__).with_name("worker.py")
MAX_MESSAGE = 64 * 1024 * 1024

Plain = int | float | bool | str | None
Cell = Plain | list[Plain]
Row = tuple[Cell, ...]
Work = Callable[[], object]


class EngineError(Exception):
    """A statement failed: its kind, never the engine's words. `died` says that the worker is gone."""

    def __init__(self, kind: str, line: int | None = None, encoding: bool = False, died: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.line = line
        self.encoding = encoding
        self.died = died


class Engine(Protocol):
    """Runs SQL somewhere. Raises EngineError."""

    @property
    def name(self) -> str:
        """Its name and version."""

    @property
    def isolation(self) -> str:
        """What stands between it and this machine."""

    def run(self, statements: Sequence[str], meanwhile: Work | None = None) -> None:
        """Carry out statements; `meanwhile` is done on this side while they run."""

    def fetch(self, query: str) -> list[Row]:
        """All rows of a query."""

    def describe(self, query: str) -> dict[str, str]:
        """The columns of a query and their types."""

    def lock(self) -> None:
        """From here on, no file and no setting can be reached."""

    def close(self) -> None:
        """End it."""


class Limits(Record):
    """What a worker may take: seconds a statement, threads, memory."""

    deadline: float = 120.0
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    memory: str = "4GB"
    address_space: int = 16 * 1024**3


class DuckWorker:
    """DuckDB in a process of its own: isolated Python, empty environment, limits, a deadline that kills."""

    isolation = "process"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        cpu = int(limits.deadline * limits.threads * 4) + 10
        arguments = [str(cpu), str(limits.address_space), str(limits.threads), limits.memory]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own file, our own arguments
                [sys.executable, "-I", str(WORKER), *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=_environment(), text=True, encoding="utf-8",
            )  # fmt: skip
        except OSError as error:
            raise KpiError("the worker process does not start", str(error)) from error

    @cached_property
    def name(self) -> str:
        """The engine and its version, as the process said when it was ready."""
        try:
            return str(self._receive().get("engine", "duckdb"))
        except EngineError:
            return "duckdb"  # it never got ready: whatever it is asked will fail

    def run(self, statements: Sequence[str], meanwhile: Work | None = None) -> None:
        """Carry out statements. Raises EngineError."""
        self._ask({"run": list(statements)}, meanwhile)

    def fetch(self, query: str) -> list[Row]:
        """All rows of a query. Raises EngineError."""
        rows = self._ask({"fetch": query}).get("rows")
        return [_checked(row) for row in rows] if isinstance(rows, list) else []

    def describe(self, query: str) -> dict[str, str]:
        """The columns of a query and their types. Raises EngineError."""
        rows = self.fetch(f"DESCRIBE {query}")
        return {str(row[0]): str(row[1]) for row in rows}

    def lock(self) -> None:
        """Shut files, network and settings. Raises EngineError."""
        self._ask({"lock": True})

    def close(self) -> None:
        """End the process; the system takes its memory back while we go on."""
        self._process.kill()
        threading.Thread(target=self._process.wait, daemon=True).start()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close_quietly(pipe)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, request: dict[str, object], meanwhile: Work | None = None) -> dict[str, object]:
        assert self._process.stdin is not None, "the worker was started with a pipe"
        assert self.name, "what it said first is no answer"
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise EngineError("worker-died", died=True) from None
        if meanwhile is not None:
            meanwhile()
        reply = self._receive()
        if reply.get("ok") is not True:
            line = reply.get("line")
            kind = str(reply.get("kind", "error"))[:80]
            raise EngineError(kind, line if isinstance(line, int) else None, reply.get("encoding") is True)
        return reply

    def _receive(self) -> dict[str, object]:
        """One answer, or the worker's end at the deadline: SIGKILL, since interrupts miss what explodes."""
        assert self._process.stdout is not None, "the worker was started with a pipe"
        timer = threading.Timer(self._limits.deadline, self._process.kill)
        timer.start()
        try:
            text = self._process.stdout.readline(MAX_MESSAGE)
        finally:
            timer.cancel()
        try:
            reply = json.loads(text)
        except ValueError:
            raise EngineError("worker-died", died=True) from None
        return reply if isinstance(reply, dict) else {}


class Recorder:
    """An engine that notes what it runs, for people who want to see it."""

    def __init__(self, engine: Engine, statements: list[str]) -> None:
        self._engine = engine
        self.statements = statements
        self.name = engine.name
        self.isolation = engine.isolation

    def run(self, statements: Sequence[str], meanwhile: Work | None = None) -> None:
        """Note and carry out statements. Raises EngineError."""
        self.statements += statements
        self._engine.run(statements, meanwhile)

    def fetch(self, query: str) -> list[Row]:
        """Note a query and fetch it. Raises EngineError."""
        self.statements.append(query)
        return self._engine.fetch(query)

    def describe(self, query: str) -> dict[str, str]:
        """The columns of a query and their types. Raises EngineError."""
        return self._engine.describe(query)

    def lock(self) -> None:
        """Shut files, network and settings. Raises EngineError."""
        self._engine.lock()

    def close(self) -> None:
        """End it."""
        self._engine.close()


def _checked(row: object) -> Row:
    """A fetched row: plain cells, or nothing at all."""
    if not isinstance(row, list) or not all(_is_cell(c) for c in row):
        raise EngineError("malformed-answer")
    return tuple(row)


def _is_cell(cell: object) -> bool:
    cells = cell if isinstance(cell, list) else (cell,)
    return all(isinstance(c, int | float | str | None) for c in cells)


def _environment() -> dict[str, str]:
    """Empty, but for what Windows cannot start a process without."""
    return {k: v for k, v in os.environ.items() if os.name == "nt" and k.upper() == "SYSTEMROOT"}


def _close_quietly(pipe: IO[str]) -> None:
    try:
        pipe.close()
    except OSError:
        return
