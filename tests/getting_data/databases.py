"""The servers of MariaDB and PostgreSQL as the tests of views ask them: by their own clients, rows as texts."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.pull import servers

Row = dict[str, str | None]
LITERAL = str | int | bool | None


@dataclass(frozen=True)
class Database:
    """A server, and its client without the name of a database."""

    scheme: str
    port: int
    client: Sequence[str]
    first: str
    """The database that is there from the beginning."""

    def run(self, statements: str, database: str) -> str:
        """What its client prints for SQL; a wrong statement fails."""
        words = [*self.client, database]
        done = subprocess.run(words, input=statements, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, statement: str, database: str) -> list[Row]:
        """The rows of a query as texts, NULL as None."""
        separator, nothing = ("\t", "NULL") if self.scheme == "mysql" else (",", "\\N")
        reader = csv.DictReader(io.StringIO(self.run(f"{statement};", database)), delimiter=separator)
        return [{name: None if value == nothing else value for name, value in row.items()} for row in reader]


def insert(table: str, **values: LITERAL) -> str:
    """An INSERT with literals."""
    texts = [literal(value) for value in values.values()]
    return f"insert into {table} ({', '.join(values)}) values ({', '.join(texts)});\n"


def literal(value: LITERAL) -> str:
    """A value as SQL."""
    if value is None:
        return "null"
    if isinstance(value, bool | int):
        return str(value).lower()
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def mariadb() -> Iterator[Database]:
    """A MariaDB whose own zone is two hours east: what depends on it shows."""
    with servers.mariadb() as server:
        server.run("set global time_zone = '+02:00';")
        client = ["mariadb", "--no-defaults", "-uroot", "-S", str(server.folder / "socket"), "--batch", "--raw"]
        yield Database("mysql", server.port, [*client, "--init-command=set time_zone = '+00:00'"], "mysql")


@contextmanager
def postgresql() -> Iterator[Database]:
    """A PostgreSQL."""
    with servers.postgres() as server:
        client = ["psql", "-h", "127.0.0.1", "-p", str(server.port), "-U", "owner", "-qX", "--csv", "-P", "null=\\N"]
        yield Database("postgresql", server.port, [*client, "-v", "ON_ERROR_STOP=1", "-d"], "postgres")
