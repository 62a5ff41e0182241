"""The SQL of the sample's KPIs, written down: what a change of the compiler changes is seen, and still runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpi_framework.compile.dialect.duckdb.dialect import DUCKDB
from kpi_framework.workflow.checking.sql import recorded
from kpi_framework.workflow.project import ProjectRoot
from kpi_framework.workflow.run import Options
from tests.conftest import Golden
from tests.stories.fingerprints import checked

ROOT = Path(__file__).parents[2]
OVER_ROWS = ("csat", "first_contact_resolution", "first_response_time", "sla_compliance", "time_to_resolution")


@pytest.fixture(scope="module")
def card() -> Mapping[str, Any]:
    """The sample's scorecard."""
    return checked(ROOT)


@pytest.mark.parametrize("kpi_id", OVER_ROWS)
def test_the_written_sql_gives_the_published_values(
    kpi_id: str, card: Mapping[str, Any], golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statements of a KPI, run as they are written down, give every value of its scorecard."""
    raw = recorded(Options(ProjectRoot(ROOT), dt.datetime.now(dt.UTC)), kpi_id)
    written = [DUCKDB.readable(sql).replace(f"{ROOT}/", "") for sql in raw]
    golden(f"sql/{kpi_id}.sql", "\n\n".join(written) + "\n")
    monkeypatch.chdir(ROOT)
    values = _values(kpi_id, [r if w.startswith("--") else w for r, w in zip(raw, written, strict=True)])
    published = [
        m["value"] for m in card["measurements"] if m["kpi"] == kpi_id and not m["segment"] and m["value"] is not None
    ]
    assert len(published) > 6
    for value in published:
        assert any(value == pytest.approx(other, rel=1e-8) for other in values)


def _values(kpi_id: str, statements: list[str]) -> list[float]:
    """What the statements say of a KPI: the cells of the column that bears its name."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        values: list[float] = []
        for statement in statements:
            cursor = connection.execute(statement)
            names = [column[0] for column in cursor.description or ()]
            if kpi_id in names:
                values += [cell for row in cursor.fetchall() if (cell := row[names.index(kpi_id)]) is not None]
    return values
