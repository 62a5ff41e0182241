"""Whatever goes wrong in a pull is one finding, and the snapshot before it stays with its manifest."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.projects import Ended, kpi
from tests.pull.desks import (
    KEY,
    SECRET_TEXT,
    environment,
    fill_mariadb,
    fill_postgres,
    fill_sqlite,
    measurements,
    project,
    pull,
    rows,
    table_source,
)
from tests.pull.servers import PASSWORD, Server, free_port

pytestmark = pytest.mark.usefixtures("engine_inside")

DESK = list(rows(120))
SLOW = "create or replace view desk.slow as select t.*, pg_sleep(0.05)::text as pause from desk.tickets t;"
KILLS = int(os.environ.get("KPI_PULL_KILLS", "12"))


def snapshot(folder: Path) -> tuple[bytes, bytes]:
    """The bytes of a snapshot and of its manifest."""
    path = folder / "data/tickets.parquet"
    return path.read_bytes(), path.with_name(f"{path.name}.manifest.json").read_bytes()


def is_pair(folder: Path) -> bool:
    """Whether the manifest is that of the file."""
    content, manifest = snapshot(folder)
    return bool(json.loads(manifest)["sha256"] == hashlib.sha256(content).hexdigest())


def assert_one_finding(ended: Ended) -> None:
    """One error, and no word of a driver in it."""
    assert ended.code == 1, ended.out + ended.err
    findings = ended.json["diagnostics"]
    assert [f["rule"] for f in findings] == ["source-unreadable"], findings
    assert ended.json["pulled"] == []
    assert_no_canary(ended.out + ended.err)


def assert_no_canary(text: str) -> None:
    """No secret, and nothing of a row, is in an output."""
    for secret in (PASSWORD, KEY, "reader", SECRET_TEXT, "user1@example.com"):
        assert secret not in text


@contextlib.contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Nothing but the snapshot and its manifest is in its folder, and both are what they were."""
    before = snapshot(folder)
    yield
    assert snapshot(folder) == before
    assert is_pair(folder)
    assert kpi(folder, "check", "--format", "json").json["measurements"]


@pytest.fixture
def of_postgres(postgres: Server, tmp_path: Path) -> Path:
    """A project with a snapshot of PostgreSQL."""
    fill_postgres(postgres, DESK)
    postgres.run("grant select on all tables in schema desk to reader;")
    folder = project(tmp_path / "p", table_source())
    assert pull(folder, postgres.url).code == 0
    return folder


@pytest.fixture
def of_mariadb(mariadb: Server, tmp_path: Path) -> Path:
    """A project with a snapshot of MariaDB."""
    fill_mariadb(mariadb, DESK)
    folder = project(tmp_path / "m", table_source())
    assert pull(folder, mariadb.url).code == 0
    return folder


ATTEMPTS = {
    "wrong password": lambda url: url.replace(PASSWORD, "canary-wrong"),
    "no such database": lambda url: url.rpartition("/")[0] + "/nowhere",
    "nobody listens": lambda url: url.replace(url.rpartition(":")[2].split("/")[0], str(free_port())),
    "no URL": lambda url: url.replace("://", " "),
    "an unknown scheme": lambda url: "ftp" + url[url.index("://") :],
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("engine", ["postgres", "mariadb"])
def test_who_cannot_connect_is_told_without_the_url(engine: str, attempt: str, request: pytest.FixtureRequest) -> None:
    """A wrong password, database, port or URL: one finding that names the variable alone."""
    folder: Path = request.getfixturevalue(f"of_{engine}")
    server: Server = request.getfixturevalue(engine)
    with unchanged(folder):
        ended = pull(folder, ATTEMPTS[attempt](server.url), "--format", "json")
    assert_one_finding(ended)
    assert "canary-wrong" not in ended.out
    assert "KPI_TICKETS_URL" in ended.out


@pytest.mark.parametrize("engine", ["postgres", "mariadb"])
def test_a_right_that_was_taken_away(engine: str, request: pytest.FixtureRequest) -> None:
    """One finding; the old snapshot stays."""
    folder: Path = request.getfixturevalue(f"of_{engine}")
    server: Server = request.getfixturevalue(engine)
    user, table = ("reader", "desk.tickets") if engine == "postgres" else ("reader@'%', reader@localhost", "desk.*")
    server.run(f"revoke select on {table} from {user};")  # noqa: S608 - no query
    try:
        with unchanged(folder):
            assert_one_finding(pull(folder, server.url, "--format", "json"))
    finally:
        for one in user.split(", "):
            server.run(f"grant select on {table} to {one};")


@pytest.mark.parametrize("engine", ["postgres", "mariadb"])
def test_a_column_that_was_dropped(engine: str, request: pytest.FixtureRequest) -> None:
    """One finding that names the column."""
    folder: Path = request.getfixturevalue(f"of_{engine}")
    server: Server = request.getfixturevalue(engine)
    server.run("alter table desk.tickets drop column prio;")
    with unchanged(folder):
        ended = pull(folder, server.url, "--format", "json")
    assert_one_finding(ended)
    assert "prio" in ended.json["diagnostics"][0]["message"]


def test_a_statement_that_takes_too_long_in_postgres(of_postgres: Path, postgres: Server) -> None:
    """The server ends it; the finding says how to give it more."""
    postgres.run(f"{SLOW} grant select on desk.slow to reader;")
    slow = "      level: {from: prio", "      pause: pause\n      level: {from: prio"
    project(of_postgres, table_source("desk.slow"), **{slow[0]: slow[1]})
    content = snapshot(of_postgres)
    ended = pull(of_postgres, postgres.url, "--timeout", "0.4", "--format", "json")
    assert_one_finding(ended)
    assert "--timeout" in ended.json["diagnostics"][0]["hint"]
    assert snapshot(of_postgres) == content


def test_a_statement_that_takes_too_long_in_mariadb(of_mariadb: Path, mariadb: Server) -> None:
    """The same."""
    mariadb.run("create or replace view desk.slow as select t.*, sleep(0.05) as pause from desk.tickets t;")
    project(of_mariadb, table_source("desk.slow"), **{"      level: {": "      pause: pause\n      level: {"})
    content = snapshot(of_mariadb)
    ended = pull(of_mariadb, mariadb.url, "--timeout", "0.4", "--format", "json")
    assert_one_finding(ended)
    assert "--timeout" in ended.json["diagnostics"][0]["hint"]
    assert snapshot(of_mariadb) == content


@pytest.mark.parametrize("engine", ["postgres", "mariadb"])
def test_a_server_that_dies_while_rows_come(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The connection ends in the middle: one finding, and no half snapshot."""
    folder: Path = request.getfixturevalue(f"of_{engine}")
    server: Server = request.getfixturevalue(engine)
    pause = SLOW if engine == "postgres" else (
        "create or replace view desk.slow as select t.*, sleep(0.02) as pause from desk.tickets t;"
    )  # fmt: skip
    server.run(pause + (" grant select on desk.slow to reader;" if engine == "postgres" else ""))
    project(folder, table_source("desk.slow"), **{"      level: {": "      pause: pause\n      level: {"})
    content = snapshot(folder)
    killing = threading.Timer(0.8, server.kill)
    killing.start()
    try:
        ended = pull(folder, server.url, "--format", "json")
    finally:
        killing.join()
        server.start()
    assert_one_finding(ended)
    assert snapshot(folder) == content


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no room for the rows: one finding, and the old snapshot."""
    fill_sqlite(tmp_path / "desk.db", DESK)
    folder = project(tmp_path, table_source("tickets"))
    assert pull(folder, "sqlite:///desk.db").code == 0

    def full(*_: object, **__: object) -> object:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(csv, "writer", full)
    with unchanged(folder):
        assert_one_finding(pull(folder, "sqlite:///desk.db", "--format", "json"))


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: limits of a process")
def test_a_process_that_may_write_no_more(tmp_path: Path) -> None:
    """The engine itself meets the end of the room: one finding, and the old snapshot."""
    fill_sqlite(tmp_path / "desk.db", list(rows(3000)))
    folder = project(tmp_path, table_source("tickets"))
    assert pull(folder, "sqlite:///desk.db").code == 0
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); sys.argv = ['kpi', 'pull', '--format', 'json']; "
        "from kpi_framework.cli.start import run; run()"
    )
    variables = {**os.environ, "KPI_TICKETS_URL": "sqlite:///desk.db", "KPI_PERSONAL_KEY": KEY}
    with unchanged(folder):
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=folder, env=variables, capture_output=True, check=False
        )
        assert_one_finding(Ended(done.returncode, done.stdout.decode(), done.stderr.decode()))


def test_a_pull_that_is_killed_at_any_instant(tmp_path: Path) -> None:
    """Killed at random instants, it leaves a snapshot and its own manifest: the old ones or the new ones.

    `kpi check` reads them, and the next pull goes through.
    """
    fill_sqlite(tmp_path / "desk.db", DESK)
    folder = project(tmp_path, table_source("tickets"))
    assert pull(folder, "sqlite:///desk.db").code == 0
    variables = {**os.environ, "KPI_TICKETS_URL": "sqlite:///desk.db", "KPI_PERSONAL_KEY": KEY}
    command = [sys.executable, "-m", "kpi_framework", "pull"]
    began = time.monotonic()
    subprocess.run(command, cwd=folder, env=variables, check=True, capture_output=True)
    whole = time.monotonic() - began
    draw = random.Random(14)  # noqa: S311 - instants, no secrets
    for _ in range(KILLS):
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(draw.uniform(whole * 0.5, whole * 1.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert is_pair(folder)
    assert measurements(folder)
    assert pull(folder, "sqlite:///desk.db").code == 0
    assert sorted(p.name for p in (folder / "data").iterdir()) == ["tickets.parquet", "tickets.parquet.manifest.json"]


@pytest.mark.parametrize("step", range(12))
def test_a_pull_that_ends_between_any_two_steps_of_its_commit(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rename and each sync may be the last thing that happens: what is left is read, and it is one pull's."""
    fill_sqlite(tmp_path / "desk.db", DESK)
    folder = project(tmp_path, table_source("tickets"))
    assert pull(folder, "sqlite:///desk.db").code == 0
    old = measurements(folder)
    fill_sqlite_again(folder / "desk.db")
    steps = iter(range(100))

    class Killed(BaseException):
        """The end of the process."""

    def counted(work: Callable[..., object]) -> Callable[..., object]:
        def until(*arguments: object, **options: object) -> object:
            if next(steps) == step:
                raise Killed
            return work(*arguments, **options)

        return until

    with monkeypatch.context() as patch, contextlib.suppress(Killed):
        patch.setattr(Path, "replace", counted(Path.replace))
        patch.setattr(os, "fsync", counted(os.fsync))
        pull(folder, "sqlite:///desk.db")
    left = measurements(folder)
    assert pull(folder, "sqlite:///desk.db").code == 0
    assert left in (old, measurements(folder))


def fill_sqlite_again(path: Path) -> None:
    """The same desk with more rows."""
    path.unlink()
    fill_sqlite(path, list(rows(150)))


def test_files_that_are_not_what_was_pulled_are_not_read(tmp_path: Path) -> None:
    """A snapshot that somebody edited, or one without its manifest: a finding, and every value is unknown."""
    fill_sqlite(tmp_path / "desk.db", DESK)
    folder = project(tmp_path, table_source("tickets"))
    assert pull(folder, "sqlite:///desk.db").code == 0
    path = folder / "data/tickets.parquet"
    manifest = path.with_name(f"{path.name}.manifest.json")
    content = path.read_bytes()
    for damage in (lambda: path.write_bytes(content + b"x"), lambda: manifest.write_text("{}"), manifest.unlink):
        damage()
        ended = kpi(folder, "check", "--format", "json")
        assert [f["rule"] for f in ended.json["diagnostics"] if f["severity"] == "error"] == ["source-unreadable"]
        assert {m["value"] for m in ended.json["measurements"]} == {None}


def test_check_opens_no_connection(tmp_path: Path, of_postgres: Path, postgres: Server) -> None:
    """Nothing connects, and no driver is imported: a check of a snapshot is offline, whatever the environment holds."""
    script = (
        "import sys\n"
        "def watch(event, arguments):\n"
        "    if event.startswith('socket.') and event not in ('socket.__new__',) or event == 'sqlite3.connect':\n"
        "        print('CONNECTED', event, file=sys.stderr)\n"
        "sys.addaudithook(watch)\n"
        "sys.argv = ['kpi', 'check', '--format', 'json']\n"
        "from kpi_framework.cli.start import run\n"
        "import atexit, os\n"
        "leave = os._exit\n"
        "def told(code):\n"
        "    names = {'adbc_driver_manager', 'pymysql', 'pymssql', 'obstore', 'sqlite3'} & sys.modules.keys()\n"
        "    print('IMPORTED', sorted(names), file=sys.stderr); sys.stderr.flush(); leave(code)\n"
        "os._exit = told\n"
        "run()\n"
    )
    variables = {**os.environ, "KPI_TICKETS_URL": postgres.url, "KPI_PERSONAL_KEY": KEY}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=of_postgres, env=variables, capture_output=True, check=False
    )
    error = done.stderr.decode()
    assert json.loads(done.stdout)["measurements"]
    assert "CONNECTED" not in error
    assert "IMPORTED []" in error


def test_a_hanging_server_does_not_hang_the_pull(tmp_path: Path) -> None:
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        folder = project(tmp_path, table_source())
        url = f"mysql://reader:{PASSWORD}@127.0.0.1:{port}/desk"
        closing = threading.Timer(1, close_first, [listening])
        closing.start()
        ended = pull(folder, url, "--format", "json")
        closing.join()
    assert_one_finding(ended)


def test_a_variable_that_is_not_set(tmp_path: Path) -> None:
    """The finding names it."""
    folder = project(tmp_path, table_source())
    with environment({"KPI_TICKETS_URL": ""}):
        ended = kpi(folder, "pull", "--format", "json")
    assert_one_finding(ended)
    assert "KPI_TICKETS_URL" in ended.out


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("postgresql://a:b@h/d", "adbc_driver_postgresql.dbapi", "postgres"), ("mysql://a:b@h/d", "pymysql", "mysql"),
        ("mssql://a:b@h/d", "pymssql", "sqlserver"),
    ],
)  # fmt: skip
def test_a_driver_that_is_not_installed(
    url: str, package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finding says what to install."""
    monkeypatch.setitem(sys.modules, package, None)
    ended = pull(project(tmp_path, table_source()), url, "--format", "json")
    assert_one_finding(ended)
    assert f"kpi-framework[{extra}]" in ended.json["diagnostics"][0]["hint"]


def close_first(listening: socket.socket) -> None:
    """Take a connection and end it without a word."""
    listening.accept()[0].close()
