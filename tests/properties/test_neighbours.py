"""A KPI has one value: whatever else is asked, in whatever order and files its rows lie, on any number of threads."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.model.measurement import Segment
from kpi_framework.model.record import replace
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot
from tests.engines.inside import InsideEngine

pytestmark = pytest.mark.usefixtures("engine_inside")

NOW = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
COLUMNS = ("id", "opened", "closed", "n", "m", "channel", "version")
Row = tuple[str, ...]
PLACES = re.compile(r": data/\d+\.csv:\d+(, data/\d+\.csv:\d+)*( and \d+ more)?")
"""Where rows stand: the one thing that the files they lie in decide."""
Results = dict[tuple[str, dt.date, Segment], tuple[object, ...]]

# Few ids and versions, so that keys double and tie; some cells that do not fit, or are empty.
days = st.integers(0, 88).map(lambda n: f"{dt.date(2026, 1, 1) + dt.timedelta(days=n)} 12:00")
rows_of = st.lists(
    st.tuples(
        st.integers(1, 9).map(str),
        st.one_of(days, days, days, st.sampled_from(["", "soon"])),
        st.one_of(days, st.just("")),
        st.sampled_from(["1", "2", "30", "", "many"]),
        st.sampled_from(["5", "6", "7", "8", "x"]),
        st.sampled_from(["mail", "phone", ""]),
        st.sampled_from(["1", "1", "2", "3"]),
    ),
    min_size=1,
    max_size=14,
)
KPIS: dict[str, dict[str, Any]] = {
    "opened": {"formula": "count(*)", "unit": "count", "segments": ["channel"]},
    "resolved": {"formula": "count(closed)", "unit": "count", "time": "closed"},
    "open_tickets": {"formula": "count(*)", "unit": "count", "open_between": ["opened", "closed"]},
    "total": {"formula": "sum(n)", "unit": "count"},
    "mean": {"formula": "avg(m)", "unit": "score", "segments": ["channel"]},
    "trailing": {"formula": "sum(m)", "unit": "count", "window": "60 days"},
}


def write(root: Path, allowed: int) -> Path:
    """The project, without its data."""
    types = {"opened": "timestamp", "closed": "timestamp", "n": "integer", "m": "integer", "version": "integer"}
    columns = {name: {"from": name, "type": types.get(name, "text")} for name in COLUMNS}
    dataset = {
        "source": "data/*.csv", "key": "id", "latest_by": ["version"], "time": "opened", "max_bad_rows": allowed,
        "complete_from": "2024-01-01", "complete_through": "2026-04-01", "columns": columns,
    }  # fmt: skip
    project = {"version": 1, "name": "x", "as_of": "2026-04-01", "datasets": {"t": dataset}}
    (root / "kpis").mkdir(parents=True, exist_ok=True)
    (root / "kpi.yaml").write_text(json.dumps(project))
    for name, fields in KPIS.items():
        whole = {"version": 1, "kind": "metric", "id": name, "name": name, "dataset": "t", **fields}
        (root / f"kpis/{name}.yaml").write_text(json.dumps(whole))
    derived = {"version": 1, "kind": "metric", "id": "each", "name": "each", "formula": "total / opened"}
    (root / "kpis/each.yaml").write_text(json.dumps({**derived, "unit": "ratio"}))
    return root


def lay(root: Path, files: Sequence[Sequence[Row]]) -> None:
    """The rows as files; every second one writes its header in capitals."""
    folder = root / "data"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for number, rows in enumerate(files):
        header = [name.upper() if number % 2 else name for name in COLUMNS]
        (folder / f"{number}.csv").write_text("".join(",".join(row) + "\n" for row in (header, *rows)))


def measured(root: Path, threads: int = 2, **asked: Any) -> tuple[Results, set[tuple[str, str]]]:
    """Value, status and reason of all that is measured, and what is found in the data."""
    options = Options(ProjectRoot(root), NOW, open_engine=lambda: InsideEngine(WorkerLimits(threads=threads)))
    outcome = check(replace(options, **asked))
    assert outcome.scorecard is not None
    results: Results = {
        (m.kpi, m.period.start, m.segment): (m.value, m.status, m.reason, m.population, m.measured)
        for m in outcome.scorecard.measurements
    }
    messages = ((d.rule, PLACES.sub("", d.message)) for d in outcome.diagnostics if d.code.startswith("KPI6"))
    return results, set(messages)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for the project, which each example writes anew."""
    return tmp_path_factory.mktemp("neighbours")


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows_of, st.integers(0, 2), st.sampled_from([*KPIS, "each"]), st.integers(2, 3), st.randoms(use_true_random=False)
)
def test_a_value_depends_on_its_own_rows_alone(
    folder: Path, rows: list[Row], allowed: int, kpi_id: str, count: int, chance: random.Random
) -> None:
    """`--only`, `--periods`, the order of rows, the files they lie in and the threads change nothing."""
    root = write(folder, allowed)
    lay(root, [rows])
    whole, found = measured(root)
    alone, own = measured(root, only=(kpi_id,))
    assert own <= found
    assert alone.keys() <= whole.keys()
    assert {key for key in whole if key[0] == kpi_id} <= alone.keys()
    assert alone == {key: whole[key] for key in alone}
    few, _ = measured(root, periods=2)
    assert few == {key: whole[key] for key in few}
    shuffled = chance.sample(rows, len(rows))
    lay(root, [shuffled])
    assert measured(root, threads=1) == (whole, found)
    lay(root, [shuffled[number::count] for number in range(count)])
    assert measured(root, threads=4) == (whole, found)


def _n_is_bad(row: Row) -> bool:
    return row[3] == "many"


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows_of.filter(lambda rows: all(row[1][:1] == "2" for row in rows)), st.integers(0, 2))
def test_bad_cells_are_counted_by_column(folder: Path, rows: list[Row], allowed: int) -> None:
    """With keys of their own, `opened` is known and the sum is what Python adds, or unknown by its own column."""
    root = write(folder, allowed)
    numbered = [(str(number), *row[1:]) for number, row in enumerate(rows)]
    lay(root, [numbered])
    results, _ = measured(root)
    march = [row for row in numbered if row[1].startswith("2026-03")]
    assert results["opened", dt.date(2026, 3, 1), ()][0] == len(march)
    numbers = [int(row[3]) for row in march if row[3] not in ("", "many")]
    value, _, reason, *_ = results["total", dt.date(2026, 3, 1), ()]
    if sum(map(_n_is_bad, numbered)) > allowed:
        assert (value, reason) == (None, "source_error")
    else:
        assert value == (sum(numbers) if numbers else None)
