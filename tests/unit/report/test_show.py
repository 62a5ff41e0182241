"""One definition from near, and the rules one by one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from kpi_framework.load.library import rule_examples
from kpi_framework.model.rule import RULES
from kpi_framework.report.pages.rules import explain, render_rules
from kpi_framework.report.pages.show import SHOW_FORMATS, ShowReport
from tests.unit.report.reading import control_characters, hostile, tables, tokens
from tests.unit.report.scorecards import kpi, measure, scorecard, segment, service_desk

DESK = service_desk()
FULL = kpi(
    target=[
        {"at_most": "90 min"},
        {
            "at_most": 60, "near": "75 min", "from": "2026-07-01",
            "by": {"priority": {"critical": {"at_most": "30 min"}}},
        },
    ],
    baseline={"from": "2026-01-01", "to": "2026-02-28"}, review={"cadence": "monthly", "last": "2026-10-02"},
    benchmark={"between": [30, "2 h"], "source": "a guide", "year": 2026}, counts="Tickets of users.",
)  # fmt: skip


def test_all_twelve_periods_are_shown_and_the_judged_one_is_marked() -> None:
    """The table holds what the scorecard holds, in order."""
    text = SHOW_FORMATS["text"](ShowReport(DESK, "time_to_resolution"))
    lines = [line for line in text.splitlines() if line.startswith("202")]
    assert [line[:7] for line in lines] == [f"{m.period.start:%Y-%m}" for m in DESK.series("time_to_resolution")]
    assert [line[:7] for line in lines if "judged" in line] == ["2026-10"]


def test_the_breakdown_has_the_worst_first() -> None:
    """Under a ceiling the slowest stands on top."""
    text = SHOW_FORMATS["markdown"](ShowReport(DESK, "time_to_resolution", ("priority",)))
    _, parts = tables(text)
    assert [row[0].removeprefix("priority: ") for row in parts[1:]] == ["low", "high", "urgent", "critical"]


def test_a_breakdown_without_values_says_so() -> None:
    """No empty table without a word."""
    for name in ("text", "markdown"):
        assert "No value by channel" in SHOW_FORMATS[name](ShowReport(DESK, "csat", ("channel",)))


def test_json_has_the_definition_as_written() -> None:
    """Loading it again gives the same definition."""
    found = json.loads(SHOW_FORMATS["json"](ShowReport(scorecard([measure()], [FULL]), FULL.id, ("channel",))))
    assert type(FULL).model_validate(found["definition"]) == FULL
    assert [one["value"] for one in found["measurements"]] == [72.5]
    assert found["segments"] == []


@pytest.mark.parametrize(
    "word",
    [
        "90 min",
        "75 min",
        "1 July 2026",
        "30 min",
        "monthly",
        "2 October 2026",
        "a guide",
        "Tickets of users.",
    ],
)
def test_every_promise_is_told(word: str) -> None:
    """Targets with their dates and segments, the review, the benchmark, what counts."""
    for name in ("text", "markdown"):
        assert word in SHOW_FORMATS[name](ShowReport(scorecard([measure()], [FULL]), FULL.id))


def test_a_definition_without_a_value_says_why() -> None:
    """Unknown, with what to do."""
    assert "? unknown" in SHOW_FORMATS["text"](ShowReport(scorecard([], [FULL]), FULL.id))


@settings(max_examples=40)
@given(hostile)
def test_hostile_strings_are_only_shown(text: str) -> None:
    """In both inks."""
    definition = kpi(
        name=text,
        owner=text,
        description=text,
        counts=text,
        excludes=text,
        formula=text,
        where=text,
        time=text,
    )
    scored = scorecard([measure(inputs={text: 1}), measure(segment=segment(channel=text))], [definition])
    view = ShowReport(scored, definition.id, ("channel",))
    assert control_characters(SHOW_FORMATS["text"](view)) == set()
    page = SHOW_FORMATS["markdown"](view)
    assert not {t.type for t in tokens(page)} & {"html_block", "html_inline", "image", "fence", "code_block"}
    assert all(len(row) == len(table[0]) for table in tables(page) for row in table)


def test_every_rule_is_listed_and_explained() -> None:
    """In each format, with its remedy and how to suppress it."""
    listed = json.loads(render_rules("json"))["rules"]
    assert [one["rule"] for one in listed] == list(RULES)
    assert sum(len(rows) - 1 for rows in tables(render_rules("markdown"))) == len(RULES)
    for rule in RULES.values():
        assert rule.name in render_rules("text", width=80)
        told = " ".join(explain(rule, rule_examples()[rule.name], width=200).split())
        assert rule.why in told
        assert rule.remedy in told
        assert f"# kpi: ignore[{rule.name}]" in told


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_shown_by_an_example_of_bad_and_good(rule: str) -> None:
    """`kpi explain` shows a bad excerpt, what is said of it, and how it is put right; the package has all."""
    example = rule_examples()[rule]
    assert example.bad != example.good
    assert RULES[rule].code in example.says
    lines = explain(RULES[rule], example, width=300).splitlines()
    for text in (example.bad, example.says, example.good):
        assert all(any(line.strip() in shown for shown in lines) for line in text.splitlines())


def test_no_example_is_of_a_rule_that_is_gone() -> None:
    """The examples are those of the rules, no more and no fewer."""
    assert set(rule_examples()) == set(RULES)
