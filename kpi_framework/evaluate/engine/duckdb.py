"""DuckDB, in a process of its own that is ended at its deadline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, NoReturn, Self

from ...model.record import Record, field
from .file_names import listed_folders
from .interface import EngineError, Row

WORKER = Path(__file__).with_name("worker.py")
MAX_MESSAGE = 64 * 1024 * 1024


class WorkerLimits(Record):
    """What a worker may take: seconds a statement and in all, threads, memory."""

    deadline: float = 120.0
    total: float = 1800.0
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    memory: str = "4GB"
    address_space: int = 16 * 1024**3


class DuckWorker:
    """DuckDB in a process of its own: isolated Python, empty environment, limits, a deadline that kills."""

    def __init__(self, limits: WorkerLimits) -> None:
        self._limits = limits
        self._is_told = self._is_late = False
        self._due: float | None = None
        self._watch: threading.Thread | None = None
        self._is_closed = threading.Event()
        cpu = int(limits.total * limits.threads) + 10
        arguments = [str(cpu), str(limits.address_space), str(limits.threads), limits.memory, str(os.getpid())]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own file, our own arguments
                [sys.executable, "-I", str(WORKER), *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=_environment(), text=True, encoding="utf-8",
            )  # fmt: skip
        except OSError:
            raise EngineError("worker-not-started", died=True) from None

    @property
    def name(self) -> str:
        """The engine and its version, as the process said when it was ready. Raises EngineError if it never was."""
        return str(self._greeting.get("engine", "duckdb"))

    @property
    def isolation(self) -> str:
        """A process of its own, and the walls that the kernel has for it. Raises EngineError."""
        walls = self._greeting.get("walls")
        return ", ".join(["process", *map(str, walls if isinstance(walls, list) else ())])

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    @cached_property
    def _greeting(self) -> dict[str, object]:
        """What the process says when it is ready. Raises EngineError."""
        self.admit(())
        return self._receive()

    def admit(self, files: Sequence[str]) -> None:
        """Name the files that it may read, each by its resolved path; only the first call counts."""
        if not self._is_told:
            self._is_told = True
            self._send({"files": list(files), "folders": sorted({f for name in files for f in listed_folders(name)})})

    def run(self, statements: Sequence[str]) -> None:
        """Carry out statements. Raises EngineError."""
        self._ask({"run": list(statements)})

    def fetch(self, query: str) -> list[Row]:
        """All rows of a query. Raises EngineError."""
        rows = self._ask({"fetch": query}).get("rows")
        if not isinstance(rows, list) or not all(map(_is_row, rows)):
            self._give_up()
        return list(map(tuple, rows))

    def lock(self) -> None:
        """Shut files, network and settings. Raises EngineError."""
        self._ask({"lock": True})

    def close(self) -> None:
        """End the process; the system takes its memory back while we go on."""
        self._is_closed.set()
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

    def _ask(self, request: dict[str, object]) -> dict[str, object]:
        assert self.name, "what it said first is no answer"
        self._send(request)
        reply = self._receive()
        if reply.get("ok") is not True:
            line = reply.get("line")
            kind = str(reply.get("kind", "error"))[:80]
            raise EngineError(kind, line if isinstance(line, int) else None, reply.get("encoding") is True)
        return reply

    def _send(self, request: dict[str, object]) -> None:
        assert self._process.stdin is not None, "the worker was started with a pipe"
        with self._in_time():
            try:
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()
            except (OSError, ValueError):  # ValueError: the pipe was closed with the process
                self._give_up()

    def _receive(self) -> dict[str, object]:
        """One answer."""
        assert self._process.stdout is not None, "the worker was started with a pipe"
        try:
            with self._in_time():
                text = self._process.stdout.readline(MAX_MESSAGE)
            reply = json.loads(text, parse_constant=_refused)
        except (OSError, ValueError, RecursionError):
            self._give_up()
        if not isinstance(reply, dict):
            self._give_up()
        return reply

    def _give_up(self) -> NoReturn:
        """End a worker that died, or gave an answer that is none: nobody knows what it would say next."""
        self._process.kill()
        raise EngineError("deadline" if self._is_late else "worker-died", died=True) from None

    def _end_late(self) -> None:
        """Kill the process once it is due. Nobody wakes this thread: what is begun while it waits is due later."""
        rest = self._limits.deadline
        while not self._is_closed.wait(rest):
            due = self._due
            rest = due - time.monotonic() if due is not None else self._limits.deadline
            if rest <= 0:
                self._is_late = True
                self._process.kill()
                return

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """At the deadline the process is killed: interrupts miss what explodes."""
        self._due = time.monotonic() + self._limits.deadline
        if self._watch is None:
            self._watch = threading.Thread(target=self._end_late, daemon=True)
            self._watch.start()
        try:
            yield
        finally:
            self._due = None


def _is_row(row: object) -> bool:
    """Whether it is a row of plain cells."""
    return isinstance(row, list) and all(map(_is_cell, row))


def _is_cell(cell: object) -> bool:
    cells = cell if isinstance(cell, list) else (cell,)
    return all(isinstance(c, int | float | str | None) for c in cells)


def _refused(constant: str) -> None:
    raise ValueError(constant)


def _environment() -> dict[str, str]:
    """Empty, but for what Windows cannot start a process without."""
    return {k: v for k, v in os.environ.items() if os.name == "nt" and k.upper() == "SYSTEMROOT"}


def _close_quietly(pipe: IO[str]) -> None:
    try:
        pipe.close()
    except OSError:
        return
