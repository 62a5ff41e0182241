"""How long a pull takes beside its driver's own read, and its memory: python -m benchmarks.pull [--rows N] [--runs N].

Hashing people is measured apart: HMAC-SHA-256 of every cell is work that no read has.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.pull.desks import project, table_source
from tests.pull.servers import Server, mariadb, postgres

MOST_TIMES, MOST_MEGABYTES = 2.0, 300
_COLUMNS = "number, opened_at, closed_at, prio, caller, cost, merged"
_BY_ADBC = f"""
import sys, adbc_driver_postgresql.dbapi as driver, duckdb
cursor = driver.connect(sys.argv[1]).cursor()
cursor.execute("select {_COLUMNS.replace("cost", "cost::text")} from desk.tickets")
rows = cursor.fetch_arrow()
duckdb.sql("select count(*), " + ", ".join("max(" + c + ")" for c in "{_COLUMNS}".split(", ")) + " from rows").fetchall()
import os; os._exit(0)
"""
_BY_PYMYSQL = f"""
import sys, pymysql
from pymysql.cursors import SSCursor
from urllib.parse import urlsplit
at = urlsplit(sys.argv[1])
cursor = pymysql.connect(host=at.hostname, port=at.port, user=at.username, password=at.password, database="desk",
                         cursorclass=SSCursor).cursor()
cursor.execute("select {_COLUMNS} from tickets")
while cursor.fetchmany(5000):
    pass
"""
_BY_SQLITE = f"""
import sys, sqlite3
cursor = sqlite3.connect(sys.argv[1].removeprefix("sqlite:///")).execute("select {_COLUMNS} from tickets")
while cursor.fetchmany(5000):
    pass
"""


def fill_postgres(server: Server, rows: int) -> None:
    """Tickets of three years."""
    server.run(f"""create table desk.tickets as select 'T' || i as number,
        timestamp '2023-01-01' + (i * 18 || ' seconds')::interval as opened_at,
        case when i % 5 > 0 then timestamp '2023-01-02' + (i * 18 || ' seconds')::interval end as closed_at,
        (array['low', 'high', 'critical'])[1 + i % 3] as prio, 'user' || i % 5000 || '@example.com' as caller,
        (i % 10000 / 7.0)::numeric(12, 2) as cost, i % 9 = 0 as merged from generate_series(1, {rows}) i;
        grant select on desk.tickets to reader; analyze desk.tickets;""")


def fill_mariadb(server: Server, rows: int) -> None:
    """The same."""
    server.run(f"""use desk; create table tickets as select concat('T', seq) as number,
        timestamp '2023-01-01 00:00:00' + interval seq * 18 second as opened_at,
        if(seq % 5 > 0, timestamp '2023-01-02 00:00:00' + interval seq * 18 second, null) as closed_at,
        elt(1 + seq % 3, 'low', 'high', 'critical') as prio, concat('user', seq % 5000, '@example.com') as caller,
        cast(seq % 10000 / 7 as decimal(12, 2)) as cost, seq % 9 = 0 as merged from seq_1_to_{rows};""")


@contextmanager
def sqlite(rows: int) -> Iterator[str]:
    """A file with the same."""
    import sqlite3  # noqa: PLC0415 - only this one needs it

    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(f"{folder}/desk.db")
        connection.execute(f"""create table tickets as with recursive n(i) as
            (select 1 union all select i + 1 from n limit {rows})
            select 'T' || i as number, datetime('2023-01-01', '+' || i * 18 || ' seconds') as opened_at,
            case when i % 5 > 0 then datetime('2023-01-02', '+' || i * 18 || ' seconds') end as closed_at,
            case i % 3 when 0 then 'low' when 1 then 'high' else 'critical' end as prio,
            'user' || i % 5000 || '@example.com' as caller, round(i % 10000 / 7.0, 2) as cost, i % 9 = 0 as merged
            from n""")
        connection.commit()
        connection.close()
        yield f"sqlite:///{folder}/desk.db"


def measured(command: list[str], folder: Path, url: str) -> tuple[float, float]:
    """Seconds, and the largest memory of the process in megabytes."""
    variables = {**os.environ, "KPI_TICKETS_URL": url, "KPI_PERSONAL_KEY": "key"}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=variables, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def compared(engine: str, url: str, script: str, table: str, runs: int) -> bool:
    """Print the driver's own read, the pull, their ratio, the memory of the pull; then the same with people hashed."""
    kept = True
    for personal, says in ((": caller", ""), (": {from: caller, personal: true}", ", one column hashed")):
        parts = {"    complete_from: 2026-01-01\n": "", ": {from: caller, personal: true}": personal}
        with tempfile.TemporaryDirectory() as name:
            folder = project(Path(name), table_source(table), **parts)
            (folder / "kpi.yaml").write_text((folder / "kpi.yaml").read_text().replace("requester", "person"))
            reads, pulls = [], []
            for _ in range(runs):
                reads.append(measured([sys.executable, "-c", script, url], folder, url))
                pulls.append(measured([sys.executable, "-m", "kpi_framework", "pull"], folder, url))
        read, pull = (statistics.median(seconds for seconds, _ in runs) for runs in (reads, pulls))
        memory = max(megabytes for _, megabytes in pulls)
        holds = memory <= MOST_MEGABYTES and (pull <= MOST_TIMES * read or bool(says))
        print(f"{engine + says:32} read {read:6.1f} s  pull {pull:6.1f} s  {pull / read:5.2f} times  "
              f"{memory:4.0f} MB  {'✓' if holds else '✗'}", flush=True)  # fmt: skip
        kept &= holds
    return kept


def of_postgres(rows: int, runs: int) -> bool:
    """PostgreSQL."""
    with postgres() as server:
        fill_postgres(server, rows)
        return compared("PostgreSQL", server.url, _BY_ADBC, "desk.tickets", runs)


def of_mariadb(rows: int, runs: int) -> bool:
    """MariaDB."""
    with mariadb() as server:
        fill_mariadb(server, rows)
        return compared("MariaDB", server.url, _BY_PYMYSQL, "tickets", runs)


def of_sqlite(rows: int, runs: int) -> bool:
    """SQLite."""
    with sqlite(rows) as url:
        return compared("SQLite", url, _BY_SQLITE, "tickets", runs)


ENGINES: dict[str, Callable[[int, int], bool]] = {"postgres": of_postgres, "mariadb": of_mariadb, "sqlite": of_sqlite}


def main() -> None:
    """Measure; exit 1 where a promise is not kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=5_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--only", choices=ENGINES)
    chosen = options.parse_args()
    kept = [measure(chosen.rows, chosen.runs) for name, measure in ENGINES.items() if chosen.only in (None, name)]
    raise SystemExit(not all(kept))


if __name__ == "__main__":
    main()
