"""The engine of a command: its process gets ready while the command's own files are read."""

from __future__ import annotations

from contextlib import suppress

from ..evaluate.engine.duckdb import DuckWorker, WorkerLimits
from ..evaluate.engine.interface import Engine, EngineError

_ready: list[DuckWorker] = []


def start_early() -> None:
    """Start a worker before anybody asks for it; unused, it ends with this process."""
    with suppress(EngineError):  # who needs it will try again, and say so
        _ready.append(DuckWorker(WorkerLimits()))


def open_engine() -> Engine:
    """The worker that was started early, or a new one. Raises EngineError."""
    return _ready.pop() if _ready else DuckWorker(WorkerLimits())
