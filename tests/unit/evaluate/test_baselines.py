"""Frozen baselines against the data: by the hash of today's language, by the value of what an older one froze."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kpi_framework.evaluate.baselines import DefinitionHashes, compare
from kpi_framework.load.catalog import load_catalog
from kpi_framework.model.baseline import BaselineValue
from kpi_framework.model.catalog import Catalog

NOW, THEN, OTHER = "sha256:2:aa", "sha256:1:aa", "sha256:1:bb"
HASHES = DefinitionHashes({"fix": NOW}, {"fix": THEN})
DAYS = {"from": "2026-01-01", "to": "2026-02-28"}
KPI = {
    "version": 1, "id": "fix", "name": "Fix", "formula": "count(*)", "unit": "count", "dataset": "tickets",
    "baseline": DAYS,
}  # fmt: skip


def _catalog(definition: str, *values: tuple[dict[str, str], float]) -> Catalog:
    frozen: dict[str, Any] = {
        "version": 1, "kpi": "fix", **DAYS, "frozen_on": "2026-03-01", "definition": definition, "engine": "duckdb",
        "values": [{"segment": s, "value": v, "method": "range"} for s, v in values],
    }  # fmt: skip
    project = {"version": 1, "name": "A desk", "datasets": {"tickets": {"source": "tickets.csv"}}}
    files = {"kpi.yaml": project, "kpis/fix.yaml": KPI, "baselines/fix.yaml": frozen}
    catalog, _ = load_catalog({path: json.dumps(file) for path, file in files.items()}, {})
    assert catalog is not None
    return catalog


def _rules(catalog: Catalog, live: dict[str, float | None], hashes: DefinitionHashes = HASHES) -> list[str]:
    """The findings, where the data give these values: overall under the empty name, else by priority."""
    values = tuple(
        BaselineValue(segment={"priority": name} if name else {}, value=value, method="range")
        for name, value in live.items()
    )
    return [f.rule for f in compare(catalog, {"fix": values}, hashes).diagnostics]


@pytest.mark.parametrize(
    ("definition", "today", "rules"),
    [
        (NOW, 3.0, []), (NOW, 4.0, ["baseline-drift"]), (NOW, None, []),
        ("sha256:2:bb", 3.0, ["baseline-stale"]), ("sha256:3:aa", 3.0, ["baseline-stale"]),
        (THEN, 3.0, []), (THEN, 4.0, ["baseline-stale"]), (THEN, None, []),
        (OTHER, 3.0, []), (OTHER, 4.0, ["baseline-stale"]), (OTHER, None, ["baseline-stale"]),
    ],
)  # fmt: skip
def test_a_hash_is_compared_in_its_own_language(definition: str, today: float | None, rules: list[str]) -> None:
    """An equal value holds in an older language; without any value the hash of then decides."""
    assert _rules(_catalog(definition, ({}, 3.0)), {"": today}) == rules


def test_a_segment_that_moved_is_enough() -> None:
    """The overall value may stay while a segment's moves; that is one finding."""
    catalog = _catalog(THEN, ({}, 3.0), ({"priority": "high"}, 5.0), ({"priority": "low"}, 1.0))
    assert _rules(catalog, {"": 3.0, "high": 5.0, "low": 1.0}) == []
    assert _rules(catalog, {"": 3.0, "high": 6.0, "low": 2.0}) == ["baseline-stale"]


def test_where_nobody_knows_the_meaning_nothing_is_claimed() -> None:
    """A definition that does not compile has other findings."""
    unknown = DefinitionHashes({"fix": ""}, {})
    for definition in (NOW, OTHER):
        assert _rules(_catalog(definition, ({}, 3.0)), {"": None}, unknown) == []
