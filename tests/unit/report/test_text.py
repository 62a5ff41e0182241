"""The terminal: it fits the screen, and obeys nobody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kpi_framework.model.measurement import Status
from kpi_framework.report.pages.scorecard_text import render_text
from kpi_framework.report.view.result import Report
from tests.unit.report.reading import control_characters, hostile
from tests.unit.report.scorecards import example, finding, kpi, measure, scorecard, segment, service_desk

EVERYTHING = Report(service_desk(), (finding(),), (example(passed=False),), passed=False, exit_code=1)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    """Tables leave out columns before they break."""
    text = render_text(Report(service_desk(), (finding(),), width=width))
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "5 h 10 min" in text
    assert "✗ missed (waived)" in text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_name_status_value_target_and_trend_are_always_there(width: int) -> None:
    """What leaves first is what the eye misses least."""
    lines = render_text(Report(service_desk(), width=width)).splitlines()
    (head,) = [line for line in lines if line.startswith("Status ")]
    assert {"Status", "KPI", "Value", "Target", "Trend"} <= set(head.split())
    (row,) = [line for line in lines if line.startswith("▲ at risk") and "≤" in line]
    assert "First response time" in row
    assert row.endswith("█▇▆▆▄▅▄▂▁·▁▁")


def test_colour_only_where_it_is_asked_for() -> None:
    """NO_COLOR is the caller's to honour; without colour no escape sequence is left, and the same words."""
    bare = render_text(EVERYTHING)
    coloured = render_text(Report(EVERYTHING.scorecard, EVERYTHING.diagnostics, EVERYTHING.examples, color=True))
    assert control_characters(bare) == set()
    assert "\x1b[" in coloured
    without = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in without.splitlines()] == bare.splitlines()


def test_a_finding_shows_place_code_rule_message_and_hint() -> None:
    """Everything needed to go there and correct it, on the finding itself."""
    text = render_text(Report(diagnostics=(finding(message="no owner here", hint="Add `owner:`."),), passed=False))
    (place,) = [line for line in text.splitlines() if line.startswith("kpis/csat.yaml:3:1")]
    assert {"error", "KPI101", "missing-owner"} <= set(place.split())
    assert "no owner here" in text
    assert "Add `owner:`." in text
    assert "✗ Not passed: 1 error" in text


def test_a_clean_lint_says_so() -> None:
    """Silence is not an answer."""
    assert render_text(Report()).strip() == "✓ Passed: no findings"


@settings(max_examples=60)
@given(hostile, st.sampled_from([40, 80, 120]))
def test_a_hostile_string_is_only_shown(text: str, width: int) -> None:
    """No escape sequence, no markup of rich, no line beyond the screen."""
    scored = scorecard(
        [measure(status=Status.MISSED), measure(segment=segment(channel=text))],
        [kpi(name=text, owner=text, asks=text, action={"do": text, "link": text})],
        [finding(message=text, hint=text)], project=text,
    )  # fmt: skip
    rendered = render_text(Report(scored, examples=(example(example=text, got=text, passed=False),), width=width))
    assert control_characters(rendered) == set()
    assert max(cell_len(line) for line in rendered.splitlines()) <= width


@pytest.mark.parametrize("name", ["[bold]x[/bold]", "[/]", ":smile:", "[link=http://x.example]y[/link]"])
def test_markup_of_the_terminal_library_is_text(name: str) -> None:
    """Square brackets and colons stay what they are."""
    assert name in render_text(Report(scorecard([measure()], [kpi(name=name)]), width=160))
