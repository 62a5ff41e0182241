"""A recorder notes what an engine is asked, and changes nothing of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.interface import EngineError
from kpi_framework.evaluate.engine.recorder import Recorder


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recorder before a real engine."""
    with DuckWorker(WorkerLimits(threads=1)) as engine:
        yield Recorder(engine, [])


def test_statements_are_noted_in_their_order(recorder: Recorder) -> None:
    """What runs and what is fetched."""
    recorder.run(["CREATE TEMP TABLE t AS SELECT 1 AS a", "INSERT INTO t VALUES (2)"])
    assert recorder.fetch("SELECT sum(a) FROM t") == [(3,)]
    assert recorder.statements == [
        "CREATE TEMP TABLE t AS SELECT 1 AS a", "INSERT INTO t VALUES (2)", "SELECT sum(a) FROM t",
    ]  # fmt: skip


def test_a_statement_that_fails_is_noted_and_fails(recorder: Recorder) -> None:
    """A reader sees what was asked, also where no answer came."""
    with pytest.raises(EngineError):
        recorder.fetch("SELECT no_such_column")
    assert recorder.statements == ["SELECT no_such_column"]


def test_it_is_the_engine_in_all_else(recorder: Recorder) -> None:
    """Its name, its walls, its life."""
    assert recorder.name.startswith("duckdb")
    assert recorder.isolation.startswith("process")
    assert recorder.is_alive
    recorder.lock()
    with pytest.raises(EngineError):
        recorder.run(["SET threads = 2"])
    recorder.close()
