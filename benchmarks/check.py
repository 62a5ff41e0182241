"""`kpi check` against reading the columns, against a query a KPI, and against a ten-line script."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import duckdb

from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.interface import Work
from kpi_framework.evaluate.evaluate import Evaluation
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

from .data import tickets
from .projects import SEGMENTS, SEVEN, TWENTY_FIVE, Wanted, by_hand, write
from .table import ROUNDS, Row, timed

_COLUMNS = ("created_at", "first_response_at", "resolved_at", "due_at", "contact_count", "reopen_count", "escalated",
            "merged", "handle_minutes", *SEGMENTS)  # fmt: skip


class _Watched(DuckWorker):
    """A worker that notes how long its queries took and how much memory it held at most."""

    seconds = 0.0
    peak = 0.0

    def _ask(self, request: dict[str, object], meanwhile: Work | None = None) -> dict[str, object]:
        assert self.name, "its start is no query: the whole process's row counts it"
        began = time.perf_counter()
        try:
            return super()._ask(request, meanwhile)
        finally:
            type(self).seconds += time.perf_counter() - began

    def close(self) -> None:
        """Note the peak, then end."""
        status = Path(f"/proc/{self._process.pid}/status")
        if status.exists() and "VmHWM" in status.read_text():
            line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
            type(self).peak = int(line.split()[1]) / 1024
        super().close()


def twenty_five(rows: int) -> Iterator[Row]:
    """25 KPIs × 12 months × (overall + 4 segments)."""
    data = tickets(rows)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        root = write(Path(folder) / "project", data, TWENTY_FIVE)
        alone = [write(Path(folder) / w.id, data, [w]) for w in TWENTY_FIVE]
        ours, peaks, reading, one_each, by_person = [], [], [], [], []
        for _ in range(ROUNDS):
            seconds, evaluation = _watched(root, data)
            ours.append(seconds)
            peaks.append(_Watched.peak)
            reading.append(timed(lambda: _read(connection, data)))
            one_each.append(sum(_watched(one, data)[0] for one in alone))
            by_person.append(timed(lambda: [connection.execute(by_hand(data, w)).fetchall() for w in TWENTY_FIVE]))
        _same(evaluation, connection, data)
    name = f"25 KPIs, {rows / 1e6:g}M rows"
    yield Row(f"{name}: query time ÷ reading the columns", median(ours), median(reading), "at most", 7)
    yield Row(f"{name}: a plan a KPI ÷ one plan for all", median(one_each), median(ours), "at least", 5)
    yield Row(f"{name}: the bare values by hand ÷ query time", median(by_person), median(ours), "at least", 1)
    yield Row(f"{name}: the worker's peak memory, MB", median(peaks), 1, "at most", 250)


def _watched(root: Path, data: Path) -> tuple[float, Evaluation]:
    _Watched.seconds = 0.0
    options = Options(
        ProjectRoot(root, (data.parent,)), dt.datetime.now(dt.UTC), open_engine=lambda: _Watched(WorkerLimits())
    )
    outcome = check(options)
    assert outcome.evaluation is not None
    return _Watched.seconds, outcome.evaluation


def _read(connection: duckdb.DuckDBPyConnection, data: Path) -> None:
    """Bring the needed columns into memory."""
    connection.execute(f"create or replace temp table t as select {', '.join(_COLUMNS)} from read_parquet('{data}')")


def _same(evaluation: Evaluation, connection: duckdb.DuckDBPyConnection, data: Path) -> None:
    """The hand-written queries give the same values, or the comparison is of nothing."""
    found = {
        (m.kpi, m.period.start, m.segment): m.value
        for m in evaluation.measurements
        if m.period.start >= dt.date(2025, 10, 1)
    }
    for one in TWENTY_FIVE:
        for month, *parts, value in connection.execute(by_hand(data, one)).fetchall():
            named = tuple((s, p) for s, p in zip(SEGMENTS, parts, strict=True) if p is not None)
            ours = found[one.id, month.date(), named]
            assert ours is not None, (one.id, month, named)
            assert abs(ours - float(value)) <= 1e-8 * max(1.0, abs(float(value))), (one.id, month, named, ours, value)


_SCRIPT = """
import duckdb, json
rows = duckdb.sql(\"\"\"
    select {columns}
    from read_parquet('{data}')
    where created_at >= '2026-09-01' and created_at < '2026-10-01'
\"\"\").fetchall()
for name, value in zip({names}, rows[0]):
    print(f'{{name:20}} {{value:12.4f}}')
"""


def whole_process(rows: int) -> Iterator[Row]:
    """Seven KPIs, one month: the whole command against a ten-line script that computes the same."""
    data = tickets(rows)
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder) / "project", data, SEVEN, segments=False)
        script = Path(folder) / "script.py"
        script.write_text(_script(data, SEVEN))
        command = [str(Path(sys.executable).with_name("kpi")), "check", "--project", str(root), "--periods", "1",
                   "--allow-path", str(data.parent), "--fail-on", "never"]  # fmt: skip
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(timed(lambda: subprocess.run(command, check=True, capture_output=True)))
            theirs.append(timed(lambda: subprocess.run([sys.executable, str(script)], check=True, capture_output=True)))
    yield Row(
        f"7 KPIs, one month, {rows / 1e6:g}M rows: whole process ÷ script", median(ours), median(theirs), "at most", 2.5
    )


def _script(data: Path, wanted: tuple[Wanted, ...]) -> str:
    return _SCRIPT.format(columns=", ".join(w.sql for w in wanted), data=data, names=[w.id for w in wanted])
