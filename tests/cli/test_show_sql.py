"""`kpi show ID --sql` prints SQL that anyone can run: it gives the values that the check gives."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import holidays
import pytest

from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")

ROOT = Path(__file__).parents[2]
ZONE = (
    "CREATE MACRO wall_in_europe_london(t) AS timezone('Europe/London', timezone('UTC', t))",
    "CREATE MACRO instant_in_europe_london(t) AS timezone('UTC', timezone('Europe/London', t))",
    "CREATE MACRO odd_hour_in_europe_london(t) AS false",
)
"""What the comments name: here as the engine's own time zones have it. No hour of the clock change is tested."""
MICROSECONDS = 1_000_000
LONDON = ZoneInfo("Europe/London")


def working_days() -> list[tuple[str, int, int, int, int]]:
    """The sample's business hours, from the words of its kpi.yaml: Monday to Friday, 8 to 18, no English holiday."""
    off = holidays.country_holidays("GB", subdiv="ENG", years=range(2025, 2028))
    rows, worked = [], 0
    for number in range(3 * 365):
        day = dt.date(2025, 1, 1) + dt.timedelta(days=number)
        begin = int(dt.datetime(day.year, day.month, day.day, 8, tzinfo=LONDON).timestamp()) % 86_400 * MICROSECONDS
        length = 0 if day.weekday() > 4 or day in off else 10 * 3600 * MICROSECONDS
        rows.append(("business", (day - dt.date(1970, 1, 1)).days, worked, begin, length))
        worked += length
    return rows


def values(statements: str) -> list[float]:
    """The value of each period, in order: without a segment, the column after the number of rows."""
    connection = duckdb.connect()
    for macro in ZONE:
        connection.execute(macro)
    results = []
    for statement in statements.split(";\n\n"):
        cursor = connection.execute(statement)
        names = [column[0] for column in cursor.description or ()]
        if names[:2] == ["_bits", "_period"] and "_rows" in names:
            results.append((names, cursor.fetchall()))
        if "TABLE working_time" in statement:
            connection.executemany("INSERT INTO working_time VALUES (?, ?, ?, ?, ?)", working_days())
    names, rows = results[0]
    whole = max(row[0] for row in rows)
    cells: list[tuple[Any, ...]] = sorted(row for row in rows if row[0] == whole)
    return [row[names.index("_rows") + 1] for row in cells]


@pytest.fixture(scope="module")
def measurements(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What one check of the sample gives."""
    folder = tmp_path_factory.mktemp("scorecard")
    ended = kpi(ROOT, "check", "--format", "json", "--scorecard", str(folder))
    rows: list[dict[str, Any]] = ended.json["measurements"]
    return rows


@pytest.mark.parametrize("kpi_id", ["csat", "first_contact_resolution", "time_to_resolution", "first_response_time"])
def test_the_sql_gives_what_the_check_gives(kpi_id: str, measurements: list[dict[str, Any]]) -> None:
    """Twelve months of the sample and the one that has begun: a ratio, a share, a median, one of business time."""
    printed = kpi(ROOT, "show", kpi_id, "--sql")
    assert printed.code == 0, printed.err
    checked = [row["value"] for row in measurements if row["kpi"] == kpi_id and not row["segment"]]
    assert len(checked) == 13
    assert values(printed.out)[-13:] == pytest.approx(checked, rel=1e-8)


def test_only_what_the_kpi_needs_is_read() -> None:
    """One KPI's statements name the file of its dataset and no other."""
    printed = kpi(ROOT, "show", "csat", "--sql").out
    assert "surveys.csv" in printed
    assert "tickets.csv" not in printed
