"""MySQL and MariaDB, by PyMySQL: rows come as the texts that the server sends, and nothing is made of them here."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any, Self

from ...compile.dataset.pulling import MOMENTS, Remote, RemoteColumn, literal
from .interface import CONNECT_SECONDS, Address, FetchError, Rows, absent, batches, error_number

_PORT = 3306
_WHOLE = ("tinyint", "smallint", "mediumint", "int", "bigint", "year")
_TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json", "time")
_BYTES = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob")
_STORED = {"float": "DOUBLE", "double": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "timestamp": "TIMESTAMPTZ"}
_MOST_DIGITS = 38
_COLUMNS = (
    "SELECT column_name, lower(data_type), lower(column_type), numeric_precision, numeric_scale "
    "FROM information_schema.columns WHERE table_schema = {schema} AND table_name = {table} ORDER BY ordinal_position"
)
_SNAPSHOT = (
    "SET SESSION time_zone = '+00:00'", "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)  # fmt: skip
_LIMITS = ("SET SESSION max_statement_time = {seconds}", "SET SESSION max_execution_time = {millis}")
"""How MariaDB and MySQL are told how long a statement may take: each knows one of the two."""
_LATE = {1969, 3024, 1205}
_LOST = {1927, 2006, 2013, 1053, 1077, 1079, 1080, 1317}
_FORBIDDEN = {1142, 1143, 1370, 1356}
_CHANGED = {1146, 1054, 1109, 1412}
_REFUSED = {1044, 1045, 1049, 1130, 1251, 1698, 2059}


class MySqlSession:
    """One repeatable-read, read-only transaction over all tables."""

    dialect = "mysql"

    def __init__(self, address: Address, driver: ModuleType, connection: Any) -> None:  # noqa: ANN401 - untyped
        self._address = address
        self._driver = driver
        self._connection = connection

    @classmethod
    def opened(cls, address: Address) -> Self:
        """A session at an address. Raises FetchError."""
        with absent("PyMySQL", "mysql"):
            driver = importlib.import_module("pymysql")
            encoders = importlib.import_module("pymysql.converters").encoders
            cursors = importlib.import_module("pymysql.cursors")
        with _translated(driver, address):
            connection = driver.connect(
                host=address.parts.hostname or "localhost", port=address.parts.port or _PORT, user=address.user,
                password=address.password, database=address.database or None, charset="utf8mb4",
                unix_socket=address.options.get("unix_socket"), ssl=_encryption(address), conv=dict(encoders),
                cursorclass=cursors.SSCursor, connect_timeout=CONNECT_SECONDS, local_infile=False,
                read_timeout=address.timeout + CONNECT_SECONDS, program_name="kpi pull",
            )  # fmt: skip
            session = cls(address, driver, connection)
            session._begin()
            return session

    def _begin(self) -> None:
        millis, seconds = int(self._address.timeout * 1000), self._address.timeout
        for limit in _LIMITS:
            with suppress(self._driver.err.OperationalError, self._driver.err.InternalError):
                self._run(limit.format(seconds=seconds, millis=millis))
        for statement in _SNAPSHOT:
            self._run(statement)

    def _run(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def columns(self, table: str) -> Remote:
        """The columns of a table or view."""
        schema, _, name = table.rpartition(".")
        within = literal(schema, self.dialect) if schema else "database()"
        query = _COLUMNS.format(schema=within, table=literal(name, self.dialect))
        return {str(row[0]): _remote(row) for rows in self.fetch(query) for row in rows}

    def fetch(self, statement: str) -> Rows:
        """The rows as the server sends them, in batches."""
        with _translated(self._driver, self._address), self._connection.cursor() as cursor:
            cursor.execute(statement)
            yield from batches(cursor)

    def close(self) -> None:
        """End the connection; what is still on its way is not waited for."""
        with suppress(Exception):  # it may be gone already, and everything is read
            self._connection._force_close()


def _encryption(address: Address) -> Any:  # noqa: ANN401 - what the driver takes
    """What encrypts the connection: `?ssl_ca=FILE`, whose certificates are believed; or `?ssl=true`, the system's."""
    if file := address.options.get("ssl_ca"):
        return {"ca": file, "check_hostname": True}
    if address.options.get("ssl", "").lower() in ("1", "true", "required"):
        return importlib.import_module("ssl").create_default_context()
    return None


@contextmanager
def _translated(driver: ModuleType, address: Address) -> Iterator[None]:
    """A failure in our own words. Raises FetchError."""
    try:
        yield
    except driver.err.MySQLError as error:
        raise _in_words(address, error_number(error), is_late="timed out" in str(error.args[-1:])) from None
    except (OSError, UnicodeError, ValueError, RuntimeError):
        raise address.lost() from None


def _in_words(address: Address, number: int, *, is_late: bool) -> FetchError:
    if number in _LATE or (number in _LOST and is_late):
        return address.late()
    if number in _REFUSED:
        return address.refused()
    if number in (2002, 2003, 2005):
        return address.unreachable()
    if number in _FORBIDDEN:
        return address.forbidden()
    if number in _CHANGED:
        return address.changed()
    return address.lost() if number in _LOST or not number else address.failed(str(number))


def _remote(row: Sequence[object]) -> RemoteColumn:
    """A column by the type it has. A flag is a number, as in an export: a column of `tinyint(1)` may hold a 5."""
    _, kind, written, precision, scale = (str(cell) if cell is not None else "" for cell in row)
    if kind in _WHOLE:
        return RemoteColumn("UBIGINT" if "unsigned" in written and kind == "bigint" else "BIGINT")
    if kind == "bit":
        return RemoteColumn("BIGINT", "number")
    if kind == "decimal" and re.fullmatch(r"\d+", precision) and int(precision) <= _MOST_DIGITS:
        return RemoteColumn(f"DECIMAL({precision}, {scale or 0})")
    if kind in _BYTES:
        return RemoteColumn("VARCHAR", "hex")
    if kind in _STORED:
        return RemoteColumn(_STORED[kind], may_be_no_day=_STORED[kind] in MOMENTS)
    return RemoteColumn("VARCHAR", "plain" if kind in _TEXTS else "text")
