"""The schemas in the repository are those of the models, and an editor can rely on them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kpi_framework.load.schema import render_schema, schemas

FOLDER = Path(__file__).parents[3] / "schemas"


def test_the_committed_schemas_are_current() -> None:
    """`kpi schema` was run after the last change of a model."""
    committed = {p.relative_to(FOLDER).as_posix(): p.read_text(encoding="utf-8") for p in FOLDER.rglob("*.json")}
    assert committed == {f"{name}.schema.json": render_schema(name) for name in schemas()}


@pytest.mark.parametrize("name", list(schemas()))
def test_every_schema_is_a_schema(name: str) -> None:
    """An editor refuses a malformed one in silence."""
    jsonschema.Draft7Validator.check_schema(schemas()[name])


@pytest.mark.parametrize("name", list(schemas()))
def test_every_field_has_its_sentence(name: str) -> None:
    """Hovering over any field explains it."""
    schema = schemas()[name]
    definitions = schema.get("definitions", {})
    for owner in (schema, *definitions.values()):
        for field, meaning in owner.get("properties", {}).items():
            target = definitions.get(meaning.get("$ref", "").rpartition("/")[2], {})
            assert meaning.get("description") or target.get("description"), field


@pytest.mark.parametrize("name", list(schemas()))
def test_nothing_but_words_stands_beside_a_reference(name: str) -> None:
    """Draft 7 ignores whatever else stands there."""
    referring = [node for node in _nodes(schemas()[name]) if "$ref" in node]
    assert not any(set(node) - {"$ref", "description", "default"} for node in referring)


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(inner)


ACTIVE = {
    "version": 1,
    "id": "x",
    "name": "X",
    "unit": "count",
    "owner": "me",
    "formula": "count(*)",
    "baseline": {"from": "2026-01-01", "to": "2026-02-28"},
    "target": {"at_most": 5},
    "review": {"cadence": "monthly"},
    "action": {"do": "it"},
}


def accepts(document: Any) -> bool:
    """Whether an editor would mark nothing in a KPI file."""
    return jsonschema.Draft7Validator(schemas()["kpi"]).is_valid(document)


@pytest.mark.parametrize("field", ["owner", "formula", "baseline", "target", "review", "action"])
def test_an_active_kpi_needs_its_six_parts(field: str) -> None:
    """The editor marks a missing definition before CI does; drafts and metrics are free of it."""
    without = {k: v for k, v in ACTIVE.items() if k != field}
    assert accepts(ACTIVE)
    assert not accepts(without)
    assert not accepts({**without, field: None})
    assert accepts({**without, "status": "draft"})
    assert accepts({**without, "status": "retired", "retired": {"since": "2026-01-01", "because": "x"}})


@pytest.mark.parametrize("field", ["owner", "formula"])
def test_a_blank_part_is_a_missing_one(field: str) -> None:
    """Spaces are no owner."""
    assert not accepts({**ACTIVE, field: "  "})


def test_the_example_of_the_specification_is_a_scorecard() -> None:
    """The results' schema takes what the contract shows, and marks a broken verdict."""
    measurement = {
        "kpi": "first_response_time",
        "kind": "kpi",
        "judged": True,
        "period": {"grain": "month", "start": "2026-10-01", "end": "2026-11-01"},
        "segment": {},
        "value": 72.5,
        "unit": "minutes",
        "population": 412,
        "measured": 409,
        "excluded": 9,
        "missing": 3,
        "interval": [66.0, 80.0],
        "status": "near",
        "reason": None,
        "waived": False,
        "target": {"at_most": 60, "near": 75, "from": None},
        "baseline": 81.0,
        "frozen": True,
        "previous": 70.0,
        "definition": "sha256:1:0f",
    }
    finding = {
        "code": "KPI101",
        "rule": "missing-owner",
        "severity": "error",
        "message": "m",
        "hint": "h",
        "path": "kpis/x.yaml",
        "line": 3,
        "column": 1,
    }
    counts = {"met": 5, "near": 1, "missed": 1, "waived": 0, "unknown": 0}
    scorecard = {
        "schema_version": 1,
        "project": "p",
        "as_of": "2026-11-01T00:00:00+00:00",
        "engine": "duckdb 2.0.0",
        "isolation": "process",
        "measurements": [measurement],
        "signals": [],
        "diagnostics": [finding],
        "verdict": {"passed": False, "exit_code": 1, "gate": "all", "counts": counts, "reasons": ["r"]},
    }
    validator = jsonschema.Draft7Validator(schemas()["scorecard"])
    validator.validate(scorecard)
    validator.validate({**scorecard, "added_later": 1})
    assert not validator.is_valid({**scorecard, "verdict": {"passed": False}})
    assert not validator.is_valid({**scorecard, "measurements": [{**measurement, "status": "green"}]})
