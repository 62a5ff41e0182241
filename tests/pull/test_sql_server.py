"""SQL Server by a stand-in of its driver: the rows, the words of failures, and what its session is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.pull.desks import as_csv, measurements, project, pull, rows, table_source
from tests.pull.stand_in_mssql import StandIn

pytestmark = pytest.mark.usefixtures("engine_inside")

DESK = list(rows(200))
URL = "mssql://reader:canary%40password@127.0.0.1:1433/desk"


def test_its_rows_give_what_the_export_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One read-only session under snapshot isolation; numbers, times and flags keep their meaning."""
    driver = StandIn(DESK)
    monkeypatch.setitem(sys.modules, "pymssql", driver)
    everything = {"    complete_from: 2026-01-01\n": ""}
    folder = project(tmp_path / "pulled", table_source(), **everything)
    ended = pull(folder, URL)
    assert ended.code == 0, ended.out + ended.err
    export = project(tmp_path / "csv", "data/tickets.csv", **everything)
    (export / "data").mkdir()
    (export / "data/tickets.csv").write_text(as_csv(DESK), encoding="utf-8", newline="")
    assert measurements(folder) == measurements(export)
    statements = driver.connection.statements
    assert statements[:2] == ["SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "BEGIN TRANSACTION"]
    assert driver.connection.options["read_only"] is True
    assert driver.connection.options["password"] == "canary@password"  # noqa: S105 - it is decoded
    assert "[subject]" not in statements[-1]


def test_what_ended_before_the_data_begin_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time range is the server's work."""
    driver = StandIn(DESK)
    monkeypatch.setitem(sys.modules, "pymssql", driver)
    assert pull(project(tmp_path, table_source()), URL).code == 0
    assert "[closed_at] IS NULL" in driver.connection.statements[-1]


@pytest.mark.parametrize("number", [229, 208, 20003, 20004, 3952, 4711])
def test_a_failure_is_told_in_our_own_words(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A right, a table, a time-out, a lost connection, no snapshot isolation, anything else: one finding each."""
    monkeypatch.setitem(sys.modules, "pymssql", StandIn(DESK, number))
    ended = pull(project(tmp_path, table_source()), URL, "--format", "json")
    assert ended.code == 1
    assert [f["rule"] for f in ended.json["diagnostics"]] == ["source-unreadable"]
    assert "canary" not in (ended.out + ended.err).lower()
