"""One compilation for all who need one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.compile import definition as room
from kpi_framework.compile.catalog import Compilation
from kpi_framework.compile.dataset.columns import Native, texts
from kpi_framework.compile.dataset.source_type import SourceType
from kpi_framework.compile.plan.axis import CompiledMetric
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.model.catalog import Catalog
from kpi_framework.workflow.checking.check import check
from kpi_framework.workflow.project import ProjectRoot, compiled, load
from kpi_framework.workflow.run import Options

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The sample's definitions."""
    catalog, _ = load(ProjectRoot(ROOT))
    assert catalog is not None
    return catalog


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each formula is compiled from here on."""
    formulas: Counter[str] = Counter()

    def counted(compiles: Callable[..., Any]) -> Callable[..., Any]:
        def compile_text(text: str, *arguments: Any, **options: Any) -> Any:
            formulas[text] += 1
            return compiles(text, *arguments, **options)

        return compile_text

    for name in ("compile_formula", "compile_derived"):
        monkeypatch.setattr(room, name, counted(getattr(room, name)))
    return formulas


@pytest.mark.parametrize("only", [(), ("csat", "ticket_deflection_rate")])
def test_a_check_compiles_each_definition_once(only: tuple[str, ...], counts: Counter[str], catalog: Catalog) -> None:
    """Lint, evaluation, the hash, the examples and `--only` are given one compilation of the sample."""
    check(Options(ProjectRoot(ROOT), dt.datetime.now(dt.UTC), only=only))
    assert counts == Counter(e.noun.formula for e in catalog.live.values())


def test_over_other_columns_only_what_stands_on_them_is_compiled_again(counts: Counter[str], catalog: Catalog) -> None:
    """Where one dataset's columns turn out to be others, the definitions over all other datasets stay."""
    before = compiled(catalog, ProjectRoot(ROOT))
    assert before.compiled
    counts.clear()
    after = before.over({**before.natives, "surveys": Native({"score": SourceType.DOUBLE})})
    assert after.compiled
    assert counts.keys() == {e.noun.formula for e in catalog.live.values() if e.noun.dataset == "surveys"}


def test_a_column_that_nobody_has_looked_for_may_exist(catalog: Catalog) -> None:
    """Over columns that are not known a definition compiles; over others it is an error, as a value."""
    unseen = Compilation(catalog).definition("csat")
    assert isinstance(unseen, CompiledMetric)
    seen = Compilation(catalog, {"surveys": texts(["id"])}).definition("csat")
    assert isinstance(seen, FormulaError)


def test_narrowed_is_what_the_named_stand_on(catalog: Catalog) -> None:
    """A derived KPI brings its inputs, in the catalog's order; signals over anything else are left out."""
    narrowed = Compilation(catalog).narrowed(["cost_per_ticket"]).catalog
    needed = {"cost_per_ticket", "support_cost", "tickets_handled"}
    assert [e.noun.id for e in narrowed.entries] == [e.noun.id for e in catalog.entries if e.noun.id in needed]
    assert all("cost_per_ticket" in s.noun.when for s in narrowed.signals)
