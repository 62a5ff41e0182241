"""From a vendor's file to a scorecard: `kpi init --from` a real ServiceNow export, and the truth comes out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import kpi

DATA = Path(os.environ.get("KPI_REAL_DATA", Path(__file__).parents[4] / "shared" / "data"))
EXPORT = DATA / "servicenow_incident_uci498_2016-05a.csv"
NAMES = {"1 - Critical": "critical", "2 - High": "high", "3 - Moderate": "medium", "4 - Low": "low"}
METRICS = {
    "resolved": ("count", "count(resolved_at)"),
    "hours_mean": ("hours", "avg(hours_between(created_at, resolved_at))"),
    "hours_median": ("hours", "median(hours_between(created_at, resolved_at))"),
    "hours_p90": ("hours", "quantile_cont(hours_between(created_at, resolved_at), 0.9)"),
    "sla": ("percent", "share(sla_met)"),
    "reopened": ("percent", "share(reopen_count > 0)"),
    "reassigned": ("percent", "share(reassignment_count > 0)"),
    "first_contact": ("percent", "share(reassignment_count = 0 and reopen_count = 0)"),
}

if not EXPORT.is_file():
    pytest.skip(f"{EXPORT} is not there: the real files lie beside this repository", allow_module_level=True)
TRUTH: dict[str, Any] = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))["servicenow"]


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `kpi check` says of the project that `kpi init` wrote, with a few metrics added to it."""
    root = tmp_path_factory.mktemp("init")
    begun = kpi(root, "init", "desk", "--from", str(EXPORT))
    assert begun.code == 0, begun.err
    lint = kpi(root / "desk", "lint", "--format", "json")
    assert lint.code == 0, lint.out
    for one, (unit, formula) in METRICS.items():
        text = f"version: 1\nkind: metric\nid: {one}\nname: {one}\ndataset: tickets\ntime: created_at\n"
        (root / "desk" / "kpis" / f"{one}.yaml").write_text(
            f"{text}unit: {unit}\nformula: {formula}\nsegments: [priority]\n"
        )
    found: dict[str, Any] = kpi(root / "desk", "check", "--format", "json").json
    return found


def value(card: dict[str, Any], one: str, part: dict[str, str]) -> float:
    """The value of the one period with rows."""
    rows = card["measurements"]
    [found] = [m["value"] for m in rows if m["kpi"] == one and m["segment"] == part and m["population"]]
    return float(found)


@pytest.mark.parametrize("priority", [None, *NAMES])
def test_the_truth_comes_out_of_what_init_wrote(card: dict[str, Any], priority: str | None) -> None:
    """Incidents, resolved ones, hours and the share that met its service level: nobody wrote a line of kpi.yaml."""
    truth = TRUTH["by_priority"][priority] if priority else TRUTH
    part = {"priority": NAMES[priority]} if priority else {}
    assert value(card, "ticket_volume", part) == truth["incidents"]
    assert value(card, "resolved", part) == truth["resolved"]
    for name, wanted in truth["hours_to_resolve"].items():
        assert value(card, f"hours_{name}", part) == pytest.approx(wanted, rel=1e-9)
    met, bound = truth["sla_met"]
    assert value(card, "sla", part) == pytest.approx(met / bound, rel=1e-9)


@pytest.mark.parametrize("one", ["reopened", "reassigned", "first_contact"])
def test_shares_of_the_truth_come_out(card: dict[str, Any], one: str) -> None:
    """Whole columns of counts are read as counts."""
    above, below = TRUTH[one]
    assert value(card, one, {}) == pytest.approx(above / below, rel=1e-9)


def test_every_cell_was_read(card: dict[str, Any]) -> None:
    """No cell misfits, no word is a stranger: `?` is missing, days come first, priorities have canonical names."""
    assert [d for d in card["diagnostics"] if d["rule"] in ("contract-violation", "source-unreadable")] == []
