"""A change after which a failing project no longer fails is never cosmetic, whatever the data are.

Both sides are checked whole, over random tickets. A long form: KPI_PASSING_EXAMPLES=2000.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_framework.history.changes import changes
from kpi_framework.history.comparison import Comparison
from kpi_framework.model.change import ChangeClass
from kpi_framework.workflow.checking.check import Options, Outcome, check
from kpi_framework.workflow.history.revisions import side_of
from kpi_framework.workflow.project import ProjectRoot, compiled
from tests.unit.history.flips import BASE, edited, laid

NOW, TODAY = dt.datetime(2026, 4, 2, 12, tzinfo=dt.UTC), dt.date(2026, 4, 2)
EXAMPLES = int(os.environ.get("KPI_PASSING_EXAMPLES", "25"))
T = "config/datasets/tickets"
EDITS: tuple[dict[str, Any], ...] = (
    {"kpi/target": {"at_most": "4 h"}}, {"kpi/target": {"at_most": "90 min"}}, {"kpi/target": {"at_least": "1 h"}},
    {"kpi/target": {"at_most": "2 h", "near": "6 h"}}, {"kpi/min_sample": 20}, {"kpi/settle": "40 days"},
    {"kpi/where": "priority = 'high'"}, {"kpi/formula": "min(hours_between(created_at, resolved_at))"},
    {"kpi/time": "created_at"}, {"kpi/min_measured": "90%"}, {"kpi/min_measured": "5%"}, {"kpi/name": "Another name"},
    {"kpi/status": "draft"}, {"kpi/segments": []}, {"kpi/owner": "lead@example.com"}, {"kpi/period": "quarter"},
    {"config/gate": {"targets": "warning"}}, {"config/gate": {"unknown": "note"}}, {"config/as_of": "2026-03-03"},
    {"config/timezone": "Asia/Tokyo"}, {"config/week_starts": "sunday"}, {"config/objectives": {"x": "X"}},
    {f"{T}/columns/resolved_at": {"from": "opened", "type": "timestamp"}}, {f"{T}/max_bad_rows": 50},
    {f"{T}/columns/priority": {"from": "priority", "values": {"low": "high"}}}, {f"{T}/freshness": "60 days"},
    {f"{T}/complete_through": "2026-02-10"}, {f"{T}/complete_from": "2026-03-20"}, {f"{T}/key": None},
    {f"{T}/source": {"path": "data/tickets.csv", "timezone": "Asia/Tokyo"}},
    {f"{T}/source": {"path": "data/tickets.csv", "nulls": ["", "high"]}}, {f"{T}/source": "data/quick.csv"},
)  # fmt: skip


@st.composite
def tickets(draw: st.DrawFn) -> str:
    """Tickets of three months, each solved after some hours, or not; a few cells are no times."""
    lines = ["id,opened,closed,priority,user"]
    for number in range(draw(st.integers(12, 30))):
        opened = dt.datetime(2026, 1, 2) + dt.timedelta(hours=draw(st.integers(0, 89 * 24)))
        hours = draw(st.sampled_from([1, 1, 2, 3, 5, 30, None]))
        closed = opened + dt.timedelta(hours=hours) if hours else ""
        cell = draw(st.sampled_from([closed] * 15 + ["soon"]))
        lines.append(f"{number},{opened},{cell},{draw(st.sampled_from(['high', 'low']))},user {number % 4}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A place for the two sides."""
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


def _outcome(root: Path, project: dict[str, Any], rows: str) -> Outcome:
    laid(root, project)
    (root / "data" / "tickets.csv").write_text(rows, encoding="utf-8")
    return check(Options(ProjectRoot(root), NOW))


@pytest.mark.usefixtures("engine_inside")
@given(tickets(), st.lists(st.sampled_from(EDITS), min_size=1, max_size=2))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_can_no_longer_fail_is_never_cosmetic(folder: Path, rows: str, edits: list[dict[str, Any]]) -> None:
    """The check failed and passes now, over the same rows: some change asks for a reason, or ends the KPI openly."""
    after = BASE
    for edit in edits:
        after = edited(after, edit)
    roots = (folder / "before", folder / "after")
    outcomes = [_outcome(root, project, rows) for root, project in zip(roots, (BASE, after), strict=True)]
    if [o.exit_code for o in outcomes] != [1, 0]:
        return
    catalogs = [o.catalog for o in outcomes]
    old, new = (side_of(compiled(c, ProjectRoot(r))) for c, r in zip(catalogs, roots, strict=True) if c)
    classes = {c.cls for c in changes(Comparison(old, new, TODAY))}
    weighty = {ChangeClass.RESTATING, ChangeClass.LOOSENED, ChangeClass.BACKDATED, ChangeClass.REMOVED}
    assert classes & weighty
