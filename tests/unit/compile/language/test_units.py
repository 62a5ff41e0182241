"""What the unit of a result is, and which units do not go together."""

from __future__ import annotations

import pytest
from sqlglot import exp

from kpi_framework.compile.language.units import common_unit, number_type, product_unit, quotient_unit
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.compile.sql.typed_sql import Term


def of(unit: str | None, kind: str = "double") -> Term:
    """A number in a unit."""
    return Term(exp.column("a"), kind, unit)


@pytest.mark.parametrize(
    ("left", "right", "unit"),
    [("hours", "hours", "hours"), ("hours", None, "hours"), (None, None, None), ("percent", "ratio", "ratio")],
)
def test_a_sum_has_the_unit_of_both(left: str | None, right: str | None, unit: str | None) -> None:
    """A bare number takes the other's, whichever side it stands on."""
    assert common_unit(of(left), of(right), "add") == common_unit(of(right), of(left), "add") == unit


@pytest.mark.parametrize(("left", "right"), [("hours", "minutes"), ("EUR", "GBP"), ("count", "percent")])
def test_two_units_are_not_added(left: str, right: str) -> None:
    """Nothing is converted in silence."""
    with pytest.raises(FormulaError) as refused:
        common_unit(of(left), of(right), "add")
    assert refused.value.rule == "type-mismatch"


@pytest.mark.parametrize(
    ("left", "right", "unit"),
    [("hours", "hours", "ratio"), ("hours", "count", "hours"), ("GBP", "count", "GBP"), ("count", "hours", None),
     ("count", "count", "ratio"), ("count", None, None), ("score", "count", "score")],
)  # fmt: skip
def test_a_quotient(left: str, right: str | None, unit: str | None) -> None:
    """Like over like is a ratio; money, time and points keep their unit for each of what is counted."""
    assert quotient_unit(of(left), of(right)) == unit


@pytest.mark.parametrize(
    ("left", "right", "unit"),
    [("ratio", "GBP", "GBP"), ("GBP", "ratio", "GBP"), ("hours", "hours", None), ("GBP", None, None)],
)
def test_a_product(left: str, right: str | None, unit: str | None) -> None:
    """A share of something is some of it; other products have no unit that is followed."""
    assert product_unit(of(left), of(right)) == unit


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("integer", "double", "double"),
        ("decimal", "integer", "decimal"),
        ("null", "integer", "integer"),
        ("null", "null", "null"),
    ],
)
def test_the_wider_type_wins(left: str, right: str, kind: str) -> None:
    """Whichever side it stands on."""
    assert number_type(of(None, left), of(None, right)) == number_type(of(None, right), of(None, left)) == kind
