"""An engine that notes what another one runs."""

from __future__ import annotations

from collections.abc import Sequence

from .interface import Engine, Row


class Recorder:
    """An engine that notes what it runs, for people who want to see it."""

    def __init__(self, engine: Engine, statements: list[str]) -> None:
        self._engine = engine
        self.statements = statements

    @property
    def name(self) -> str:
        """Its name and version."""
        return self._engine.name

    @property
    def isolation(self) -> str:
        """What stands between it and this machine."""
        return self._engine.isolation

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked anything."""
        return self._engine.is_alive

    def admit(self, files: Sequence[str]) -> None:
        """Name all files that it may read."""
        self._engine.admit(files)

    def run(self, statements: Sequence[str]) -> None:
        """Note and carry out statements. Raises EngineError."""
        self.statements += statements
        self._engine.run(statements)

    def fetch(self, query: str) -> list[Row]:
        """Note a query and fetch it. Raises EngineError."""
        self.statements.append(query)
        return self._engine.fetch(query)

    def lock(self) -> None:
        """Shut files, network and settings. Raises EngineError."""
        self._engine.lock()

    def close(self) -> None:
        """End it."""
        self._engine.close()
