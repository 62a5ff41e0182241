"""kpi.yaml of a new project is read back without a finding."""

from __future__ import annotations

import datetime as dt

import pytest

from kpi_framework.discover.project import Frame, empty_project, proposed_project
from kpi_framework.discover.proposal import CommentedValues
from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts
from kpi_framework.load.write import as_commented, as_yaml
from tests.unit.discover.exports import export_of

FRAME = Frame("Desk", None)
TICKETS = export_of({"number": ["1"], "opened_at": ["2026-01-05 09:00"], "state": ["Parked"]})
COSTS = export_of({"month": ["2026-01-01"], "cost": ["100"]})


@pytest.mark.parametrize(
    "project",
    [empty_project(FRAME), proposed_project(FRAME, [TICKETS, COSTS], {"tickets": "a.csv", "costs": "b.csv"})],
    ids=["empty", "exports"],
)
def test_a_proposed_project_is_read_without_a_finding(project: CommentedValues) -> None:
    """With and without its comments it says the same."""
    catalogs = []
    for text in (as_yaml(project.values), as_commented(project.values, project.comments)):
        catalog, findings = load_catalog({"kpi.yaml": text}, shipped_contracts())
        assert findings == ()
        assert catalog is not None
        catalogs.append(catalog.project.noun)
    assert catalogs[0] == catalogs[1]


def test_old_data_are_judged_as_of_their_newest_time() -> None:
    """An export of January is not stale in February; one of yesterday is renewed every day."""
    paths, cells = {"tickets": "a.csv"}, {"number": ["1"], "opened_at": ["2026-01-05 09:00"], "state": ["New"]}
    assert proposed_project(FRAME, [TICKETS], paths).values["as_of"] == "2026-01-05"
    fresh = export_of(cells, now=dt.datetime(2026, 1, 6, tzinfo=dt.UTC))
    assert proposed_project(FRAME, [fresh], paths).values["as_of"] == "now"


def test_an_assumed_zone_is_told() -> None:
    """A zone that the person named is not."""
    assert ("timezone",) in empty_project(FRAME).comments
    named = Frame("Desk", "Europe/Berlin")
    assert ("timezone",) not in empty_project(named).comments
    assert empty_project(named).values["timezone"] == "Europe/Berlin"


def test_a_dataset_for_each_export() -> None:
    """With its own path, and its comments below its name."""
    project = proposed_project(FRAME, [TICKETS, COSTS], {"tickets": "a.csv", "costs": "b.csv"})
    sources = {name: dataset["source"]["path"] for name, dataset in project.values["datasets"].items()}
    assert sources == {"tickets": "a.csv", "costs": "b.csv"}
    assert ("datasets", "tickets", "preset") in project.comments
