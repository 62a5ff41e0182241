"""The same rows give the same numbers, wherever they were pulled from."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.cli.projects import kpi
from tests.pull.desks import (
    KEY,
    Row,
    as_csv,
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
from tests.pull.servers import Bucket, Server

pytestmark = pytest.mark.usefixtures("engine_inside")

DESK: list[Row] = list(rows())
LONDON = ZoneInfo("Europe/London")
BUCKET = '{connection: "${KPI_BUCKET}", path: "exports/2026-*/tickets.csv", into: data/tickets/}'


@pytest.fixture(scope="module")
def from_csv(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the export of the desk measures."""
    folder = project(tmp_path_factory.mktemp("csv"), "data/tickets.csv")
    (folder / "data").mkdir()
    (folder / "data/tickets.csv").write_text(as_csv(DESK), encoding="utf-8", newline="")
    return measurements(folder)


def pulled(folder: Path, url: str, source: str) -> list[dict[str, Any]]:
    """What a snapshot measures, and that nothing was told."""
    ended = pull(project(folder, source), url)
    assert ended.code == 0, ended.out + ended.err
    return measurements(folder)


BEGIN = "2026-01-01"
"""`complete_from`: before it every value is unknown, and rows that ended before it need not be pulled."""


def differing(measured: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[tuple[object, object]]:
    """The measurements that are not as the export's; of what is unknown before the data begin, the counts apart."""
    return [pair for pair in zip(measured, expected, strict=True) if _compared(pair[0]) != _compared(pair[1])]


def _compared(measurement: dict[str, Any]) -> dict[str, Any]:
    is_early = measurement["period"]["start"] < BEGIN
    counts = ("population", "measured", "excluded", "missing", "interval") if is_early else ()
    return {k: v for k, v in measurement.items() if k not in counts}


def test_the_measurements_are_right(from_csv: list[dict[str, Any]]) -> None:
    """Counted by hand, in plain Python: March's tickets, their callers and their median."""
    march = [r for r in DESK if (r[1].year, r[1].month) == (2026, 3)]
    values = {m["kpi"]: m["value"] for m in from_csv if m["period"]["start"] == "2026-03-01" and not m["segment"]}
    hours = [_hours(r[1], r[2]) for r in march if r[2] is not None]
    assert values["volume"] == len(march)
    assert values["callers"] == len({r[4] for r in march})
    assert values["fix_time"] == pytest.approx(statistics.median(hours))
    assert values["spent"] == pytest.approx(sum(float(r[5]) for r in march if r[5]))
    assert values["backlog"] == sum(1 for r in DESK if _is_open(r, dt.datetime(2026, 4, 1)))


def _hours(start: dt.datetime, end: dt.datetime) -> float:
    first, last = (moment.replace(tzinfo=LONDON).astimezone(dt.UTC) for moment in (start, end))
    return (last - first).total_seconds() / 3600


def _is_open(row: Row, moment: dt.datetime) -> bool:
    return row[1] < moment and (row[2] is None or row[2] >= moment)


def test_postgres(postgres: Server, tmp_path: Path, from_csv: list[dict[str, Any]]) -> None:
    """PostgreSQL gives what the export gives, though it leaves out what ended before the data begin."""
    fill_postgres(postgres, DESK)
    assert differing(pulled(tmp_path, postgres.url, table_source()), from_csv) == []
    manifest = json.loads((tmp_path / "data/tickets.parquet.manifest.json").read_text())
    assert manifest["rows"] < len(DESK)


def test_mariadb(mariadb: Server, tmp_path: Path, from_csv: list[dict[str, Any]]) -> None:
    """MariaDB too."""
    fill_mariadb(mariadb, DESK)
    assert differing(pulled(tmp_path, mariadb.url, table_source("tickets")), from_csv) == []


def test_sqlite(tmp_path: Path, from_csv: list[dict[str, Any]]) -> None:
    """SQLite too."""
    fill_sqlite(tmp_path / "desk.db", DESK)
    assert differing(pulled(tmp_path, "sqlite:///desk.db", table_source("tickets")), from_csv) == []


def test_a_bucket(bucket: Bucket, tmp_path: Path, from_csv: list[dict[str, Any]]) -> None:
    """A bucket with a file a month too; a file beside them that the pattern does not name is not copied."""
    for month in range(5):
        part = [r for r in DESK if max(0, (r[1].year - 2026) * 12 + r[1].month) == month]
        bucket.put(f"exports/2026-{month}/tickets.csv", as_csv(part).encode())
    bucket.put("exports/other/tickets.csv", as_csv(DESK).encode())
    folder = project(tmp_path, BUCKET)
    with environment({"KPI_BUCKET": bucket.url, **bucket.environment}):
        ended = kpi(folder, "pull")
    assert ended.code == 0, ended.out + ended.err
    assert differing(measurements(folder), from_csv) == []
    assert len(list((folder / "data").rglob("tickets.csv"))) == 5


@pytest.mark.parametrize("engine", ["postgres", "mariadb", "sqlite"])
def test_only_what_is_mapped_is_pulled_and_persons_are_hashed(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The snapshot has no column that the dataset does not map; a person is HMAC-SHA-256 of Python's own."""
    fill: dict[str, Callable[[Server, list[Row]], None]] = {"postgres": fill_postgres, "mariadb": fill_mariadb}
    url, table = "sqlite:///desk.db", "tickets"
    if engine == "sqlite":
        fill_sqlite(tmp_path / "desk.db", DESK)
    else:
        server: Server = request.getfixturevalue(engine)
        fill[engine](server, DESK)
        url, table = server.url, "desk.tickets"
    pulled(tmp_path, url, table_source(table))
    path = tmp_path / "data/tickets.parquet"
    columns = duckdb.from_parquet(str(path)).columns
    assert columns == ["number", "opened_at", "closed_at", "prio", "caller", "cost", "merged"]
    callers = {cell for (cell,) in duckdb.from_parquet(str(path)).project("caller").fetchall()}
    assert callers <= {hmac.digest(KEY.encode(), r[4].encode(), "sha256").hex() for r in DESK}
    manifest = json.loads((tmp_path / "data/tickets.parquet.manifest.json").read_text())
    assert manifest["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert manifest["hashed"] == ["caller"]
