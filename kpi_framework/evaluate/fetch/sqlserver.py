"""SQL Server, by pymssql. No server of it was at hand: its tests run against a driver that is a stand-in."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any, Self

from ...compile.dataset.pulling import Remote, RemoteColumn, literal
from .interface import CONNECT_SECONDS, Address, FetchError, Rows, absent, batches, error_number

_PORT = 1433
_STORED = {
    "tinyint": "BIGINT", "smallint": "BIGINT", "int": "BIGINT", "bigint": "BIGINT", "bit": "BOOLEAN",
    "real": "DOUBLE", "float": "DOUBLE", "date": "DATE", "smalldatetime": "TIMESTAMP", "datetime": "TIMESTAMP",
    "datetime2": "TIMESTAMP", "char": "VARCHAR", "varchar": "VARCHAR", "nchar": "VARCHAR", "nvarchar": "VARCHAR",
    "money": "DECIMAL(19, 4)", "smallmoney": "DECIMAL(10, 4)",
}  # fmt: skip
_COLUMNS = (
    "SELECT COLUMN_NAME, LOWER(DATA_TYPE), NUMERIC_PRECISION, NUMERIC_SCALE FROM {catalog}INFORMATION_SCHEMA.COLUMNS "
    "WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table} ORDER BY ORDINAL_POSITION"
)
_REFUSED = {18456, 4060, 18452}
_FORBIDDEN = {229, 230, 916}
_CHANGED = {208, 207}
_LATE = {1222, 20003}
_UNREACHABLE = {20009, 20013, 20012, 20002}


class SqlServerSession:
    """One transaction under snapshot isolation, which the database has to allow."""

    dialect = "tsql"

    def __init__(self, address: Address, driver: ModuleType, connection: Any) -> None:  # noqa: ANN401 - untyped
        self._address = address
        self._driver = driver
        self._connection = connection

    @classmethod
    def opened(cls, address: Address) -> Self:
        """A session at an address. Raises FetchError."""
        with absent("pymssql", "sqlserver"):
            driver = importlib.import_module("pymssql")
        with _translated(driver, address):
            connection = driver.connect(
                server=address.parts.hostname or "localhost", port=str(address.parts.port or _PORT),
                user=address.user, password=address.password, database=address.database,
                timeout=max(1, round(address.timeout)), login_timeout=CONNECT_SECONDS, charset="UTF-8",
                appname="kpi pull", read_only=True, autocommit=True,
            )  # fmt: skip
            session = cls(address, driver, connection)
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
                cursor.execute("BEGIN TRANSACTION")
            return session

    def columns(self, table: str) -> Remote:
        """The columns of a table or view."""
        *outer, name = table.split(".")
        schema = outer[-1] if outer else "dbo"
        catalog = f"[{outer[0].replace(']', ']]')}]." if len(outer) > 1 else ""
        texts = {"schema": literal(schema, self.dialect), "table": literal(name, self.dialect)}
        query = _COLUMNS.format(catalog=catalog, **texts)
        return {
            str(name): _remote(str(kind), precision, scale)
            for rows in self.fetch(query)
            for name, kind, precision, scale in rows
        }

    def fetch(self, statement: str) -> Rows:
        """The rows, in batches."""
        with _translated(self._driver, self._address), self._connection.cursor() as cursor:
            cursor.execute(statement)
            yield from batches(cursor)

    def close(self) -> None:
        """End the session."""
        with suppress(Exception):  # it may be gone already, and everything is read
            self._connection.close()


def _remote(kind: str, precision: object, scale: object) -> RemoteColumn:
    """A column by the type it has; one with an offset is asked for in UTC, one of any other type as text."""
    if kind in ("decimal", "numeric"):
        return RemoteColumn(f"DECIMAL({precision}, {scale})")
    if kind == "datetimeoffset":
        return RemoteColumn("TIMESTAMPTZ", "utc")
    return RemoteColumn(_STORED[kind]) if kind in _STORED else RemoteColumn("VARCHAR", "text")


@contextmanager
def _translated(driver: ModuleType, address: Address) -> Iterator[None]:
    """A failure in our own words. Raises FetchError."""
    try:
        yield
    except driver.Error as error:
        raise _in_words(address, error_number(error)) from None
    except (OSError, UnicodeError, ValueError):
        raise address.lost() from None


def _in_words(address: Address, number: int) -> FetchError:
    if number in (3952, 3957):
        return FetchError(
            "the database does not allow snapshot isolation, by which all tables are seen at one moment",
            "Have it allowed there: ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON.",
        )
    answers = (
        (_REFUSED, address.refused), (_UNREACHABLE, address.unreachable), (_FORBIDDEN, address.forbidden),
        (_CHANGED, address.changed), (_LATE, address.late), ({0, 20004, 20006, 20047}, address.lost),
    )  # fmt: skip
    for numbers, answer in answers:
        if number in numbers:
            return answer()
    return address.failed(str(number))
