"""Large projects: every format stays readable, and within the limits of where it is shown."""

from __future__ import annotations

import json

import pytest

from kpi_framework.model.measurement import Measurement, Scorecard, Status
from kpi_framework.report.renderers import renderer
from kpi_framework.report.view.result import Report
from tests.unit.report.reading import tables, xml
from tests.unit.report.scorecards import finding, kpi, measure, scorecard, segment, series

FINDINGS = tuple(
    finding(rule, f"kpis/k{n % 200}.yaml", n + 1, message="x" * 300, hint="y" * 300)
    for n in range(1250)
    for rule in ("missing-owner", "contract-violation", "review-overdue", "duplicate-formula")
)


def large() -> Scorecard:
    """200 missed KPIs with a year each, twenty segments, long texts, and 5,000 findings."""
    measured: list[Measurement] = []
    definitions = []
    for n in range(200):
        name = f"k{n}"
        whole = measure(name, 100 + n, status=Status.MISSED)
        measured += series(whole, list(range(11)))
        measured += [measure(name, s, segment=segment(team=f"team {s}"), status=Status.MISSED) for s in range(20)]
        long = "<&|@x" * 1000
        definitions.append(kpi(name, name=long, asks=long, formula=long, action={"do": long}))
    return scorecard(measured, definitions, FINDINGS)


@pytest.fixture(scope="module")
def report() -> Report:
    """The outcome of checking it."""
    return Report(large(), passed=False, exit_code=1, width=80)


def test_the_markdown_stays_under_a_mebibyte(report: Report) -> None:
    """A step summary beyond it is lost whole; cut tables are still tables, and say what was cut."""
    text = renderer("markdown")(report)
    assert len(text.encode()) < 1024 * 1024
    assert all(len(row) == len(table[0]) for table in tables(text) for row in table)
    assert "more are left out" in text
    assert "## Definitions" in text
    assert text.count("↳ 12 more segments not met") == 200


def test_the_terminal_is_not_flooded(report: Report) -> None:
    """Findings beyond fifty are counted by rule."""
    text = renderer("text")(Report(diagnostics=FINDINGS))
    assert len(text.splitlines()) < 1000
    assert "4,950 more" in text


def test_machines_get_everything(report: Report) -> None:
    """No format for a program leaves a finding out."""
    assert len(json.loads(renderer("json")(report))["diagnostics"]) == 5000
    assert len(json.loads(renderer("sarif")(report))["runs"][0]["results"]) == 5000
    assert len(json.loads(renderer("gitlab")(report))) == 5000
    suite = xml(renderer("junit")(report)).find("testsuite")
    assert suite is not None
    assert suite.get("tests") == "5000"


def test_github_gets_twenty_lines(report: Report) -> None:
    """Ten errors and ten warnings are all it shows."""
    assert len(renderer("github")(report).splitlines()) == 20


def test_two_thousand_kpis_with_long_texts_stay_under_a_mebibyte() -> None:
    """However many there are, and however much their authors wrote: it can be shown, and says what was cut."""
    long = "<&|@x" * 10_000
    definitions = [kpi(f"k{n}", name=f"{n} {long}" if n < 50 else f"KPI {n}", asks=long[:500]) for n in range(2000)]
    card = scorecard([measure(f"k{n}", 100 + n, status=Status.MISSED) for n in range(2000)], definitions, ())
    text = renderer("markdown")(Report(card, passed=False, exit_code=1, width=80))
    assert len(text.encode()) < 1024 * 1024
    assert all(len(row) == len(table[0]) for table in tables(text) for row in table)
    assert "more are left out" in text
