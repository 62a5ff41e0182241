"""Behaviour, budget and pace of whole runs: they depend on the data and on the events, never on what is shown."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.evaluate.behaviour import FROZEN, Point, behaviour_of
from kpi_framework.evaluate.groups import RECENT
from kpi_framework.model.behaviour import Behaviour, Variation
from kpi_framework.model.measurement import Measurement, Scorecard
from kpi_framework.model.pace import Budget, ExpectedBudget, Pace
from kpi_framework.model.record import replace
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

MONTHS = [dt.date(2023 + n // 12, n % 12 + 1, 1) for n in range(40)]
"""January 2023 to April 2026."""
AS_OF = dt.date(2026, 4, 20)
VOLUMES = [16 + (n * 7) % 9 + (20 if n > 36 else 0) for n in range(40)]
"""Tickets a month: noise for three years, then a jump."""
KPI: Mapping[str, Any] = {
    "version": 1, "dataset": "t", "counts": "All.", "owner": "desk@example.com",
    "review": {"cadence": "yearly", "last": "2026-04-01"}, "action": {"do": "Look."},
    "baseline": {"from": "2025-12-01", "to": "2026-01-31"},
}  # fmt: skip
DEFINITIONS: Mapping[str, Mapping[str, Any]] = {
    "volume": {"formula": "count(*)", "unit": "count", "target": {"at_most": 30}},
    "wait": {"formula": "median(n)", "unit": "minutes", "target": {"at_most": 60}, "segments": ["channel"]},
    "in_time": {"formula": "share(ok)", "unit": "percent", "target": {"at_least": "90%"}, "segments": ["channel"]},
    "growth": {"formula": "volume / previous(volume)", "unit": "ratio", "target": {"at_most": 2}, "dataset": None},
    "open": {"formula": "count(*)", "unit": "count", "open_between": ["opened", "closed"], "target": {"at_most": 9}},
    "quarter": {"formula": "count(*)", "unit": "count", "window": "90 days", "target": {"at_most": 90}},
    "seldom": {"formula": "avg(n)", "unit": "minutes", "where": "rare", "target": {"at_most": 60}},
}


def rows() -> list[tuple[object, ...]]:
    """The tickets, in their order: when opened and closed, a number, whether in time, a channel, whether rare."""
    listed: list[tuple[object, ...]] = []
    for n, (month, volume) in enumerate(zip(MONTHS, VOLUMES, strict=True)):
        last = 20 if month == MONTHS[-1] else 28
        for i in range(volume):
            opened = month + dt.timedelta(days=i * last // volume)
            listed.append((opened, opened + dt.timedelta(days=3 + i % 40), 10 + (i * n) % 50, i % 12 > 0,
                           ("mail", "phone")[i % 2], n % 3 == 0))  # fmt: skip
    return listed


def write(root: Path, tickets: Sequence[tuple[object, ...]], **project: Any) -> Path:
    """A project over these tickets."""
    (root / "kpis").mkdir(parents=True, exist_ok=True)
    types = {"opened": "date", "closed": "date", "n": "integer", "ok": "boolean", "channel": "text", "rare": "boolean"}
    dataset = {"source": "t.csv", "time": "opened", "columns": {n: {"from": n, "type": t} for n, t in types.items()},
               "complete_from": "2023-01-01", "complete_through": AS_OF.isoformat()}  # fmt: skip
    whole = {"version": 1, "name": "x", "as_of": AS_OF.isoformat(), "datasets": {"t": dataset}, **project}
    (root / "kpi.yaml").write_text(json.dumps(whole))
    for name, fields in DEFINITIONS.items():
        kpi = {k: v for k, v in {**KPI, "id": name, "name": name, **fields}.items() if v is not None}
        (root / f"kpis/{name}.yaml").write_text(json.dumps(kpi))
    lines = (",".join(types), *(",".join(map(str, ticket)) for ticket in tickets))
    (root / "t.csv").write_text("\n".join(lines) + "\n")
    return root


def card(root: Path, **asked: Any) -> Scorecard:
    """What a check of the project comes to."""
    options = replace(Options(ProjectRoot(root), dt.datetime(2026, 4, 20, 12, tzinfo=dt.UTC)), **asked)
    scorecard = check(options).scorecard
    assert scorecard is not None
    return scorecard


def behaviours(scorecard: Scorecard) -> dict[str, Behaviour]:
    """The behaviour of each KPI that has one."""
    return {m.kpi: m.behaviour for m in scorecard.measurements if m.behaviour is not None}


def running(scorecard: Scorecard, kpi: str) -> Measurement:
    """The running period of a KPI overall."""
    return scorecard.series(kpi)[-1]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that most tests look at."""
    return write(tmp_path_factory.mktemp("past"), rows())


@pytest.fixture(scope="module")
def usual(root: Path) -> Scorecard:
    """A check of it as it is usually run."""
    return card(root)


def test_limits_are_those_of_the_first_twenty_points(root: Path, usual: Scorecard) -> None:
    """The same as from all values at once, which sixty periods show; what changes at the end moves them not.

    A stock at the instant at which the data begin is no point: nobody knows what was open then.
    """
    everything = card(root, periods=60)
    assert set(behaviours(usual)) == {"volume", "wait", "in_time", "growth", "open", "seldom"}
    for kpi, behaviour in behaviours(usual).items():
        judged = next(m for m in everything.series(kpi) if m.judged)
        series = (m for m in everything.series(kpi) if MONTHS[0] <= m.period.start <= judged.period.start)
        known = [Point(m.period, m.value) for m in series if m.value is not None and m.reason is None]
        recent = [p for p in known if p.period.start >= MONTHS[38 - RECENT + 1]]
        assert behaviour == behaviour_of(known[:FROZEN], recent, judged.period, judged.target), kpi
        assert behaviour.points[0] == known[0].period.start
    assert behaviours(usual)["volume"].variation is Variation.WORSENING


@pytest.mark.parametrize("periods", [2, 3, 24, 60])
def test_what_is_shown_changes_nothing(root: Path, usual: Scorecard, periods: int) -> None:
    """`--periods` and `--only` change no behaviour, no budget and no pace."""
    other = card(root, periods=periods)
    assert behaviours(other) == behaviours(usual)
    for kpi in DEFINITIONS:
        assert running(other, kpi) == replace(running(usual, kpi), previous=running(other, kpi).previous)
        alone = card(root, periods=periods, only=(kpi,))
        assert behaviours(alone).get(kpi) == behaviours(usual).get(kpi)
        assert running(alone, kpi) == running(other, kpi)


def test_informing_changes_no_value_status_or_finding(root: Path, usual: Scorecard) -> None:
    """A run that does not look back says the same of everything else."""
    bare = card(root, looks_back=False)
    told = [replace(m, behaviour=None, budget=None, pace=None) for m in usual.measurements]
    assert list(bare.measurements) == told
    assert (bare.diagnostics, bare.verdict, bare.signals) == (usual.diagnostics, usual.verdict, usual.signals)


def test_a_single_period_tells_no_behaviour(root: Path) -> None:
    """A run of one period is the fast one: it reads nothing more."""
    assert behaviours(card(root, periods=1)) == {}


def test_time_that_passes_moves_no_limits(root: Path, tmp_path: Path, usual: Scorecard) -> None:
    """A year earlier, the same twenty points gave the same mean and limits."""
    earlier = write(tmp_path, rows(), as_of="2025-04-20")
    for kpi, behaviour in behaviours(card(earlier)).items():
        assert behaviours(usual)[kpi].points[: len(behaviour.points)] == behaviour.points
        if len(behaviour.points) == FROZEN:
            assert (behaviour.mean, behaviour.limits) == (behaviours(usual)[kpi].mean, behaviours(usual)[kpi].limits)


def test_overlapping_windows_have_no_limits(usual: Scorecard) -> None:
    """A trailing window of 90 days shares its rows with its neighbours: what differs between them is no noise."""
    assert "quarter" not in behaviours(usual)


def test_points_may_be_rare(usual: Scorecard) -> None:
    """Where every third month has a value, there are no neighbours and so no moving ranges."""
    seldom = behaviours(usual)["seldom"]
    assert [p.month for p in seldom.points[:4]] == [1, 4, 7, 10]
    assert (seldom.limits, seldom.variation) == (None, None)


def test_only_an_event_begins_a_group(root: Path, tmp_path: Path, usual: Scorecard) -> None:
    """It begins with the period of the event's day, for the ids that it names."""
    events = [{"date": "2025-02-17", "what": "New tool", "rebase": ["volume", "growth"]},
              {"date": "2025-06-01", "what": "A fair"}, {"date": "2026-04-19", "what": "Later", "rebase": ["volume"]},
              {"date": "2026-05-01", "what": "Much later", "rebase": ["volume"]}]  # fmt: skip
    moved = behaviours(card(write(tmp_path, rows(), events=events)))
    assert moved["volume"].points == tuple(MONTHS[25:39])
    assert moved["growth"].points == tuple(MONTHS[25:39])
    assert moved["wait"] == behaviours(usual)["wait"]


def test_a_stated_beginning_long_ago_is_taken_at_its_word(tmp_path: Path) -> None:
    """From there on nothing happened: the first points are zeros, and nothing takes for ever."""
    root = write(tmp_path, rows())
    project = json.loads((root / "kpi.yaml").read_text())
    project["datasets"]["t"]["complete_from"] = "1970-01-01"
    (root / "kpi.yaml").write_text(json.dumps(project))
    told = behaviours(card(root))
    assert (told["volume"].limits, told["volume"].points[0]) == ((0, 0), dt.date(1970, 1, 1))
    assert told["wait"].limits is None


def test_the_running_month_has_a_budget_and_a_pace(usual: Scorecard) -> None:
    """40 tickets so far, of which every twelfth was late; six months before had 18 to 43."""
    month = running(usual, "in_time")
    assert month.measured == VOLUMES[-1]
    assert month.budget == Budget(VOLUMES[-1] // 10, 4, ExpectedBudget(VOLUMES[-1], VOLUMES[-1] // 10))
    assert month.pace is Pace.TOO_CLOSE_TO_CALL
    assert [m.kpi for m in usual.measurements if m.budget is not None] == ["in_time"]


def test_the_running_month_of_a_count(usual: Scorecard) -> None:
    """A count over its limit is lost; averages, ratios, stocks and trailing windows have no pace."""
    assert running(usual, "volume").pace is Pace.LOST
    assert {m.kpi for m in usual.measurements if m.pace is not None} == {"volume", "in_time"}


def test_stale_data_have_no_pace(tmp_path: Path) -> None:
    """Where the data end before as_of, nobody knows how many misses there are."""
    root = write(tmp_path, rows(), as_of="2026-04-25")
    assert all(m.pace is None and m.budget is None for m in card(root).measurements)


def test_an_event_names_definitions_that_are_there(tmp_path: Path) -> None:
    """A misspelled id would begin no group, in silence."""
    root = write(tmp_path, rows(), events=[{"date": "2025-02-17", "what": "x", "rebase": ["volume", "volum"]}])
    findings = [f for f in card(root).diagnostics if f.rule == "unknown-reference"]
    assert ["`volum`" in f.message and "`volume`" in f.hint for f in findings] == [True]
