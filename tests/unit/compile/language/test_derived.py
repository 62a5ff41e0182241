"""Derived formulas: what they read is named once, and never taken for something else."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kpi_framework.compile.language.derived import InputRef, compile_derived
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.model.kpi import Metric
from kpi_framework.model.period import Almanac

ALMANAC = Almanac(ZoneInfo("UTC"))
METRICS = {
    name: Metric.model_validate({"version": 1, "id": name, "name": name, "unit": "count"})
    for name in ("volume", "previous__volume", "year_ago__x")
}


def test_inputs_are_the_definitions_and_what_is_relative_to_them() -> None:
    """Each is listed once, in the order of the formula, with its column and as the formula writes it."""
    derived = compile_derived("volume / previous(volume) - baseline(volume) / volume", METRICS, ALMANAC)
    assert derived.inputs == (InputRef("volume"), InputRef("volume", "previous"), InputRef("volume", "baseline"))
    assert [ref.column for ref in derived.inputs] == ["volume", "previous__volume", "baseline__volume"]
    assert list(map(str, derived.inputs)) == ["volume", "previous(volume)", "baseline(volume)"]
    assert derived.ids == ("volume",)


def test_an_id_that_looks_like_a_relative_is_an_id() -> None:
    """`previous__volume` is a definition of that name, not the value of `volume` one period before."""
    derived = compile_derived("previous__volume + year_ago__x", METRICS, ALMANAC)
    assert derived.inputs == (InputRef("previous__volume"), InputRef("year_ago__x"))
    assert derived.ids == ("previous__volume", "year_ago__x")


@pytest.mark.parametrize("formula", ["previous(volume) + previous__volume", "previous__volume - previous(volume)"])
def test_two_inputs_never_share_a_column(formula: str) -> None:
    """Where their names would be one, the formula is refused: one of the numbers would be the other's."""
    with pytest.raises(FormulaError) as refused:
        compile_derived(formula, METRICS, ALMANAC)
    assert (refused.value.rule, refused.value.name) == ("type-mismatch", "previous__volume")
