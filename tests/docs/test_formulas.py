"""The page of the formula language: each example compiles and has the unit beside it, each refusal is one."""

from __future__ import annotations

from typing import Any

import pytest

from kpi_framework.compile.definition import table_of
from kpi_framework.compile.language.derived import compile_derived
from kpi_framework.compile.language.formula import compile_condition, compile_formula
from kpi_framework.compile.language.syntax import OWN_FUNCTIONS
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts
from kpi_framework.model.record import replace
from kpi_framework.workflow.project_files import read_files
from tests.docs.pages import ROOT, blocks

TEXT = (ROOT / "docs" / "formulas.md").read_text(encoding="utf-8")
CATALOG = load_catalog(read_files(ROOT).texts, shipped_contracts())[0]


def lines(info: str) -> list[tuple[str, str]]:
    """The formulas of all blocks of one kind, each with the word beside it."""
    found = [line for block in blocks(TEXT) if block.info == info for line in block.text.splitlines() if line]
    return [(formula.strip(), word.strip()) for formula, _, word in (line.partition("--") for line in found)]


def over_rows(text: str, *, exact: bool = True, spans: bool = False) -> Any:
    """A formula over the sample's tickets, each of which lasts where it has `spans`."""
    assert CATALOG is not None
    scope = replace(table_of(CATALOG, "tickets", None).fresh_scope(), spans=spans)
    return compile_formula(text, None, scope, exact=exact)


def over_ids(text: str) -> Any:
    """A derived formula over the sample's definitions."""
    assert CATALOG is not None
    definitions = {i: e.noun for i, e in CATALOG.definitions.items()}
    return compile_derived(text, definitions, CATALOG.project.noun.almanac)


@pytest.mark.parametrize(("formula", "unit"), lines("sql"))
def test_an_example_compiles(formula: str, unit: str) -> None:
    """A formula of the page is a formula, in the unit that stands beside it."""
    assert str(over_rows(formula).unit or "no unit") == unit


@pytest.mark.parametrize(("formula", "unit"), lines("sql spans"))
def test_an_example_of_what_lasts_compiles(formula: str, unit: str) -> None:
    """So is one of a definition with `spans`, and of no other."""
    assert str(over_rows(formula, spans=True).unit or "no unit") == unit
    with pytest.raises(FormulaError, match="spans"):
        over_rows(formula)


@pytest.mark.parametrize(("formula", "unit"), lines("sql derived"))
def test_a_derived_example_compiles(formula: str, unit: str) -> None:
    """So is a derived one."""
    assert str(over_ids(formula).unit or "no unit") == unit


@pytest.mark.parametrize(("condition", "_word"), lines("sql where"))
def test_a_condition_compiles(condition: str, _word: str) -> None:
    """A condition of the page may stand under `where`."""
    assert CATALOG is not None
    compile_condition(condition, table_of(CATALOG, "tickets", None).fresh_scope())


@pytest.mark.parametrize(("formula", "rule"), lines("sql refused"))
def test_a_refused_example_is_refused(formula: str, rule: str) -> None:
    """What the page says is refused is refused, by the rule that it names."""
    with pytest.raises(FormulaError) as error:
        over_rows(formula)
    assert error.value.rule == rule


def test_approximate_ones_need_a_word() -> None:
    """`exact: false` allows what the page says it allows."""
    for formula, _ in lines("sql approximate"):
        over_rows(formula, exact=False)
        with pytest.raises(FormulaError):
            over_rows(formula)


def test_every_function_of_its_own_is_on_the_page() -> None:
    """The functions that SQL does not have are explained."""
    assert {name for name in OWN_FUNCTIONS if f"{name}(" not in TEXT} == set()


def test_there_are_examples_of_each_kind() -> None:
    """The tests above have something to test."""
    kinds = ("sql", "sql derived", "sql where", "sql refused", "sql approximate")
    assert all(lines(kind) for kind in kinds)
