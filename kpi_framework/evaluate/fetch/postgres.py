"""PostgreSQL, by ADBC: rows come as Arrow, and Python never touches them."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self
from urllib.parse import quote, urlencode

from ...compile.dataset.pulling import Reading, Remote, RemoteColumn, literal, quoted
from .interface import CONNECT_SECONDS, Address, ArrowStream, FetchError, absent
from .snapshot import rows_of

_PORT = 5432
_STORED = {
    "int2": "BIGINT", "int4": "BIGINT", "int8": "BIGINT", "float4": "DOUBLE", "float8": "DOUBLE", "bool": "BOOLEAN",
    "date": "DATE", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ",
    "text": "VARCHAR", "varchar": "VARCHAR", "bpchar": "VARCHAR", "name": "VARCHAR",
}  # fmt: skip
"""What its types are in a snapshot; a column of any other is asked for as text."""
_MOST_DIGITS = 38
_COLUMNS = """
SELECT a.attname AS name, coalesce(b.typname, t.typname) AS kind,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS modifier
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
WHERE a.attrelid = pg_catalog.to_regclass({table}) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""


class PostgresSession:
    """One repeatable-read transaction: every table is seen at one moment, and nothing can be written."""

    dialect = "postgres"

    def __init__(self, address: Address, connection: Any) -> None:  # noqa: ANN401 - its library names no types
        self._address = address
        self._connection = connection
        self._cursor = connection.cursor()

    @classmethod
    def opened(cls, address: Address) -> Self:
        """A session at an address. Raises FetchError."""
        with absent("adbc-driver-postgresql", "postgres"):
            driver = importlib.import_module("adbc_driver_postgresql.dbapi")
        url = _with_settings(address)
        try:
            return cls(address, driver.connect(url))
        except driver.Error:
            raise (address.refused() if _answers(address) else address.unreachable()) from None

    def columns(self, table: str) -> Remote:
        """The columns of a table, a view or a materialized view."""

        name = literal(quoted(table, self.dialect), self.dialect)
        rows = rows_of(self.fetch(_COLUMNS.format(table=name)))
        return {str(name): _remote(str(kind), int(str(modifier))) for name, kind, modifier in rows}

    def fetch(self, statement: str) -> ArrowStream:
        """The rows as a stream."""
        with self._translated():
            self._cursor.execute(statement)
            stream: ArrowStream = self._cursor.fetch_arrow()
            return stream

    def close(self) -> None:
        """End the transaction."""
        for part in (self._cursor, self._connection):
            with suppress(Exception):  # it may be gone already, and everything is read
                part.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """A failure in our own words. Raises FetchError."""
        driver = importlib.import_module("adbc_driver_manager")
        try:
            yield
        except driver.Error as error:
            raise self._in_words(error.sqlstate or "") from None

    def _in_words(self, state: str) -> FetchError:
        match state:
            case "42501":
                return self._address.forbidden()
            case "42P01" | "42703" | "3F000":
                return self._address.changed()
            case "57014":
                return self._address.late()
            case "":
                return self._address.lost()
        return self._address.lost() if state.startswith(("57", "08")) else self._address.failed(state)


def _with_settings(address: Address) -> str:
    """The URL, with what makes its session read-only, consistent and bounded in time. Raises FetchError."""
    parts = address.parts
    settings = {
        "default_transaction_isolation": r"repeatable\ read", "default_transaction_read_only": "on",
        "statement_timeout": str(int(address.timeout * 1000)), "TimeZone": "UTC", "datestyle": "ISO",
    }  # fmt: skip
    own = address.options.get("options", "")
    flags = " ".join([own, *(f"-c {name}={value}" for name, value in settings.items())]).strip()
    options = {
        "connect_timeout": str(CONNECT_SECONDS), "application_name": "kpi pull", "tcp_user_timeout": "30000",
        **address.options, "options": flags,
    }  # fmt: skip
    return parts._replace(scheme="postgresql", query=urlencode(options, quote_via=quote)).geturl()


def _answers(address: Address) -> bool:
    """Whether anything listens where the address says: the driver tells it only in words of the user's language."""
    host = address.options.get("host") or address.parts.hostname or "localhost"
    if host.startswith("/"):
        return True
    with suppress(OSError), socket.create_connection((host, address.parts.port or _PORT), CONNECT_SECONDS):
        return True
    return False


def _remote(kind: str, modifier: int) -> RemoteColumn:
    """A column by the type it has; a number of fixed precision keeps it."""
    stored = _STORED.get(kind)
    if stored is not None:
        return RemoteColumn(stored)
    reading: Reading = "text"
    if kind == "numeric" and modifier > 0:
        digits, scale = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
        if digits <= _MOST_DIGITS and scale <= digits:
            return RemoteColumn(f"DECIMAL({digits}, {scale})", reading)
    return RemoteColumn("VARCHAR", reading)
