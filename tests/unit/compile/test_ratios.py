"""A ratio is even where an empty cell takes a row from both sides of it, or from neither."""

from __future__ import annotations

import pytest

from kpi_framework.compile.ratios import uneven_aggregates
from kpi_framework.load.templates import shipped_templates
from kpi_framework.model.template import Template


def uneven(formula: str, where: str | None = None) -> dict[str, str]:
    """The aggregates that take in too many rows, and how to write each; any column may be empty."""
    return {u.aggregate: u.remedy for u in uneven_aggregates(formula, where, lambda _: True)}


@pytest.mark.parametrize(
    ("formula", "remedies"),
    [
        ("sum(a) / sum(b) filter (where a is not null)", {"sum(a)": "sum(a) filter (where b is not null)"}),
        (
            "sum(a) / sum(b)",
            {"sum(a)": "sum(a) filter (where b is not null)", "sum(b)": "sum(b) filter (where a is not null)"},
        ),
        ("100 * sum(a) / nullif(count(*), 0)", {"count(*)": "count(*) filter (where a is not null)"}),
        ("count(*) / sum(a)", {"count(*)": "count(*) filter (where a is not null)"}),
        (
            "sum(a) / count(*) filter (where c = 'x')",
            {"count(*)": "count(*) filter (where c = 'x' and a is not null)"},
        ),
        (
            "(sum(a) - sum(b)) / count(*)",
            {"count(*)": "count(*) filter (where a is not null and b is not null)"},
        ),
        ("sum(a) / count_if(b > 0)", {"count_if(b > 0)": "count_if(b > 0) filter (where a is not null)"}),
        ("sum(coalesce(a, b)) / count(*)", {}),
        ("sum(a + b) / sum(b)", {"sum(b)": "sum(b) filter (where a is not null)"}),
    ],
)
def test_an_uneven_side_is_told_with_its_filter(formula: str, remedies: dict[str, str]) -> None:
    """The filter that is shown makes the ratio even."""
    assert uneven(formula) == remedies
    for aggregate, remedy in remedies.items():
        own_filter = " filter (where c = 'x')" if "c = 'x'" in remedy else ""
        formula = formula.replace(f"{aggregate}{own_filter}", remedy, 1)
    assert uneven(formula) == {}


@pytest.mark.parametrize(
    "formula",
    [
        "sum(a) / count(a)",
        "sum(a) filter (where b is not null) / sum(b) filter (where a is not null)",
        "sum(a) filter (where b > 0) / sum(b) filter (where not a < 0)",
        "sum(a) filter (where c = 'x') / sum(a)",
        "sum(if(c = 'x', a, null)) / sum(a)",
        "sum(case when c = 'x' then a end) / sum(a)",
        "sum(coalesce(a, 0)) / count(*)",
        "count(a) / count(*)",
        "count_if(a > 1) / count(a)",
        "1 - count(distinct a) / count(a)",
        "avg(a) / avg(b)",
        "sum(a) + sum(b)",
        "sum(a) / count_if(coalesce(a > 0, false))",
    ],
)
def test_even_ratios_and_filters_on_purpose_are_left_alone(formula: str) -> None:
    """No cell takes a row from one side only, or the author filters one side by what a cell says."""
    assert uneven(formula) == {}


def test_the_population_may_know_it_already() -> None:
    """What `where` requires is empty on no side."""
    assert uneven("sum(a) / sum(b)", "a is not null and b >= 1") == {}
    assert set(uneven("sum(a) / sum(b)", "a is not null or b >= 1")) == {"sum(a)", "sum(b)"}


@pytest.mark.parametrize("template", shipped_templates().values(), ids=lambda t: t.id)
def test_every_shipped_ratio_is_even(template: Template) -> None:
    """Whatever cells are empty."""
    definition = template.kpi
    if definition.get("dataset"):
        assert uneven(definition["formula"], definition.get("where")) == {}
