"""A stand-in for pymssql: its interface and its types, over SQLite, which reads names in square brackets too.

No server of SQL Server was at hand. It shows that what we send can be read, and that rows, errors and the end of a
session are dealt with; not that a server takes it.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import types
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from tests.pull.desks import Row

TYPES = (("number", "nvarchar"), ("opened_at", "datetime2"), ("closed_at", "datetime2"), ("prio", "nvarchar"),
         ("caller", "nvarchar"), ("cost", "decimal"), ("merged", "bit"), ("subject", "ntext"))  # fmt: skip


class Error(Exception):
    """The driver's."""


class Cursor:
    """Statements are noted, and run by SQLite where it knows them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def execute(self, statement: str) -> None:
        """Run it; a number in `fails` is raised in the driver's way, with words that hold a secret."""
        self._connection.statements.append(statement)
        if self._connection.fails and statement.startswith("SELECT ["):
            raise Error(self._connection.fails, b"CANARY: the text of the server")
        if statement.startswith(("SET ", "BEGIN ")):
            return
        known = re.sub(r"CAST\(('[^']*') AS DATETIME2\)", r"\1", statement).replace("NVARCHAR(MAX)", "TEXT")
        self._cursor = self._connection.base.execute(known.replace("VARCHAR(MAX)", "TEXT"))

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        """Rows with Python's types."""
        assert self._cursor is not None
        names = [column[0] for column in self._cursor.description]
        return [tuple(map(_typed, names, row)) for row in self._cursor.fetchmany(size)]


def _typed(name: str, cell: Any) -> Any:
    if cell is None:
        return None
    made: dict[str, Callable[[Any], Any]] = {
        "opened_at": dt.datetime.fromisoformat, "closed_at": dt.datetime.fromisoformat, "merged": bool,
        "cost": lambda c: Decimal(str(c)),
    }  # fmt: skip
    return made[name](cell) if name in made else cell


class Connection:
    """A database with one table."""

    def __init__(self, desk: Iterable[Row], fails: int) -> None:
        self.statements: list[str] = []
        self.options: dict[str, Any] = {}
        self.fails = fails
        self.base = sqlite3.connect(":memory:")
        self.base.execute("attach ':memory:' as INFORMATION_SCHEMA")
        self.base.execute("attach ':memory:' as desk")
        self.base.execute("create table INFORMATION_SCHEMA.COLUMNS (TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, "
                          "NUMERIC_PRECISION, NUMERIC_SCALE, ORDINAL_POSITION)")  # fmt: skip
        for place, (name, kind) in enumerate(TYPES):
            cells = ("desk", "tickets", name, kind, 12, 2, place)
            self.base.execute("insert into INFORMATION_SCHEMA.COLUMNS values (?, ?, ?, ?, ?, ?, ?)", cells)
        self.base.execute(f"create table desk.tickets ({', '.join(name for name, _ in TYPES)})")
        texts = [[str(c) if isinstance(c, dt.datetime) else c for c in row] for row in desk]
        self.base.executemany("insert into desk.tickets values (?, ?, ?, ?, ?, ?, ?, ?)", texts)

    def cursor(self) -> Cursor:
        """A cursor."""
        return Cursor(self)

    def close(self) -> None:
        """End it."""
        self.base.close()


class StandIn(types.ModuleType):
    """The module."""

    Error = Error

    def __init__(self, desk: Iterable[Row], fails: int = 0) -> None:
        super().__init__("pymssql")
        self.connection = Connection(desk, fails)

    def connect(self, **options: Any) -> Connection:
        """A connection; what it was asked for is noted."""
        self.connection.options = options
        return self.connection
