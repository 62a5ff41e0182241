"""The rows behind every number of any desk add up to what it counts, and looking at them changes no number."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from kpi_framework.compile.catalog import Compilation
from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.evaluate.rows import trace
from kpi_framework.evaluate.run import Run
from kpi_framework.evaluate.session import Session
from kpi_framework.model.record import replace
from kpi_framework.model.rows import RowCounts, Standing, TracedRows
from kpi_framework.workflow.project import ProjectRoot, load_unlinked, reporting_periods_of
from kpi_framework.workflow.run import Options
from tests.engines.inside import InsideEngine

from .desks import NOW, Desk, desks, lay, measured, published, write

pytestmark = pytest.mark.usefixtures("engine_inside")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for the project, which each example writes anew."""
    return tmp_path_factory.mktemp("desk")


@settings(
    deadline=None, max_examples=int(os.environ.get("KPI_DESKS", "4")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(desks())
def test_rows_add_up_on_any_desk(root: Path, desk: Desk) -> None:
    """Bad cells, doubled keys, clocks, policies, stocks, spans and windows: counts agree, each row has one standing."""
    lay(write(root, desk), desk)
    whole, _ = measured(root)
    options = Options(ProjectRoot(root), NOW, open_engine=lambda: InsideEngine(WorkerLimits(threads=2)))
    catalog = load_unlinked(options.project_root)
    setting = replace(options.setting(reporting_periods_of(catalog, None, NOW)), tells_flaws=True)
    with Session(options.open_engine) as session:
        tracing = trace(Run(setting, session), Compilation(catalog))
        results = {(m.kpi, m.period.start, m.segment): published(m) for m in tracing.judged.measurements}
        assert results == whole
        for measurement in (m for m in tracing.judged.measurements if m.judged):
            rows = tracing.rows_of(measurement, 50)
            if not isinstance(rows, TracedRows):
                assert measurement.population is None
                continue
            counts = (measurement.population, measurement.measured, measurement.missing, measurement.excluded)
            assert rows.counts == RowCounts(*(count or 0 for count in counts)), measurement
            assert len(rows.rows) == sum(rows.standings.values()) == sum(counts[::3])  # type: ignore[arg-type]
            assert rows.standings[Standing.EXCLUDED] == measurement.excluded
