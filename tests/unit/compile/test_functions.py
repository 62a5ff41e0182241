"""The table of functions is true: what it shows compiles, and what is meant by other names is suggested."""

from __future__ import annotations

import pytest

from kpi_framework.compile.language.functions import DERIVED, FUNCTIONS, function_named
from kpi_framework.compile.language.syntax import OWN_FUNCTIONS
from kpi_framework.compile.language.times import OVERLAPS
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.model.formula_function import FormulaFunction
from tests.docs.test_formulas import over_ids, over_rows


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda f: f.name)
def test_the_example_of_a_function_compiles(function: FormulaFunction) -> None:
    """An author can copy it."""
    if function.group == DERIVED:
        assert over_ids(function.example)
    else:
        assert over_rows(function.example, spans=function.name in OVERLAPS)


def test_every_function_of_our_own_is_listed() -> None:
    """What SQL does not have can be found nowhere else."""
    assert [name for name in OWN_FUNCTIONS if function_named(name) is None] == []


@pytest.mark.parametrize(
    ("formula", "suggestion"),
    [
        ("AVERAGE(handle_minutes)", "`avg`"),
        ("percentile(handle_minutes, 90)", "`quantile_cont`"),
        ("medain(handle_minutes)", "`median`"),
        ("avg(networkdays(created_at, resolved_at))", "`hours_between`"),
        ("avg(date_diff('week', created_at, resolved_at))", "date_diff('day', start, end)"),
        ("avg(resolved_at - created_at)", "hours_between(created_at, resolved_at)"),
        ("random()", "`kpi functions`"),
    ],
)
def test_the_function_that_is_meant_is_suggested(formula: str, suggestion: str) -> None:
    """By the names of other products, by a slip of the pen, and for the difference of two times."""
    with pytest.raises(FormulaError) as caught:
        over_rows(formula)
    assert suggestion in caught.value.hint
