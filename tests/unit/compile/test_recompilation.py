"""A catalog compiled after an earlier one: the same as from nothing, and nothing of it twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_framework.compile.catalog import Compilation
from kpi_framework.compile.recompilation import recompiled
from kpi_framework.compile.sql.errors import FormulaError
from kpi_framework.load.catalog import load_catalog
from kpi_framework.load.library import shipped_contracts
from kpi_framework.model.catalog import Catalog
from kpi_framework.workflow.project_files import read_files

ROOT = Path(__file__).parent.parent.parent.parent
TEXTS = read_files(ROOT).texts
FIRST, DEFLECTION = "kpis/first_response_time.yaml", "kpis/ticket_deflection_rate.yaml"


def catalog(*changes: tuple[str, str, str]) -> Catalog:
    """The sample with words of its files replaced."""
    texts = dict(TEXTS)
    for path, old, new in changes:
        assert old in texts[path]
        texts[path] = texts[path].replace(old, new)
    loaded, _ = load_catalog(texts, shipped_contracts())
    assert loaded is not None
    return loaded


def whole(compilation: Compilation) -> Compilation:
    """A compilation in which everything was asked for."""
    assert (compilation.compiled, compilation.evidence) is not None
    for signal in compilation.catalog.signals:
        compilation.condition(signal.noun)
    for name in compilation.tables:
        compilation.rules(name)
    return compilation


def meaning(compilation: Compilation) -> dict[str, object]:
    """What everything came to, as it can be compared."""
    compiled = {
        i: (c.rule, c.message) if isinstance(c, FormulaError) else str(c)
        for i, c in whole(compilation).compiled.items()
    }
    signals = {s.noun.id: str(compilation.condition(s.noun)) for s in compilation.catalog.signals}
    return {**compiled, **signals}


CHANGES = (
    (),
    ((FIRST, "median(", "avg("),),
    ((FIRST, "unit: minutes", "unit: count"),),
    (("kpis/metrics/ticket_volume.yaml", "unit: count", "unit: minutes"),),
    (("kpis/metrics/ticket_volume.yaml", "id: ticket_volume", "id: volume"),),
    (("kpi.yaml", "timezone: Europe/London", "timezone: Asia/Tokyo"),),
    (("kpi.yaml", "ticket_id: number", "ticket_id: number\n      resolved_at: nr"),),
    (("kpi.yaml", "  surveys:\n", "  survey_answers:\n"),),
    (("kpi.yaml", "name: Example service desk", "name: Another"),),
    (("kpi.yaml", '"08:00-18:00"', '"09:00-17:00"'),),
)


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_it_means_what_a_compilation_from_nothing_means(changes: tuple[tuple[str, str, str], ...]) -> None:
    """Whatever changed, and back again: definitions and signals come to the same, errors too."""
    before = whole(Compilation(catalog()))
    after = recompiled(catalog(*changes), before)
    assert meaning(after) == meaning(Compilation(catalog(*changes)))
    assert meaning(recompiled(catalog(), after)) == meaning(Compilation(catalog()))


def test_what_did_not_change_is_not_compiled_again() -> None:
    """After an edit of one definition the others are the same objects, and so are the tables."""
    before = whole(Compilation(catalog()))
    after = whole(recompiled(catalog((FIRST, "median(", "avg(")), before))
    assert {i for i, c in after.compiled.items() if c is not before.compiled[i]} == {"first_response_time"}
    assert all(table is before.tables[name] for name, table in after.tables.items())


def test_a_change_of_one_dataset_leaves_the_others() -> None:
    """An edit of `surveys` compiles what stands on it."""
    before = whole(Compilation(catalog()))
    after = whole(recompiled(catalog(("kpi.yaml", "freshness: 3 days", "freshness: 4 days")), before))
    assert {i for i, c in after.compiled.items() if c is not before.compiled[i]} == {"csat"}
