"""No side door: each field of each model is judged by meaning, and what lets a failure pass is never silent."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.history import datasets, definitions, projects, signals
from kpi_framework.history.changes import changes
from kpi_framework.history.comparison import Comparison
from kpi_framework.model.base import Model
from kpi_framework.model.kpi import Kpi
from kpi_framework.model.project import Dataset, Project
from kpi_framework.model.signal import Signal
from kpi_framework.workflow.checking.check import Options, Outcome, check
from kpi_framework.workflow.history.revisions import side_of
from kpi_framework.workflow.project import ProjectRoot, compiled
from tests.unit.history.flips import BASE, PATTERN, TABLES, Flip, edited, flip, laid

pytestmark = pytest.mark.usefixtures("engine_inside")

NOW = dt.datetime(2026, 4, 2, 12, tzinfo=dt.UTC)
TODAY = dt.date(2026, 4, 2)
FLIPS = {
    f"{model.__name__}.{name}": row
    for model, rows in TABLES.items()
    for name, row in rows.items()
    if isinstance(row, Flip)
} | {
    "a signal that is gone": flip("loosened", "signal", {"signal": None}, PATTERN),
    "a column that only a data rule looks at": flip(
        "loosened", "datasets.tickets.derive",
        {"config/datasets/tickets/derive/span": "hours_between(created_at, created_at)"},
        {"config/rules": {"data-rule": "error"}, "kpi/target": {"at_most": "9 h"},
         "config/datasets/tickets/derive": {"span": "hours_between(created_at, resolved_at)"},
         "config/datasets/tickets/rules": {"quick_enough": {"holds": "span < 2"}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("registry", "model"),
    [
        (definitions.FIELDS, Kpi),
        (projects.FIELDS, Project),
        (datasets.DATASET_FIELDS, Dataset),
        (signals.FIELDS, Signal),
    ],
    ids=["Kpi", "Project", "Dataset", "Signal"],
)
def test_every_field_has_a_judge(registry: dict[str, object], model: type[Model]) -> None:
    """A field that is added without saying what its change does fails here."""
    assert set(registry) == set(model.model_fields)


@pytest.mark.parametrize("model", TABLES, ids=[m.__name__ for m in TABLES])
def test_every_field_has_a_flip_or_a_reason(model: type[Model]) -> None:
    """So does one that nobody tried to cheat with."""
    assert set(TABLES[model]) == {info.alias or name for name, info in model.model_fields.items()}


Checked = Callable[[dict[str, Any]], tuple[Path, Outcome]]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """The whole check of a project, and where it lies: many flips begin with the same one."""
    outcomes: dict[str, tuple[Path, Outcome]] = {}

    def check_of(files: dict[str, Any]) -> tuple[Path, Outcome]:
        key = json.dumps(files, sort_keys=True, default=str)
        if key not in outcomes:
            root = laid(tmp_path_factory.mktemp("project"), files)
            outcomes[key] = root, check(Options(ProjectRoot(root), NOW))
        return outcomes[key]

    return check_of


@pytest.mark.parametrize("name", FLIPS)
def test_what_lets_a_failure_pass_needs_a_reason(name: str, checked: Checked) -> None:
    """The check failed, one field changed, the check passes: the change is found, of a class that asks why."""
    one = FLIPS[name]
    before = edited(BASE, one.base)
    (old_root, failed), (new_root, passed) = checked(before), checked(edited(before, one.change))
    roots, outcomes = (old_root, new_root), (failed, passed)
    assert [o.exit_code for o in outcomes] == [1, 0], [o.scorecard and o.scorecard.verdict.reasons for o in outcomes]
    catalogs = [o.catalog for o in outcomes]
    old, new = (side_of(compiled(c, ProjectRoot(r))) for c, r in zip(catalogs, roots, strict=True) if c)
    sides = Comparison(old, new, TODAY)
    found = changes(sides)
    assert (one.cls, one.field) in {(c.cls.value, c.field) for c in found}
    assert all(c.cls.needs_reason for c in found if c.field == one.field)
