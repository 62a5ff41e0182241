"""Real servers for the tests: PostgreSQL, MariaDB, and one that speaks the protocol of S3; each in a folder of its own.

Debian has the databases (postgresql, mariadb-server); `make servers` puts moto into an environment of its own, since it
brings sixty packages that the tests have no other use for.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOTO = ROOT / ".servers" / "bin" / "moto_server"
PATIENCE = 60.0
PASSWORD = "canary-of-the-server"  # noqa: S105 - of a server that lives for a minute


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that a server's own user can reach; pytest's are closed to everybody but root."""
    folder = Path(tempfile.mkdtemp(prefix="kpi-server-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(is_ready: Callable[[], bool]) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + PATIENCE
    while not is_ready():
        assert time.monotonic() < until, "the server does not answer"
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether anything listens on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def end(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """End a process that was started here, and wait for it."""
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
    if process.poll() is None:
        process.kill()
        process.wait(20)


@dataclass
class Server:
    """A running server: its URL for a reader, and how SQL is run there by its owner."""

    folder: Path
    port: int
    url: str
    command: list[str]
    client: list[str]
    process: subprocess.Popen[bytes] | None = None
    stop: int = signal.SIGTERM

    def start(self) -> None:
        """Start it, again if it was killed."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        wait_for(lambda: answers(self.port) and (not self.client or self.is_ready()))

    def is_ready(self) -> bool:
        """Whether it runs statements."""
        return subprocess.run([*self.client, "-e" if "mariadb" in self.client[0] else "-c", "select 1"],
                              capture_output=True, check=False).returncode == 0  # fmt: skip

    def run(self, sql: str) -> str:
        """Run statements as the owner; the answer is what they print."""
        done = subprocess.run(self.client, input=sql.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def kill(self) -> None:
        """End it as a lost power supply would."""
        assert self.process is not None
        end(self.process, signal.SIGKILL if self.stop == signal.SIGTERM else signal.SIGQUIT)


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """A server that is started and ended."""
    server.start()
    try:
        yield server
    finally:
        assert server.process is not None
        end(server.process, server.stop)


def _program(pattern: str) -> str:
    """The newest program of a name; the test is skipped where there is none."""
    paths = sorted(glob.glob(pattern))  # noqa: PTH207 - an absolute pattern
    if not paths:
        pytest.skip(f"needs {Path(pattern).name}: see CONTRIBUTING.md")
    return paths[-1]


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """PostgreSQL, which refuses to run as root: it has a user of its own."""
    binaries = Path(_program("/usr/lib/postgresql/*/bin/initdb")).parent
    with open_folder() as folder:
        user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        data, port = folder / "data", free_port()
        initial = [*user, str(binaries / "initdb"), "-D", str(data), "-U", "owner", "-A", "trust", "--no-sync"]
        subprocess.run(initial, check=True, capture_output=True)
        (data / "pg_hba.conf").write_text("local all all trust\nhost all owner all trust\nhost all all all md5\n")
        settings = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "password_encryption=md5"]
        command = [*user, str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder), *settings]
        client = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "owner", "-d", "postgres", "-qAtX",
                  "-v", "ON_ERROR_STOP=1"]  # fmt: skip
        url = f"postgresql://reader:{PASSWORD}@127.0.0.1:{port}/postgres"
        with running(Server(folder, port, url, command, client, stop=signal.SIGINT)) as server:
            server.run(f"create role reader login password '{PASSWORD}'; create schema desk; "
                       "grant usage on schema desk to reader; "
                       "alter default privileges in schema desk grant select on tables to reader;")  # fmt: skip
            yield server


@contextlib.contextmanager
def mariadb() -> Iterator[Server]:
    """MariaDB, or MySQL."""
    program = _program("/usr/sbin/mariadbd")
    with open_folder() as folder:
        data, port, sock = folder / "data", free_port(), folder / "socket"
        owner = ["--user=root"] if os.geteuid() == 0 else []
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={data}", *owner, "--skip-test-db",
             "--auth-root-authentication-method=normal"],
            capture_output=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout.decode() + made.stderr.decode()
        command = [program, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1", *owner,
                   f"--socket={sock}", f"--pid-file={folder / 'pid'}", "--sql-mode=",
                   "--innodb-flush-log-at-trx-commit=0"]  # fmt: skip
        client = ["mariadb", "--no-defaults", "-uroot", "-S", str(sock), "-N", "-B", "--default-character-set=utf8mb4"]
        url = f"mysql://reader:{PASSWORD}@127.0.0.1:{port}/desk"
        with running(Server(folder, port, url, command, client)) as server:
            server.run("create database desk character set utf8mb4;")
            for place in ("'%'", "localhost"):
                server.run(f"create user reader@{place} identified by '{PASSWORD}';")
                server.run(f"grant select on desk.* to reader@{place};")
            yield server


_BINARY = {"Content-Type": "application/octet-stream"}


@dataclass
class Bucket:
    """A bucket of a server that speaks the protocol of S3."""

    server: Server
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """What `kpi pull` is given."""
        return f"s3://desk?endpoint=http://127.0.0.1:{self.server.port}&region=us-east-1"

    def put(self, name: str, content: bytes) -> None:
        """Write a file."""
        place = f"http://127.0.0.1:{self.server.port}/desk/{name}".rstrip("/")
        request = urllib.request.Request(place, data=content, method="PUT", headers=_BINARY)  # noqa: S310 - our own server
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - the same


@contextlib.contextmanager
def bucket() -> Iterator[Bucket]:
    """A bucket called desk."""
    if not MOTO.exists():
        pytest.skip("needs moto: make servers")
    with open_folder() as folder:
        port = free_port()
        command = [str(MOTO.with_name("python")), str(MOTO), "-H", "127.0.0.1", "-p", str(port)]
        keys = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": PASSWORD}
        with running(Server(folder, port, "", command, [])) as server:
            place = Bucket(server, keys)
            place.put("", b"")
            yield place


if sys.platform == "win32":  # pragma: no cover
    pytest.skip("needs servers of Unix", allow_module_level=True)
