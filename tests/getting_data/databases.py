"""Private servers of MariaDB and PostgreSQL, each in a folder of a test, reached by their own command-line clients."""

from __future__ import annotations

import csv
import io
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

Row = dict[str, str | None]
LITERAL = str | int | bool | None


@dataclass(frozen=True)
class Server:
    """A server that listens on this machine alone."""

    command: Sequence[str]
    port: int
    scheme: str
    first: str
    """The database that is there from the beginning."""

    def run(self, statements: str, database: str) -> str:
        """What its client prints for SQL; a wrong statement fails."""
        words = [*self.command, database]
        done = subprocess.run(words, input=statements, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, statement: str, database: str) -> list[Row]:
        """The rows of a query as texts, NULL as None."""
        separator, nothing = ("\t", "NULL") if self.scheme == "mysql" else (",", "\\N")
        reader = csv.DictReader(io.StringIO(self.run(f"{statement};", database)), delimiter=separator)
        return [{name: None if value == nothing else value for name, value in row.items()} for row in reader]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def tool(name: str) -> str:
    """The path of a server's program; the test is skipped where it is not installed."""
    folders = [os.environ.get("PATH", ""), "/usr/sbin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))]
    path = shutil.which(name, path=os.pathsep.join(folders))
    if path is None:
        pytest.skip(f"{name} is not installed: MariaDB's and PostgreSQL's servers are needed")
    return path


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


def _waits(process: subprocess.Popen[bytes], ready: Sequence[str]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server has ended"
        if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


@contextmanager
def mariadb(folder: Path) -> Iterator[Server]:
    """A MariaDB whose own zone is two hours east: what depends on it shows."""
    installs, serves, client = tool("mariadb-install-db"), tool("mariadbd"), tool("mariadb")
    place, port = f"--datadir={folder / 'files'}", free_port()
    user = ["--user=root"] if os.geteuid() == 0 else []
    words = [installs, "--no-defaults", *user, place, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(words, check=True, capture_output=True)
    options = [
        "--bind-address=127.0.0.1",
        f"--port={port}",
        f"--socket={folder / 'socket'}",
        "--default-time-zone=+02:00",
    ]
    process = subprocess.Popen(
        [serves, "--no-defaults", *user, place, *options, f"--pid-file={folder / 'pid'}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    command = [client, "--no-defaults", f"--socket={folder / 'socket'}", "--user=root", "--batch", "--raw"]
    try:
        _waits(process, [*command, "--execute=select 1"])
        yield Server([*command, "--init-command=set time_zone = '+00:00'"], port, "mysql", "mysql")
    finally:
        process.terminate()
        process.wait()


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """A PostgreSQL; it refuses to run as root, so there it runs as the user that its package makes."""
    makes, serves, client = tool("initdb"), tool("postgres"), tool("psql")
    port, files = free_port(), folder / "files"
    other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if other:
        for parent in (folder, *folder.parents[:3]):
            parent.chmod(0o755)
        shutil.chown(folder, "postgres", "postgres")
    words = [*other, makes, "-D", str(files), "-A", "trust", "-U", "root", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run(words, check=True, capture_output=True, cwd="/")
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    process = subprocess.Popen(
        [*other, serves, "-D", str(files), *options], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = [client, "-h", "127.0.0.1", "-p", str(port), "-U", "root", "-q", "--csv", "-P", "null=\\N"]
    command = [*base, "-v", "ON_ERROR_STOP=1", "-f", "-", "-d"]
    try:
        _waits(process, [*base, "-c", "select 1", "postgres"])
        yield Server(command, port, "postgresql", "postgres")
    finally:
        process.terminate()
        process.wait()
