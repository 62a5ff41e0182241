"""What `kpi pull` asks for, and what it makes of the answer."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.projects import kpi
from tests.pull.desks import (
    KEY,
    environment,
    fill_mariadb,
    fill_postgres,
    fill_sqlite,
    project,
    pull,
    rows,
    table_source,
)
from tests.pull.servers import Bucket, Server

pytestmark = pytest.mark.usefixtures("engine_inside")

DESK = list(rows(60))
LOG = """version: 1
name: Desk
timezone: Europe/London
as_of: 2026-05-04
datasets:
  tickets:
    source: {connection: "${KPI_TICKETS_URL}", table: desk.log, into: data/tickets.parquet}
    columns:
      ticket_id: number
      created_at: {from: opened_at, type: timestamp}
      updated_at: {from: updated_at, type: timestamp}
      requester: {from: caller, personal: true}
    key: ticket_id
    latest_by: [updated_at]
    time: created_at
    complete_through: pulled
"""


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a project's snapshot."""
    text = (folder / "data/tickets.parquet.manifest.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def contents(folder: Path, columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of its snapshot, in order."""
    return sorted(duckdb.from_parquet(str(folder / "data/tickets.parquet")).project(columns).fetchall(), key=str)


def test_dates_that_are_no_days_are_missing_and_counted(mariadb: Server, tmp_path: Path) -> None:
    """0000-00-00 and 2026-00-10 of MySQL are no dates of another year: they are missing, and told."""
    desk = list(rows())
    fill_mariadb(mariadb, desk)
    mariadb.run("update desk.tickets set closed_at = '0000-00-00 00:00:00' where number in ('T00001', 'T00002');"
                "update desk.tickets set closed_at = '2026-00-10 00:00:00' where number = 'T00003';")  # fmt: skip
    folder = project(tmp_path, table_source())
    ended = pull(folder, mariadb.url, "--format", "json")
    assert ended.code == 0
    assert [(f["rule"], f["severity"]) for f in ended.json["diagnostics"]] == [("impossible-time", "warning")]
    assert manifest_of(folder)["empty_dates"] == {"closed_at": 3}
    closed = dict(contents(folder, "number, closed_at"))
    assert [closed[n] for n in ("T00001", "T00002", "T00003")] == [None, None, None]
    assert closed["T00398"] == desk[398][2]


@pytest.mark.parametrize("engine", ["postgres", "mariadb"])
def test_since_last_gives_what_a_whole_pull_gives(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """New rows are added, changed ones take the place of their old state, the others are not asked for again."""
    server: Server = request.getfixturevalue(engine)
    kind = "timestamp" if engine == "postgres" else "datetime(6)"
    server.run(f"drop table if exists desk.log; create table desk.log (number varchar(9), opened_at {kind}, "
               f"updated_at {kind}, caller varchar(40));")  # fmt: skip
    if engine == "postgres":
        server.run("grant select on desk.log to reader;")
    cells = (f"('T{n}', '2026-01-01 10:00:{n:02}', '2026-02-01 10:00:{n:02}', 'u{n}')" for n in range(50))
    server.run(f"insert into desk.log values {', '.join(cells)};")  # noqa: S608 - our own rows
    folder = tmp_path
    (folder / "kpi.yaml").write_text(LOG)
    (folder / "kpis").mkdir()
    (folder / "kpis/volume.yaml").write_text(
        "version: 1\nkind: metric\nid: volume\nname: v\ndescription: v\ndataset: tickets\nformula: count(*)\n"
        "unit: count\n"
    )
    assert pull(folder, server.url, "--since", "last").code == 0
    server.run("update desk.log set updated_at = '2026-03-01 00:00:00.5', caller = 'changed' "
               "where number in ('T3', 'T9'); "
               "insert into desk.log values ('T90', '2026-03-02', '2026-03-02', 'new');")  # fmt: skip
    ended = pull(folder, server.url, "--since", "last", "--format", "json")
    assert ended.json["pulled"][0]["added"] == 4, "two changed, one new, and the last one before again"
    added = contents(folder)
    assert pull(folder, server.url, "--format", "json").json["pulled"][0]["added"] is None
    assert contents(folder) == added
    assert len(added) == 51
    assert (
        pull(folder, server.url, "--since", "last", "--format", "json", KPI_PERSONAL_KEY="other").json["pulled"][0][
            "added"
        ]
        is None
    ), "under another key all rows are hashed anew"


def test_all_tables_are_seen_at_one_moment(postgres: Server, tmp_path: Path) -> None:
    """A row that is written while the first table is read is in none of the later ones."""
    fill_postgres(postgres, DESK)
    postgres.run("drop table if exists desk.late; create table desk.late (number text, opened_at timestamp); "
                 "create or replace view desk.slow as select t.*, pg_sleep(0.02)::text as pause from desk.tickets t; "
                 "grant select on all tables in schema desk to reader;")  # fmt: skip
    second = (
        '  late:\n    source: {connection: "${KPI_TICKETS_URL}", table: desk.late, into: data/late.parquet}\n'
        "    columns: {ticket_id: number, created_at: {from: opened_at, type: timestamp}}\n    key: ticket_id\n"
    )
    folder = project(tmp_path, table_source("desk.slow"), **{"      level: {": "      pause: pause\n      level: {"})
    text = (folder / "kpi.yaml").read_text()
    (folder / "kpi.yaml").write_text(text + second)
    writing = subprocess.Popen(
        [*postgres.client, "-c", "select pg_sleep(0.7); insert into desk.late values ('L', now());"]
    )
    try:
        ended = pull(folder, postgres.url)
    finally:
        writing.wait()
    assert ended.code == 0, ended.out
    assert postgres.run("select count(*) from desk.late").strip() == "1"
    assert json.loads((folder / "data/late.parquet.manifest.json").read_text())["rows"] == 0


def test_a_session_cannot_write(postgres: Server, mariadb: Server, tmp_path: Path) -> None:
    """A view whose function writes is refused by the session, though the user may write."""
    fill_postgres(postgres, DESK)
    postgres.run("""create or replace function desk.writes() returns text language plpgsql as
        $$ begin delete from desk.tickets; return 'x'; end $$;
        create or replace view desk.trap as select t.*, desk.writes() as pause from desk.tickets t;
        grant all on all tables in schema desk to reader;""")
    folder = project(tmp_path, table_source("desk.trap"), **{"      level: {": "      pause: pause\n      level: {"})
    ended = pull(folder, postgres.url, "--format", "json")
    assert ended.code == 1
    assert postgres.run("select count(*) from desk.tickets").strip() == str(len(DESK))


def test_every_type_of_postgres_is_kept(postgres: Server, tmp_path: Path) -> None:
    """Instants, days, decimals, flags; what has no type of its own in a snapshot is text."""
    postgres.run("""drop table if exists desk.types; drop type if exists desk.mood;
        create type desk.mood as enum ('calm');
        create domain desk.money_of_a_desk as numeric(8, 3);
        create table desk.types ("Odd ""Name" text, at timestamptz, day date, exact numeric(20, 4), loose numeric,
        flag boolean, whole smallint, mood desk.mood, id uuid, tags text[], doc jsonb, lasted interval,
        own desk.money_of_a_desk);
        insert into desk.types values ('x', '2026-03-29 01:30+02', '2026-03-29', 1234567890123456.7891, 0.1, true, 7,
        'calm', '00000000-0000-0000-0000-000000000001', '{a,b}', '{"a": 1}', '1 day', 1.5);
        grant select on all tables in schema desk to reader; grant usage on schema desk to reader;""")
    names = ("at", "day", "exact", "loose", "flag", "whole", "mood", "id", "tags", "doc", "lasted", "own")
    columns = ", ".join(f"c{n}: {{from: {name}, type: text}}" for n, name in enumerate(names))
    (tmp_path / "kpi.yaml").write_text(
        'version: 1\nname: T\ndatasets:\n  x:\n    source: {connection: "${KPI_TICKETS_URL}", table: desk.types, '
        f"into: data/tickets.parquet}}\n    columns: {{odd: {{from: 'Odd \"Name'}}, {columns}}}\n"
    )
    try:
        ended = pull(tmp_path, postgres.url)
        assert ended.code == 0, ended.out + ended.err
        [row] = contents(
            tmp_path, '"at"::varchar, day, exact::varchar, loose, flag, whole, mood, id, tags, doc, lasted, own'
        )
        instant = dt.datetime.fromisoformat(row[0])
        assert instant == dt.datetime(2026, 3, 28, 23, 30, tzinfo=dt.UTC)
        assert row[1:] == (
            dt.date(2026, 3, 29), "1234567890123456.7891", "0.1", True, 7, "calm",
            "00000000-0000-0000-0000-000000000001", "{a,b}", '{"a": 1}', "1 day", pytest.approx(1.5),
        )  # fmt: skip
    finally:
        postgres.run("drop table desk.types; drop domain desk.money_of_a_desk;")


def test_times_of_mysql_keep_their_meaning(mariadb: Server, tmp_path: Path) -> None:
    """A TIMESTAMP is an instant, whatever the server's zone; a DATETIME is the wall time that was written."""
    mariadb.run("set time_zone = '+02:00'; create or replace table desk.times (id int, at timestamp null, "
                "wall datetime, "
                "flag bit(1), big bigint unsigned, raw blob); "
                "insert into desk.times values (1, '2026-03-29 03:30:00', '2026-03-29 03:30:00', b'1', "
                "18446744073709551615, 'a');")  # fmt: skip
    (tmp_path / "kpi.yaml").write_text(
        'version: 1\nname: T\ndatasets:\n  x:\n    source: {connection: "${KPI_TICKETS_URL}", table: times, '
        "into: data/tickets.parquet}\n    columns: {a: at, b: wall, c: flag, d: big, e: raw}\n"
    )
    assert pull(tmp_path, mariadb.url).code == 0
    [row] = contents(tmp_path, '"at"::varchar, wall, flag, big, raw')
    assert dt.datetime.fromisoformat(row[0]) == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)
    assert row[1:] == (dt.datetime(2026, 3, 29, 3, 30), 1, 18446744073709551615, "61")


def test_persons_are_hashed_with_the_key_or_left_out(tmp_path: Path) -> None:
    """With a key its HMAC, which agrees between pulls; without one, or with `drop`, no column."""
    fill_sqlite(tmp_path / "desk.db", DESK)
    folder = project(tmp_path, table_source("tickets"))
    for key in (KEY, "k" * 100, "schlüssel"):
        pull(folder, "sqlite:///desk.db", KPI_PERSONAL_KEY=key)
        expected = {hmac.digest(key.encode(), row[4].encode(), "sha256").hex() for row in DESK}
        assert {caller for (caller,) in contents(folder, "caller")} == expected
    with environment({"KPI_TICKETS_URL": "sqlite:///desk.db", "KPI_PERSONAL_KEY": ""}):
        kpi(folder, "pull")
    assert "caller" not in duckdb.from_parquet(str(folder / "data/tickets.parquet")).columns
    assert manifest_of(folder)["dropped"] == ["caller"]
    checked = kpi(folder, "check", "--format", "json").json
    unknown = {m["kpi"] for m in checked["measurements"] if m["reason"] == "source_error"}
    assert unknown == {"callers"}
    project(tmp_path, table_source("tickets"), **{"personal: true": "personal: drop"})
    pull(folder, "sqlite:///desk.db")
    assert "caller" not in duckdb.from_parquet(str(folder / "data/tickets.parquet")).columns


def test_pulled_is_how_far_the_data_reach(tmp_path: Path) -> None:
    """`complete_through: pulled`: a quiet desk is complete until the instant of the pull, and no later."""
    fill_sqlite(tmp_path / "desk.db", DESK)
    folder = project(tmp_path, table_source("tickets"), **{"complete_through: 2026-05-01": "complete_through: pulled"})
    pull(folder, "sqlite:///desk.db")
    path = folder / "data/tickets.parquet.manifest.json"
    for instant, is_reached in (("2026-04-01T06:00:00+00:00", True), ("2026-03-20T00:00:00+00:00", False)):
        path.write_text(path.read_text().replace(manifest_of(folder)["pulled_at"], instant))
        text = kpi(folder, "check", "--format", "json", "--as-of", "2026-04-03").json
        march = [m for m in text["measurements"] if m["period"]["start"] == "2026-03-01" and m["kpi"] == "volume"]
        assert (march[0]["reason"] != "stale") is is_reached


def test_a_literal_path_stays_inside_the_project(tmp_path: Path) -> None:
    """kpi.yaml, which anybody may propose to change, reaches no file outside; the environment may."""
    fill_sqlite(tmp_path / "outside.db", DESK)
    source = "{connection: 'sqlite:///../outside.db', table: tickets, into: data/tickets.parquet}"
    folder = project(tmp_path / "p", source)
    assert kpi(folder, "pull").code == 1
    assert kpi(folder, "pull", "--allow-path", str(tmp_path)).code == 0
    project(folder, table_source("tickets"))
    assert pull(folder, f"sqlite:///{tmp_path / 'outside.db'}").code == 0
    project(folder, table_source("tickets").replace("data/tickets.parquet", "../tickets.parquet"))
    assert pull(folder, f"sqlite:///{tmp_path / 'outside.db'}").code == 1
    assert not (tmp_path / "tickets.parquet").exists()


def test_a_bucket_that_lost_a_file(bucket: Bucket, tmp_path: Path) -> None:
    """What the bucket no longer has is no longer in the snapshot; keys that do not open it are not shown."""
    for name in ("a", "b"):
        bucket.put(f"lost/{name}.csv", b"number,opened_at\n1,2026-01-01 10:00\n")
    source = '{connection: "${KPI_BUCKET}", path: "lost/*.csv", into: data/lost/}'
    folder = project(tmp_path, source)
    with environment({"KPI_BUCKET": bucket.url, **bucket.environment}):
        assert kpi(folder, "pull").code == 0
        assert sorted(p.name for p in (folder / "data/lost").iterdir()) == ["a.csv", "b.csv"]
        project(folder, source.replace("*", "a"))
        assert kpi(folder, "pull").code == 0
        assert sorted(p.name for p in (folder / "data/lost").iterdir()) == ["a.csv"]
        project(folder, source.replace("lost/*", "nothing/*"))
        ended = kpi(folder, "pull", "--format", "json")
    assert ended.code == 1
    assert bucket.environment["AWS_SECRET_ACCESS_KEY"] not in ended.out


def test_names_that_are_none_are_usage(tmp_path: Path) -> None:
    """A dataset that does not exist, one without a connection, another word after --since: exit code 2."""
    with sqlite3.connect(tmp_path / "x.db"):
        pass
    folder = project(tmp_path, table_source())
    assert pull(folder, "sqlite:///x.db", "tickts").code == 2
    assert pull(folder, "sqlite:///x.db", "--since", "yesterday").code == 2
    project(folder, "data/tickets.csv")
    assert pull(folder, "sqlite:///x.db").code == 2
