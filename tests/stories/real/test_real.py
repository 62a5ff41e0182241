"""Real tickets as they are exported: every figure that independent programs computed comes out of KPI files."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import shutil
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.model.measurement import Measurement, Scorecard
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

HERE = Path(__file__).parent
DATA = Path(os.environ.get("KPI_REAL_DATA", HERE.parents[3] / "shared" / "data"))
NAMES = {"1 - Critical": "critical", "2 - High": "high", "3 - Moderate": "medium", "4 - Low": "low"}

if not DATA.is_dir():
    pytest.skip(f"{DATA} is not there: the real files lie beside this repository", allow_module_level=True)
TRUTH: dict[str, Any] = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scorecard]:
    """The scorecard of one of the projects beside this file, over the real files."""

    @cache
    def card(project: str) -> Scorecard:
        root = tmp_path_factory.mktemp(project)
        shutil.copytree(HERE / project, root, dirs_exist_ok=True)
        config = root / "kpi.yaml"
        config.write_text(config.read_text(encoding="utf-8").replace("@DATA@", DATA.as_posix()), encoding="utf-8")
        outcome = check(Options(ProjectRoot(root, (DATA,)), dt.datetime.now(dt.UTC)))
        assert outcome.scorecard is not None
        return outcome.scorecard

    return card


def value(card: Scorecard, kpi: str, **segment: str) -> Measurement:
    """The measurement of the one period in which there are rows."""
    part = tuple(segment.items())
    [found] = [m for m in card.measurements if m.kpi == kpi and m.segment == part and m.population]
    return found


def same(one: float | int | None, other: float) -> bool:
    """Whether two figures agree as closely as was promised."""
    return one == pytest.approx(other, rel=1e-9)


@pytest.mark.parametrize("priority", [None, *NAMES])
def test_servicenow_agrees_with_the_truth(cards: Callable[[str], Scorecard], priority: str | None) -> None:
    """Counts exactly, shares and hours to 1e-9, over all incidents and for each priority."""
    card = cards("servicenow")
    truth = TRUTH["servicenow"]["by_priority"][priority] if priority else TRUTH["servicenow"]
    part = {"priority": NAMES[priority]} if priority else {}
    assert value(card, "incidents", **part).value == truth["incidents"]
    assert value(card, "resolved", **part).value == truth["resolved"]
    for name, wanted in truth["hours_to_resolve"].items():
        measured = value(card, f"hours_{name}", **part)
        assert same(measured.value, wanted), name
        assert measured.measured == truth["resolved"]
    met, bound = truth["sla_met"]
    share = value(card, "sla_met", **part)
    assert (share.measured, value(card, "sla_met_count", **part).value) == (bound, met)
    assert same(share.value, met / bound)


@pytest.mark.parametrize("name", ["reopened", "reassigned", "first_contact"])
def test_servicenow_shares_agree_with_the_truth(cards: Callable[[str], Scorecard], name: str) -> None:
    """Reopened, reassigned and first-contact shares are the pairs of the truth."""
    above, below = TRUTH["servicenow"][name]
    measured = value(cards("servicenow"), name)
    assert measured.measured == below
    assert same(measured.value, above / below)


def test_first_contact_depends_on_what_counts(cards: Callable[[str], Scorecard]) -> None:
    """An incident that came back was not solved in the first contact: leaving that out gives another number."""
    card = cards("servicenow")
    assert value(card, "first_contact").value != value(card, "first_contact_narrow").value


@pytest.mark.parametrize(
    ("kpi", "reading"),
    [
        ("sla_by_flag", "flag, blank is unknown"),
        ("sla_closed_with_target", "closed requests with a target"),
        ("sla_with_target_open_missed", "requests with a target, open counts as missed"),
    ],
)
def test_boston_has_three_readings_of_one_promise(cards: Callable[[str], Scorecard], kpi: str, reading: str) -> None:
    """Each reading is a metric that says what counts, and agrees with the truth."""
    above, below = TRUTH["boston"]["sla_met"][reading]
    measured = value(cards("boston"), kpi)
    assert same(measured.value, above / below)


def test_boston_counts_agree_with_the_truth(cards: Callable[[str], Scorecard]) -> None:
    """Requests, open ones, those without a target, and every flag, the blank one too."""
    card, truth = cards("boston"), TRUTH["boston"]
    assert value(card, "requests").value == truth["requests"]
    assert value(card, "open_requests").value == truth["open"]
    assert value(card, "without_target").value == truth["without_target"]
    assert value(card, "blank_flag_open").value == truth["blank_flag_open"]
    flags = {m.segment[0][1]: m.value for m in card.measurements if m.kpi == "requests" and m.population and m.segment}
    assert flags == {flag or None: count for flag, count in truth["flag_counts"].items()}


def test_the_event_log_is_read_by_its_last_rows(cards: Callable[[str], Scorecard]) -> None:
    """made_sla flips while an incident lives: its last rows say less than all events together do."""
    with (DATA / "servicenow_incident_events_uci498_2016-05a_1in5.csv").open(newline="") as stream:
        # At the project's as_of, nobody knew of later events.
        events = [r for r in csv.DictReader(stream) if _instant(r["sys_updated_at"]) < dt.datetime(2017, 1, 1)]
    last: dict[str, dict[str, str]] = {}
    for row in sorted(events, key=lambda r: (_instant(r["sys_updated_at"]), int(r["sys_mod_count"]))):
        last[row["number"]] = row
    card = cards("events")
    assert value(card, "incidents").value == len(last)
    assert same(value(card, "sla_met").value, _share(last.values()))
    assert _share(last.values()) < (value(card, "sla_met_of_events").value or 0) - 0.1


def _instant(text: str) -> dt.datetime:
    day, time = text.split()
    d, m, y = map(int, day.split("/"))
    return dt.datetime.combine(dt.date(y, m, d), dt.time.fromisoformat(time.zfill(5)))


def _share(rows: Iterable[dict[str, str]]) -> float:
    met = [row["made_sla"] == "true" for row in rows]
    return sum(met) / len(met)


def test_ties_of_the_event_log_are_found(cards: Callable[[str], Scorecard]) -> None:
    """Ordered by time alone some incidents have several last rows: what uses the differing column is unknown."""
    card = cards("events")
    [found] = [d for d in card.diagnostics if d.rule == "duplicate-key"]
    assert found.span.path == "kpi.yaml"
    assert "by_time_alone" in found.message
    assert {m.status for m in card.measurements if m.kpi == "versions_of_ties"} == {"informative"}
    assert all(m.value is None for m in card.measurements if m.kpi == "versions_of_ties")
