"""One desk's tickets, in every place that they can be pulled from, and a project over each."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cli.projects import Ended, kpi
from tests.pull.servers import Server

COLUMNS = ("number", "opened_at", "closed_at", "prio", "caller", "cost", "merged", "subject")
KEY = "canary-of-the-key"
SECRET_TEXT = "CANARY of a column that nobody maps"  # noqa: S105 - a text in a column
Row = tuple[str, dt.datetime, dt.datetime | None, str | None, str, str | None, int, str]

PROJECT = """version: 1
name: Desk
timezone: Europe/London
as_of: 2026-05-04
datasets:
  tickets:
    source: {source}
    columns:
      ticket_id: number
      created_at: {{from: opened_at, type: timestamp}}
      resolved_at: {{from: closed_at, type: timestamp}}
      level: {{from: prio, values: {{'1 - "Critical", now': critical}}}}
      requester: {{from: caller, personal: true}}
      cost: {{from: cost, type: decimal}}
      merged: {{from: merged, type: boolean}}
    key: ticket_id
    time: created_at
    complete_through: 2026-05-01
    complete_from: 2026-01-01
"""
METRICS = {
    "volume": "formula: count(*)\nunit: count\nsegments: [level]",
    "callers": "formula: count(distinct requester)\nunit: count",
    "fix_time": "formula: median(hours_between(created_at, resolved_at))\nunit: hours\nsegments: [level]",
    "solved": "formula: count(*)\nunit: count\ntime: resolved_at",
    "merged_share": "formula: share(merged)\nunit: percent",
    "spent": "formula: sum(cost)\nunit: GBP",
    "backlog": "formula: count(*)\nunit: count\nopen_between: [created_at, resolved_at]",
}


def rows(count: int = 400) -> Iterator[Row]:
    """Tickets with all that a way of moving rows can break: quotes, line ends, blanks, other scripts."""
    odd = ('1 - "Critical", now', "2 – hoch", "低い", None, "  spaced  ", "it's")
    begin = dt.datetime(2025, 12, 1, 8)
    for number in range(count):
        opened = begin + dt.timedelta(hours=9 * number, seconds=number)
        closed = None if number % 7 == 0 else opened + dt.timedelta(minutes=37 * (number % 90), microseconds=number)
        cost = None if number % 11 == 0 else f"{number % 13}.{number % 100:02}"
        caller = f"user{number % 37}@example.com"
        subject = f'line one,\n"line two"; \\ {SECRET_TEXT}'
        yield (f"T{number:05}", opened, closed, odd[number % len(odd)], caller, cost, int(number % 5 == 0), subject)


def as_csv(desk: list[Row]) -> str:
    """The rows as an export."""
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(COLUMNS)
    writer.writerows([[_text(cell) for cell in row] for row in desk])
    return page.getvalue()


def _text(cell: object) -> object:
    return "" if cell is None else cell


def _literal(cell: object) -> str:
    if cell is None:
        return "NULL"
    return str(cell) if isinstance(cell, int) else "'" + str(cell).replace("'", "''") + "'"


def fill_postgres(server: Server, desk: list[Row], table: str = "desk.tickets") -> None:
    """The rows in PostgreSQL, each in the type that a desk's table would have."""
    server.run(f'drop table if exists {table} cascade; create table {table} ("number" varchar(20) primary key, '
               "opened_at timestamp not null, closed_at timestamp, prio text, caller text, cost numeric(12, 2), "
               f"merged integer, subject text); {_inserts(table, desk)} alter table {table} alter merged type boolean "
               "using merged = 1;")  # fmt: skip


def fill_mariadb(server: Server, desk: list[Row], table: str = "desk.tickets") -> None:
    """The rows in MariaDB."""
    inserts = _inserts(table, desk).replace("\\", "\\\\")
    server.run(f"drop table if exists {table}; create table {table} (number varchar(20) primary key, "
               "opened_at datetime(6) not null, closed_at datetime(6), prio varchar(60), caller varchar(80), "
               f"cost decimal(12, 2), merged tinyint(1), subject text); {inserts}")  # fmt: skip


def fill_sqlite(path: Path, desk: list[Row]) -> None:
    """The rows in an SQLite file."""
    with sqlite3.connect(path) as connection:
        connection.execute("create table tickets (number text primary key, opened_at datetime, closed_at datetime, "
                           "prio text, caller text, cost numeric, merged boolean, subject text)")  # fmt: skip
        cells = [[str(c) if isinstance(c, dt.datetime) else c for c in row] for row in desk]
        connection.executemany("insert into tickets values (?, ?, ?, ?, ?, ?, ?, ?)", cells)
    connection.close()


def _inserts(table: str, desk: list[Row]) -> str:
    values = ", ".join(f"({', '.join(map(_literal, row))})" for row in desk)
    return f"insert into {table} values {values};"  # noqa: S608 - our own rows


def project(folder: Path, source: str, **parts: str) -> Path:
    """A project over a source; `parts` are texts of kpi.yaml and what stands in their places."""
    text = PROJECT.format(source=source)
    for old, new in parts.items():
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kpi.yaml").write_text(text, encoding="utf-8")
    (folder / "kpis").mkdir(exist_ok=True)
    for name, formula in METRICS.items():
        (folder / "kpis" / f"{name}.yaml").write_text(
            f"version: 1\nkind: metric\nid: {name}\nname: {name}\ndescription: x\ndataset: tickets\n{formula}\n"
        )
    return folder


def table_source(table: str = "desk.tickets") -> str:
    """A source that is a table."""
    return f'{{connection: "${{KPI_TICKETS_URL}}", table: {table}, into: data/tickets.parquet}}'


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Variables that a command sees."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def pull(folder: Path, url: str, *arguments: str, **variables: str) -> Ended:
    """Run `kpi pull` there."""
    with environment({"KPI_TICKETS_URL": url, "KPI_PERSONAL_KEY": KEY, **variables}):
        return kpi(folder, "pull", *arguments)


def measurements(folder: Path) -> list[dict[str, Any]]:
    """What `kpi check` measures there, without the hash of the definition: a source's types are part of that."""
    ended = kpi(folder, "check", "--format", "json")
    errors = [f for f in ended.json["diagnostics"] if f["severity"] == "error"]
    assert not errors, errors
    return [{k: v for k, v in m.items() if k not in ("definition",)} for m in ended.json["measurements"]]
