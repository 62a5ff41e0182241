"""What is only spelled otherwise in kpi.yaml changes nothing, and is told as nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kpi_framework.history.changes import changes
from kpi_framework.history.comparison import Comparison, Side
from kpi_framework.model.change import ChangeClass
from tests.unit.compile.meanings import BASE, T, compiled
from tests.unit.history.flips import edited


def _side(project: dict[str, Any]) -> Side:
    ready = compiled(project)
    return Side(ready.catalog, ready.hashes, former_hashes=ready.former_hashes)


def _classes(edits: dict[str, Any]) -> list[tuple[str, ChangeClass]]:
    compared = changes(Comparison(_side(BASE), _side(edited(BASE, edits)), dt.date(2026, 4, 1)))
    return [(c.field, c.cls) for c in compared]


@pytest.mark.parametrize(
    ("field", "edits"),
    [
        ("source", {f"{T}/source/path": "./data/tickets.csv"}),
        ("source", {f"{T}/source/nulls": ["?", "", "-"]}),
        ("source", {f"{T}/source/timezone": "Europe/London"}),
        ("key", {f"{T}/key": "ticket_id"}),
        ("policies", {f"{T}/policies/kept/until": ["closed", "resolved"]}),
    ],
)
def test_a_spelling_is_cosmetic_at_most(field: str, edits: dict[str, Any]) -> None:
    """`./data` is `data`, a set has no order, and a default may be written out: no reason is asked for."""
    assert _classes(edits) == [(f"datasets.tickets.{field}", ChangeClass.COSMETIC)]


def test_another_path_is_other_data() -> None:
    """That is restating, though no hash holds a path."""
    assert _classes({f"{T}/source/path": "data/other.csv"}) == [("datasets.tickets.source.path", ChangeClass.RESTATING)]
