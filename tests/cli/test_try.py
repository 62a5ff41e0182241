"""`kpi try`: the last periods judged by a proposal, beside today's judgement."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.model.kpi import Kpi, Target
from kpi_framework.workflow.checking.proposed_target import target_in_force
from kpi_framework.workflow.checking.trial import Proposal, tried
from kpi_framework.workflow.project import ProjectRoot, load_unlinked, reporting_periods_of
from kpi_framework.workflow.run import Options
from tests.cli.projects import kpi, project

pytestmark = pytest.mark.usefixtures("engine_inside")

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = (ROOT, ROOT / "examples" / "it-department")


def written(target: Target) -> str:
    """A target as a person gives it to the command."""
    if target.between is not None:
        return f"between {target.between[0]} and {target.between[1]}"
    return f"≤ {target.at_most}" if target.at_most is not None else f"at_least {target.at_least}"


def options(folder: Path) -> Options:
    """A run over a project."""
    return Options(ProjectRoot(folder), dt.datetime.now(dt.UTC))


def judged_kpis() -> list[tuple[Path, str]]:
    """Every KPI of both samples."""
    return [(folder, kpi_id) for folder in SAMPLES for kpi_id in load_unlinked(ProjectRoot(folder)).kpis]


@pytest.mark.parametrize(("folder", "kpi_id"), judged_kpis(), ids=lambda value: getattr(value, "name", value))
def test_todays_target_gives_todays_statuses(folder: Path, kpi_id: str) -> None:
    """A proposal of what holds today changes nothing where it holds today; nor do today's formula and condition."""
    run = options(folder)
    catalog = load_unlinked(run.project_root)
    noun = catalog.kpis[kpi_id]
    current = target_in_force(noun, reporting_periods_of(catalog, None, run.now).today)
    assert current is not None
    trial = tried(run, Proposal(kpi_id, written(current), noun.formula, noun.where))
    same = [p for p in trial.periods if p.today.target is None or p.today.target.from_ == current.from_]
    assert same
    assert [p.proposed.status for p in same] == [p.today.status for p in same]
    assert [p.proposed.value for p in trial.periods] == [p.today.value for p in trial.periods]
    assert not trial.findings


def fingerprint(folder: Path) -> str:
    """All files of a folder, by name and content."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return hashlib.sha256(b"".join(f"{p}".encode() + p.read_bytes() for p in files)).hexdigest()


def asked(folder: Path, *arguments: str) -> Any:
    """The answer as programs get it."""
    ended = kpi(folder, "try", *arguments, "--format", "json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_a_stricter_target_changes_the_periods_between_the_two(tmp_path: Path) -> None:
    """A plain comparison of each month's value with the limit is the oracle; nothing is written."""
    root = project(tmp_path)
    before = fingerprint(root)
    answer = asked(root, "fix_time", "--target", "≤ 180 min")
    assert fingerprint(root) == before
    assert answer["changes"] == [
        {"field": "target", "before": "≤ 4 h, at risk to 5 h", "after": "≤ 180 min, at risk to 5 h"}
    ]
    known = [p["proposed"] for p in answer["periods"] if p["proposed"]["status"] != "unknown"]
    assert known
    for measurement in known:
        value = measurement["value"]
        assert measurement["status"] == ("met" if value <= 3 else "near" if value <= 5 else "missed")


def test_another_formula_and_condition(tmp_path: Path) -> None:
    """The values are those of the proposed definition, as `kpi show` would give them if it were written."""
    root = project(tmp_path)
    answer = asked(
        root, "fix_time", "--formula", "max(hours_between(created_at, resolved_at))", "--where", "priority = 'high'"
    )
    path = root / "kpis/fix_time.yaml"
    text = path.read_text().replace("median(", "max(").replace("unit: hours", "where: priority = 'high'\nunit: hours")
    path.write_text(text)
    shown = json.loads(kpi(root, "show", "fix_time", "--format", "json").out)
    values = {m["period"]["start"]: m["value"] for m in shown["measurements"] if not m["segment"]}
    assert {p["proposed"]["period"]["start"]: p["proposed"]["value"] for p in answer["periods"]} == values


@pytest.mark.parametrize("percent", [50, 80, 100])
def test_what_the_past_reached_is_proposed_as_such(percent: int) -> None:
    """At least so many of the known periods meet the proposed limit, and it is said where it comes from."""
    for kpi_id in ("first_response_time", "sla_compliance"):
        trial = tried(options(ROOT), Proposal(kpi_id, f"{percent}%-reachable"))
        known = [p.proposed for p in trial.periods if p.proposed.status.value != "unknown"]
        assert sum(m.status.value == "met" for m in known) >= percent / 100 * len(known)
        assert "history" in trial.notes[0]


def test_a_proposed_formula_has_a_history_of_its_own() -> None:
    """What is reachable is said of the values that are judged, not of today's."""
    formula = "avg(minutes_between(created_at, first_response_at))"
    trial = tried(options(ROOT), Proposal("first_response_time", "100%-reachable", formula))
    known = [p.proposed for p in trial.periods if p.proposed.status.value != "unknown"]
    assert known
    assert {m.status.value for m in known} == {"met"}


def test_what_others_reach_is_proposed_as_such() -> None:
    """The benchmark may be tried as a target; beside every other target it is named."""
    noun = load_unlinked(ProjectRoot(ROOT)).kpis["first_response_time"]
    assert isinstance(noun, Kpi)
    assert noun.benchmark is not None
    trial = tried(options(ROOT), Proposal(noun.id, "benchmark"))
    assert trial.periods[-1].proposed.target is not None
    assert trial.periods[-1].proposed.target.at_most == 120
    assert noun.benchmark.source in trial.notes[0]
    beside = tried(options(ROOT), Proposal(noun.id, "≤ 45 min"))
    assert any(noun.benchmark.source in note for note in beside.notes)


def test_a_proposal_that_cannot_be_computed_says_why(tmp_path: Path) -> None:
    """A column that is not there, or a function that is not allowed: unknown, the reason, exit 1."""
    root = project(tmp_path)
    persons = "count(*) filter (where requester = 'user 1')"
    proposals = {"avg(nothing)": "no column", "avg(random())": "random", "count(": "", persons: "names people"}
    for formula, words in {**proposals, f"sum({'(' * 6_000})": ""}.items():
        ended = kpi(root, "try", "fix_time", "--formula", formula)
        assert ended.code == 1, ended.out
        assert "Why the proposal has no value" in ended.out
        assert words in ended.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fix_time",), "nothing is proposed"),
        (("nobody", "--target", "3 h"), "there is no definition nobody"),
        (("volume", "--target", "3"), "is a metric"),
        (("fix_time", "--target", "soon"), "soon"),
        (("fix_time", "--target", "≤ 5%"), "5%"),
        (("fix_time", "--target", "0%-reachable"), "from 1% to 100%"),
        (("fix_time", "--target", "benchmark"), "no benchmark"),
        (("fix_time", "--formula", " "), "is empty"),
        (("per_ticket", "--where", "true"), "is derived"),
    ],
)
def test_a_proposal_that_says_nothing_is_refused(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit 2, what is wrong, and what to write."""
    derived = "version: 1\nkind: metric\nid: per_ticket\nname: X\nunit: ratio\nformula: fix_time / volume\n"
    ended = kpi(project(tmp_path, {"kpis/per_ticket.yaml": derived}), "try", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


@pytest.mark.parametrize(
    "text", ["3 h", "<= 3 h", "≤3 h", "at_most: 3 h", "at most 180 min", "≤ 180 min", "≤ 3"]
)  # fmt: skip
def test_a_limit_may_be_written_in_many_ways(tmp_path: Path, text: str) -> None:
    """A bare quantity stands on today's side; units are converted."""
    answer = asked(project(tmp_path), "fix_time", "--target", text)
    assert {p["proposed"]["target"]["at_most"] for p in answer["periods"]} == {3}


@pytest.mark.parametrize("text", ["between 2 h and 3 h", "[2 h, 3 h]", "2 h – 3 h", "2 to 3"])
def test_a_band_may_be_written_in_many_ways(tmp_path: Path, text: str) -> None:
    """Both ends, in any of the usual forms."""
    answer = asked(project(tmp_path), "fix_time", "--target", text)
    assert [p["proposed"]["target"]["between"] for p in answer["periods"]][-1] == [2, 3]


def test_a_page_for_a_pull_request(tmp_path: Path) -> None:
    """As Markdown it stands in a description: both statuses of each period, and that nothing is written."""
    ended = kpi(project(tmp_path), "try", "fix_time", "--target", "≤ 1 h", "--format", "markdown")
    assert ended.code == 0
    assert "Nothing is written" in ended.out
    assert "| Period |" in ended.out
