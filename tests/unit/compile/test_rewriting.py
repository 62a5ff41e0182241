"""Texts with one thing said otherwise: what is rewritten, and that all else keeps its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from sqlglot import exp

from kpi_framework.compile.language.canonical import one_text
from kpi_framework.compile.rewriting import Rewrite, in_calendar, in_elapsed_time, named_otherwise, rewritten, untrue

TEMPLATES = Path(__file__).parents[3] / "kpi_framework/library/templates"
CASES: Mapping[str, tuple[Rewrite, str, str]] = {
    "working time": (
        in_elapsed_time,
        "median(business_minutes(a, b, 'desk')) + sum(Business_Hours(c, d))",
        "median(minutes_between(a, b)) + sum(hours_between(c, d))",
    ),
    "parts of a span": (in_elapsed_time, "sum(overlap_hours('desk'))", "sum(overlap_hours())"),
    "elapsed time": (
        in_calendar("desk"),
        "avg(hours_between(a, b)) filter (where minutes_between(a, b) > 5)",
        "avg(business_hours(a, b, 'desk')) filter (where business_minutes(a, b, 'desk') > 5)",
    ),
    "another calendar": (in_calendar("desk"), "sum(business_minutes(a, b))", "sum(business_minutes(a, b, 'desk'))"),
    "a column": (
        named_otherwise("resolved_at", "closed_at"),
        "count_if(Resolved_At is not null and x = 'resolved_at')",
        "count_if(closed_at is not null and x = 'resolved_at')",
    ),
    "the whole": (untrue("merged"), "merged", "false"),
    "a condition": (untrue("merged"), "not coalesce(merged, false)", "not coalesce(false, false)"),
    "inside another": (
        in_elapsed_time,
        "sum(business_minutes(a, coalesce(b, period_end)))",
        "sum(minutes_between(a, coalesce(b, period_end)))",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_thing_is_said_otherwise(case: str) -> None:
    """The rewritten text means what a person would write."""
    rewrite, text, expected = CASES[case]
    assert one_text(rewritten(text, rewrite)) == one_text(expected)


@pytest.mark.parametrize("text", ["count(*)", "sum(  a ) -- all of it", "no ( formula"])
def test_what_has_nothing_of_it_stays_to_the_letter(text: str) -> None:
    """So does a text that is no expression."""
    for rewrite, *_ in CASES.values():
        assert rewritten(text, rewrite) == text


def _touched(node: exp.Expr) -> exp.Expr | None:
    """Every column in the place of itself: the whole text is written anew."""
    return node.copy() if isinstance(node, exp.Column) else None


def test_what_is_written_anew_means_the_same() -> None:
    """Every formula and condition of the catalogue survives being written anew."""
    templates = [yaml.safe_load(path.read_text(encoding="utf-8"))["kpi"] for path in TEMPLATES.glob("*.yaml")]
    texts = [text for template in templates for text in (template.get("formula"), template.get("where")) if text]
    assert len(texts) > 50
    for text in texts:
        assert one_text(rewritten(text, _touched)) == one_text(text)
