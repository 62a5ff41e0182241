"""SQLite files, by Python's own library."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote

from ...compile.dataset.pulling import Remote, RemoteColumn
from .interface import Address, FetchError, Rows, batches

_STEPS = 10_000
"""So many of its own steps SQLite takes between two looks at the clock."""


class SqliteFile:
    """A file that is read in one transaction: what others write meanwhile is not seen."""

    dialect = "sqlite"

    def __init__(self, address: Address, connection: sqlite3.Connection) -> None:
        self._address = address
        self._connection = connection
        self._until = 0.0

    @classmethod
    def opened(cls, address: Address) -> Self:
        """The file of an address, which nothing is written to. Raises FetchError."""
        path = _file(address)
        with _translated(address):
            connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=address.timeout)
            session = cls(address, connection)
            connection.isolation_level = None
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            connection.set_progress_handler(session._is_late, _STEPS)
            return session

    def columns(self, table: str) -> Remote:
        """The columns, all as text: a column of SQLite may hold anything. No text is an empty one, as in a CSV file."""
        schema, _, name = table.rpartition(".")
        with self._timed():
            query = "SELECT name FROM pragma_table_info(?, ?)"
            rows = self._connection.execute(query, (name, schema or "main")).fetchall()
        return {str(name): RemoteColumn(reading="filled") for (name,) in rows}

    def fetch(self, statement: str) -> Rows:
        """The rows, in batches."""
        with self._timed():
            yield from batches(self._connection.execute(statement))

    def close(self) -> None:
        """End the transaction."""
        self._connection.close()

    def _is_late(self) -> bool:
        return time.monotonic() > self._until

    @contextmanager
    def _timed(self) -> Iterator[None]:
        self._until = time.monotonic() + self._address.timeout
        with _translated(self._address):
            yield


def _file(address: Address) -> Path:
    """The file: one that kpi.yaml names lies in the project or a folder that may be read. Raises FetchError."""
    path = address.root / unquote(address.url.removeprefix("sqlite:///"))
    resolved = path.resolve()
    fences = [folder.resolve() for folder in (address.root, *address.allowed)]
    if not address.is_trusted and not any(resolved.is_relative_to(fence) for fence in fences):
        raise FetchError(
            "the SQLite file is outside the repository", "Move it inside, or allow its folder with --allow-path."
        )
    if not address.url.startswith("sqlite:///") or not path.is_file():
        raise FetchError(
            f"there is no SQLite file at the path in {address.variable}",
            "Write sqlite:///data/desk.db for a file in the project, and sqlite:////srv/desk.db for any other.",
        )
    return resolved


@contextmanager
def _translated(address: Address) -> Iterator[None]:
    """A failure in our own words. Raises FetchError."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_INTERRUPT", "SQLITE_BUSY")):
            raise address.late() from None
        if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise FetchError(
                f"the file at the path in {address.variable} is not a readable SQLite file", "Check the path."
            ) from None
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_IOERR")):
            raise FetchError(
                f"the SQLite file at the path in {address.variable} cannot be read", "Check its permissions."
            ) from None
        raise address.failed() from None
