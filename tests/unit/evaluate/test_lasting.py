"""Things that last: what is told of them, what an example measures, and what a definition cannot have."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from kpi_framework.model.measurement import Scorecard
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

HEADER = "outage_id,service,critical,started_at,ended_at,planned"
MAIL = "1,mail,true,2025-01-31 22:00,2025-02-01 04:00,false"
VPN = "2,vpn,true,2025-02-10 00:00,,false"
SHORT = "3,mail,true,2025-02-20 08:00,2025-02-20 09:00,false"
BASE: Mapping[str, object] = {
    "version": 1, "kind": "metric", "id": "downtime", "name": "Downtime", "dataset": "outages", "unit": "minutes",
    "counts": "Elapsed time.",
}  # fmt: skip
SPANS: Mapping[str, object] = {
    **BASE, "spans": ["started_at", "ended_at"], "formula": "coalesce(sum(overlap_minutes()), 0)",
}  # fmt: skip
UNCUT: Mapping[str, object] = {
    **BASE, "time": "started_at", "formula": "sum(minutes_between(started_at, coalesce(ended_at, period_end)))",
}  # fmt: skip


def _card(
    root: Path, metric: Mapping[str, object], *rows: str, through: str = "2025-05-01", as_of: str = "2025-05-02",
    **dataset: object,
) -> Scorecard:  # fmt: skip
    (root / "kpis").mkdir()
    (root / "kpis/downtime.yaml").write_text(json.dumps(metric))
    outages = {"source": "outages.csv", "complete_from": "2024-01-01", "complete_through": through, **dataset}
    datasets = {str(metric["dataset"]): outages}
    project = {"version": 1, "name": "Services", "timezone": "UTC", "as_of": as_of, "datasets": datasets}
    (root / "kpi.yaml").write_text(json.dumps(project))
    (root / "outages.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    card = check(Options(ProjectRoot(root), dt.datetime.now(dt.UTC), periods=4)).scorecard
    assert card is not None
    return card


def _by_month(card: Scorecard) -> dict[int, float | int | None]:
    return {m.period.start.month: m.value for m in card.measurements if m.is_whole}


def _rules(card: Scorecard) -> list[str]:
    return [finding.rule for finding in card.diagnostics]


def test_an_outage_counts_in_each_month_that_it_touches(tmp_path: Path) -> None:
    """Two hours before midnight and four after it; one that goes on fills the months, up to the end of the data."""
    card = _card(tmp_path, SPANS, MAIL, VPN)
    # By hand: 10 to 28 February are 19 days, and the data end with 1 May.
    assert _by_month(card) == {1: 120, 2: 240 + 19 * 1440, 3: 31 * 1440, 4: 30 * 1440, 5: 1440}
    assert _rules(card) == []


@pytest.mark.parametrize("metric", [SPANS, UNCUT], ids=["spans", "period_end"])
def test_the_running_period_ends_at_as_of(tmp_path: Path, metric: Mapping[str, object]) -> None:
    """An outage since the 10th has lasted three days on the evening of the 12th, however the definition says it."""
    card = _card(tmp_path, metric, VPN, through="2025-02-12", as_of="2025-02-12")
    assert _by_month(card)[2] == 3 * 1440


def test_what_goes_on_is_known_no_further_than_the_data(tmp_path: Path) -> None:
    """Nobody knows of a day that the export does not reach."""
    card = _card(tmp_path, SPANS, VPN, through="2025-02-28", as_of="2025-05-02")
    assert _by_month(card) == {1: 0, 2: 19 * 1440, 3: 0, 4: 0, 5: 0}
    assert {m.period.start.month for m in card.measurements if m.reason is None} == {1, 2}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"formula": "1 - sum(hours_between(started_at, coalesce(ended_at, period_end))) / 720", "unit": "percent"},
        {"formula": "sum(minutes)"},
    ],
    ids=["a total", "a share of the month", "a computed column"],
)
def test_rows_that_go_on_past_their_month_are_told(tmp_path: Path, fields: dict[str, object]) -> None:
    """A total of whole rows counts the time of two months in one; it is told in how many rows, and what to write."""
    derive = {"minutes": "minutes_between(started_at, ended_at)"}
    card = _card(tmp_path, {**UNCUT, **fields}, MAIL, VPN, SHORT, derive=derive)
    finding = next(f for f in card.diagnostics if f.rule == "data-rule")
    assert finding.kpi == "downtime"
    assert finding.message.startswith("downtime: 2 rows ")
    assert "spans: [started_at, ended_at]" in finding.hint


@pytest.mark.parametrize(
    ("metric", "rows"),
    [
        (UNCUT, ["1,mail,true,2025-01-31 22:00,2025-02-01 00:00,false", SHORT]),
        ({**UNCUT, "where": "not planned"}, ["1,mail,true,2025-01-31 22:00,2025-02-01 04:00,true", SHORT]),
        ({**UNCUT, "time": "ended_at", "formula": "avg(minutes_between(started_at, ended_at))"}, [MAIL]),
        ({**UNCUT, "formula": "max(minutes_between(started_at, ended_at))"}, [MAIL]),
        ({**BASE, "time": "started_at", "formula": "count(*)", "unit": "count"}, [MAIL]),
    ],
    ids=["split at midnight", "not of the population", "an average of whole rows", "the longest", "beginnings"],
)
def test_nothing_is_told_where_every_row_is_where_it_belongs(
    tmp_path: Path, metric: Mapping[str, object], rows: list[str]
) -> None:
    """Rows that end with their period, or are none of the definition's, and formulas that mean whole rows."""
    assert "data-rule" not in _rules(_card(tmp_path, metric, *rows))


@pytest.mark.parametrize("dataset", ["outages", "downs"])
def test_a_row_that_ends_before_it_begins_is_missing_and_told(tmp_path: Path, dataset: str) -> None:
    """It belongs to the population of the month in which it begins, and to no sum; once, not twice, it is told: of
    `outages` by their contract's order, of a dataset without a contract by the definition's spans."""
    columns = {name: {"from": name, "type": "timestamp"} for name in ("started_at", "ended_at")}
    backward = "9,mail,true,2025-03-05 10:00,2025-03-04 10:00,false"
    metric = {**SPANS, "dataset": dataset, "min_measured": "0%"}
    card = _card(tmp_path, metric, SHORT, backward, columns=columns)
    march = next(m for m in card.measurements if m.period.start.month == 3)
    assert (march.value, march.population, march.measured, march.missing) == (0, 1, 0, 1)
    assert _rules(card).count("impossible-time") == 1


GIVEN = [
    {"started_at": "2025-01-31 22:00", "ended_at": "2025-02-01 04:00"},
    {"started_at": "2025-02-10 00:00", "ended_at": None},
    {"started_at": "2025-02-05 10:00", "ended_at": "2025-02-05 10:00"},
]


@pytest.mark.parametrize(
    ("example", "passes"),
    [
        ({"period": "2025-01", "expect": {"value": "2 h", "population": 1}}, True),
        ({"period": "2025-02-01", "expect": {"value": 240 + 19 * 1440, "population": 3}}, True),
        ({"period": "2025-03", "expect": {"value": 31 * 1440, "population": 1}}, True),
        ({"expect": {"value": "6 h", "population": 3, "measured": 2, "missing": 1}}, True),
        ({"period": "2025", "expect": "6 h"}, False),
        ({"period": "2025-02-30", "expect": "6 h"}, False),
        ({"at": "2025-02-28", "expect": "6 h"}, False),
    ],
)
def test_an_example_has_a_period(tmp_path: Path, example: dict[str, object], passes: bool) -> None:
    """The part inside it counts; without one all of each row, and one that goes on has no length. Months have names."""
    metric = {**SPANS, "examples": [{"name": "outages", "given": GIVEN, **example}]}
    assert (_rules(_card(tmp_path, metric, SHORT)) == []) is passes


@pytest.mark.parametrize("moment", [{"period": "2025-02"}, {"at": "2025-02-28"}])
def test_an_example_of_a_window_ends_with_its_period(tmp_path: Path, moment: dict[str, str]) -> None:
    """Of what goes on, the window's own days; a row that ended before them is not counted."""
    example = {"name": "a week", "given": GIVEN, **moment, "expect": {"value": 7 * 1440, "population": 1}}
    assert _rules(_card(tmp_path, {**SPANS, "window": "7 days", "examples": [example]}, SHORT)) == []


def test_an_example_gives_both_ends(tmp_path: Path) -> None:
    """One that leaves the end out tests less than it seems to."""
    example = {"name": "no end", "given": [{"started_at": "2025-02-10 00:00"}], "period": "2025-02", "expect": 27_360}
    assert _rules(_card(tmp_path, {**SPANS, "examples": [example]}, SHORT)) == ["example-incomplete"]


def test_a_condition_may_look_at_the_part_inside(tmp_path: Path) -> None:
    """The mail's outage lasted two hours in January and four in February: over three hours only there."""
    metric = {**SPANS, "where": "overlap_hours() > 3", "formula": "count(*)", "unit": "count"}
    assert _by_month(_card(tmp_path, metric, MAIL, SHORT)) == {1: 0, 2: 1, 3: 0, 4: 0, 5: 0}


def test_an_example_cut_by_a_calendar(tmp_path: Path) -> None:
    """Friday 31 January from 16:00 on: an hour of work in January, four in February; the quarter has its own name."""
    metric = {
        **SPANS, "formula": "sum(overlap_hours(site))", "unit": "hours", "period": "quarter",
        "examples": [
            {"name": period, "period": period, "expect": hours,
             "given": [{"started_at": "2024-12-31 16:00", "ended_at": "2025-01-01 13:00", "site": "desk"}]}
            for period, hours in (("2024-10", 1), ("2025-01", 4))
        ],
    }  # fmt: skip
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis/downtime.yaml").write_text(json.dumps(metric))
    project = {
        "version": 1, "name": "Services", "timezone": "UTC", "as_of": "2025-05-02",
        "calendars": {"desk": {"hours": {"mon-fri": ["09:00-17:00"]}}},
        "datasets": {"outages": {"source": "outages.csv", "columns": {"site": "service"}}},
    }  # fmt: skip
    (tmp_path / "kpi.yaml").write_text(json.dumps(project))
    (tmp_path / "outages.csv").write_text(f"{HEADER}\n{SHORT}\n")
    card = check(Options(ProjectRoot(tmp_path), dt.datetime.now(dt.UTC))).scorecard
    assert card is not None
    assert "example-failed" not in _rules(card)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"time": "started_at"}, "type-mismatch"),
        ({"open_between": ["started_at", "ended_at"]}, "type-mismatch"),
        ({"spans": ["service", "ended_at"]}, "type-mismatch"),
        ({"spans": None, "time": "started_at"}, "type-mismatch"),
        ({"formula": "overlap_minutes()"}, "not-an-aggregate"),
        ({"formula": "sum(overlap_minutes('desk'))"}, "unknown-reference"),
        ({"formula": "sum(overlap_minutes('desk', 'desk'))"}, "type-mismatch"),
        ({"formula": "sum(overlap_minutes())", "unit": "hours"}, "type-mismatch"),
        ({"counts": "Outages."}, "unstated-clock"),
    ],
)
def test_what_does_not_go_together_is_found(tmp_path: Path, fields: dict[str, object], rule: str) -> None:
    """A span has one dating, two instants, and a part only inside an aggregate; its hours say their clock."""
    metric = {name: value for name, value in {**SPANS, **fields}.items() if value is not None}
    assert rule in _rules(_card(tmp_path, metric, SHORT))
