"""What an export has in place of a column: minutes instead of a time, a rating inside the ticket, yes or no."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")
OWNER = ("--owner", "desk@example.com", "--yes")
ZENDESK = """\
Id,Requester id,Via,Status,Created at,Initially assigned at,Solved at,Satisfaction Score,Reopens,{REPLY},{BUSINESS}
1,9,Web,Solved,2026-01-05 10:00,2026-01-05 10:01,2026-01-05 12:00,Good,0,25,20
2,8,Web,Solved,2026-01-06 10:00,2026-01-06 10:05,2026-01-06 14:00,Bad,1,45,30
3,7,Web,Solved,2026-01-07 10:00,2026-01-07 10:01,2026-01-08 10:00,Good,0,400,90
4,6,Web,Open,2026-01-08 10:00,2026-01-08 10:02,,Offered,0,,
""".replace("{REPLY}", "First reply time in minutes").replace(
    "{BUSINESS}", "First reply time in minutes within business hours"
)
FRESHDESK = """\
Ticket ID,Created time,Resolved time,Status,Agent interactions,First response time (in hrs),Resolution time (in hrs)
1,2026-01-05 10:00,2026-01-05 16:00,Resolved,1,00:30:00,03:00:00
2,2026-01-06 10:00,2026-01-07 10:00,Resolved,1,01:30:00,07:15:00
3,2026-01-07 10:00,2026-01-07 20:00,Resolved,1,00:10:00,05:30:00
"""
PLAIN = """\
ticket_id,created_at,resolved_at,reopened,satisfaction_score,satisfaction_max,satisfaction_at
1,2026-01-05 10:00,2026-01-05 12:00,Yes,4,5,2026-01-06 10:00
2,2026-01-06 10:00,2026-01-06 12:00,No,3,5,2026-01-07 10:00
3,2026-01-07 10:00,2026-01-07 12:00,No,9,5,2026-01-08 10:00
4,2026-01-08 10:00,2026-01-08 12:00,No,,5,
"""


def desk(folder: Path, text: str, preset: str = "") -> Path:
    """A project over one export, which has no definition yet."""
    (folder / "tickets.csv").write_text(text, encoding="utf-8")
    named = f", preset: {preset}" if preset else ""
    (folder / "kpi.yaml").write_text(
        "version: 1\nname: desk\ntimezone: UTC\nas_of: 2026-02-10\ndatasets:\n"
        f"  tickets: {{source: tickets.csv{named}, key: ticket_id, complete_from: 2026-01-01, "
        "complete_through: 2026-02-10}\n",
        encoding="utf-8",
    )
    return folder


def value(folder: Path, kpi_id: str, name: str = "value") -> Any:
    """What was measured of a KPI over January."""
    card = kpi(folder, "check", "--format", "json").json
    [measurement] = [
        m
        for m in card["measurements"]
        if m["kpi"] == kpi_id and m["period"]["start"] == "2026-01-01" and not m["segment"]
    ]
    return measurement[name]


@pytest.mark.parametrize(
    ("text", "preset", "kpi_id", "expected"),
    [
        (ZENDESK, "zendesk", "first_response_time_recorded", 45),  # 25, 45, 400 minutes
        (ZENDESK, "zendesk", "first_response_time_recorded_business", 30),  # 20, 30, 90 minutes
        (ZENDESK, "zendesk", "csat_satisfied", 2 / 3),  # good, bad, good, and one that was only asked
        (FRESHDESK, "freshdesk", "first_response_time_recorded_business", 30),  # 30, 90, 10 minutes
        (FRESHDESK, "freshdesk", "time_to_resolution_recorded_business", 330),  # 3:00, 7:15, 5:30 hours
        (PLAIN, "", "reopened_rate_recorded", 0.25),  # one yes of four
        (PLAIN, "", "csat_in_tickets", 0.7),  # 4/5 and 3/5; 9 of 5 is missing
        (PLAIN, "", "csat_in_tickets_resolved", 0.7),
    ],
)
def test_a_variant_measures_what_the_export_has(
    text: str, preset: str, kpi_id: str, expected: float, tmp_path: Path
) -> None:
    """One command adds it, and the value is the one that a person works out by hand."""
    folder = desk(tmp_path, text, preset)
    added = kpi(folder, "add", kpi_id, *OWNER)
    assert added.code == 0, added.out + added.err
    assert value(folder, kpi_id) == pytest.approx(expected, rel=1e-9)


def test_a_rating_above_its_scale_is_missing(tmp_path: Path) -> None:
    """It is no satisfaction of 180 %."""
    folder = desk(tmp_path, PLAIN)
    kpi(folder, "add", "csat_in_tickets", *OWNER)
    assert (value(folder, "csat_in_tickets", "measured"), value(folder, "csat_in_tickets", "missing")) == (2, 1)


@pytest.mark.parametrize(
    ("kpi_id", "variant"), [("first_response_time", "first_response_time_recorded"), ("csat", "csat_satisfied")]
)
def test_what_the_columns_do_not_allow_is_not_guessed(kpi_id: str, variant: str, tmp_path: Path) -> None:
    """Nothing is written; the variant that the columns allow is named, and no column of another meaning."""
    folder = desk(tmp_path, ZENDESK, "zendesk")
    ended = kpi(folder, "add", kpi_id, *OWNER)
    assert ended.code != 0
    assert not (folder / "kpis").exists()
    assert f"kpi add {variant}" in " ".join(f"{ended.out} {ended.err}".split())
    assert "first_assigned_at" not in ended.out + ended.err


def test_a_canonical_column_that_is_lacking_is_no_misspelt_other_one(tmp_path: Path) -> None:
    """The time of an assignment is not proposed for the time of a reply, however alike their names are."""
    folder = desk(tmp_path, ZENDESK, "zendesk")
    assert kpi(folder, "add", "time_to_resolution", *OWNER).code == 0
    path = folder / "kpis" / "time_to_resolution.yaml"
    wrong = path.read_text(encoding="utf-8").replace(
        "hours_between(created_at, resolved_at)", "hours_between(created_at, first_response_at)"
    )
    path.write_text(wrong, encoding="utf-8")
    hints = [
        d["hint"]
        for d in kpi(folder, "lint", "--format", "json").json["diagnostics"]
        if d["rule"] == "unknown-column" and d["path"] == "kpis/time_to_resolution.yaml"
    ]
    assert hints
    assert all("Did you mean" not in hint for hint in hints)


def test_init_takes_the_variants_that_an_export_allows(tmp_path: Path) -> None:
    """A desk with minutes has a first response time, and one with ratings a satisfaction, without a word more."""
    export = tmp_path / "zendesk.csv"
    export.write_text(ZENDESK, encoding="utf-8")
    shutil.rmtree(tmp_path / "p", ignore_errors=True)
    ended = kpi(tmp_path, "init", "p", "--from", "zendesk.csv", "--timezone", "UTC")
    assert ended.code == 0, ended.err
    written = {path.stem for path in (tmp_path / "p" / "kpis").rglob("*.yaml")}
    assert {"first_response_time_recorded", "csat_satisfied", "reopened_rate"} <= written
