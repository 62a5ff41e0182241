"""The scorecard of a day by the definitions of a revision: the goalposts of then, whatever came later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.cli.projects import kpi
from tests.history.repository import CONFIG, KPI, Repository

pytestmark = pytest.mark.usefixtures("engine_inside")

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/scorecard.schema.json").read_text(encoding="utf-8"))
DATED = "target: [{at_most: 4 h, near: 5 h}, {from: 2026-03-01, at_most: 2 h}]"


@pytest.fixture
def moved(tmp_path: Path) -> Repository:
    """Three revisions: the project; a sharper target from March on; and another formula."""
    one = Repository(tmp_path)
    one.start()
    one.edit(KPI, ("target: {at_most: 4 h, near: 5 h}", DATED))
    one.commit("a sharper target")
    one.edit(KPI, ("median(", "max("))
    one.edit(CONFIG, ("as_of: 2026-04-02\n", ""))
    one.commit("another formula")
    return one


def judged(card: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """Value and status of fix_time by the first day of its period."""
    wholes = [m for m in card["measurements"] if m["kpi"] == "fix_time" and not m["segment"]]
    return {m["period"]["start"]: (m["value"], m["status"]) for m in wholes if m["value"] is not None}


def test_a_revision_is_judged_by_its_own_definitions(moved: Repository) -> None:
    """The same day by two revisions; each says whose definitions it went by, and today's scorecard stays."""
    assert kpi(moved.root, "check", "--as-of", "2026-04-02").code == 1
    today = (moved.root / "scorecard/scorecard.json").read_text()
    first, second = (moved.git("rev-parse", f"HEAD~{n}") for n in (2, 1))
    cards = {}
    for name in (first, second):
        ended = kpi(moved.root, "check", "--at", name, "--as-of", "2026-04-02", "--format", "json")
        cards[name] = ended.json
        Draft7Validator(SCHEMA).validate(ended.json)
        assert ended.json["revision"] == name
        assert (moved.root / f"scorecard/{name[:12]}/scorecard.json").read_text() == ended.out
        assert name[:12] in (moved.root / f"scorecard/{name[:12]}/scorecard.md").read_text().split("\n\n")[1]
        assert name[:12] in kpi(moved.root, "check", "--at", name, "--as-of", "2026-04-02").out
    assert (moved.root / "scorecard/scorecard.json").read_text() == today
    assert "revision" not in json.loads(today)
    assert judged(cards[first])["2026-03-01"] == (3.0, "met")
    # Past periods are judged by the target in force then: only March has the sharper one.
    assert judged(cards[second])["2026-03-01"] == (3.0, "missed")
    assert {s for day, (_, s) in judged(cards[second]).items() if day < "2026-03-01"} == {"met"}


def test_the_data_are_those_of_the_revision(moved: Repository) -> None:
    """Tracked data are read as they were committed, not as they lie about now."""
    moved.write("data/tickets.csv", "id,opened,closed,priority,user\n1,2026-03-01 09:00,2026-03-01 23:00,high,a\n")
    ended = kpi(moved.root, "check", "--at", "HEAD~1", "--as-of", "2026-04-02", "--format", "json")
    assert judged(ended.json)["2026-03-01"] == (3.0, "missed")


def test_without_a_day_it_is_the_day_of_the_revision(moved: Repository) -> None:
    """Its kpi.yaml's as_of; else the instant at which it was committed."""
    fixed = kpi(moved.root, "check", "--at", "HEAD~1", "--format", "json").json
    assert fixed["as_of"] == "2026-04-03T00:00:00+01:00"
    floating = kpi(moved.root, "check", "--at", "HEAD", "--format", "json").json
    when = moved.git("show", "-s", "--format=%cI", "HEAD")
    assert (floating["as_of"], when) == ("2025-04-19T13:00:00+01:00", "2025-04-19T12:00:00+00:00")


@pytest.mark.parametrize("revision", ["nowhere", "--all", "-p", ""])
def test_what_is_no_revision_is_refused(moved: Repository, revision: str) -> None:
    """Exit 2, and nothing is written."""
    ended = kpi(moved.root, "check", f"--at={revision}")
    assert (ended.code, ended.out) == (2, "")
    assert not (moved.root / "scorecard").exists()


def test_a_revision_that_cannot_be_read_says_so(moved: Repository) -> None:
    """A broken definition is a finding and unknown; a broken kpi.yaml gives findings alone."""
    moved.edit(KPI, ("unit: hours", "<<<<<<< HEAD\nunit: hours"))
    moved.commit("broken")
    ended = kpi(moved.root, "check", "--at", "HEAD", "--as-of", "2026-04-02", "--format", "json")
    assert ended.code == 1
    assert [d["rule"] for d in ended.json["diagnostics"] if d["severity"] == "error"] == ["yaml-syntax"]
    moved.edit(CONFIG, ("version: 1", "<<<<<<< HEAD\nversion: 1"))
    moved.commit("all broken")
    ended = kpi(moved.root, "check", "--at", "HEAD", "--format", "json")
    assert (ended.code, "measurements" in ended.json) == (1, False)
