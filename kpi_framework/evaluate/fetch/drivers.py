"""A connection's URL → a session of the database that it names; each driver is imported when it is first needed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import cast

from .interface import Address, Database, FetchError

_SQLITE = ("kpi_framework.evaluate.fetch.sqlite", "SqliteFile")
_POSTGRES = ("kpi_framework.evaluate.fetch.postgres", "PostgresSession")
_MYSQL = ("kpi_framework.evaluate.fetch.mysql", "MySqlSession")
_SQL_SERVER = ("kpi_framework.evaluate.fetch.sqlserver", "SqlServerSession")
DATABASES: Mapping[str, tuple[str, str]] = {
    "postgresql": _POSTGRES, "postgres": _POSTGRES, "mysql": _MYSQL, "mariadb": _MYSQL, "mssql": _SQL_SERVER,
    "sqlserver": _SQL_SERVER, "sqlite": _SQLITE,
}  # fmt: skip
"""The schemes of databases, and who opens them."""
BUCKETS = ("s3", "gs", "az")
"""The schemes of buckets."""


def open_database(address: Address) -> Database:
    """A session. Raises FetchError."""
    scheme = address.parts.scheme
    if scheme in BUCKETS:
        raise FetchError(
            f"{address.variable} holds the URL of a bucket, but the source names a table", "Write `path:` for a bucket."
        )
    if scheme not in DATABASES:
        raise address.malformed()
    module, name = DATABASES[scheme]
    return cast(Database, getattr(importlib.import_module(module), name).opened(address))
