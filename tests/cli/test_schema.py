"""`kpi schema` writes what an editor checks with, and `--check` finds what is not current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.cli.projects import KPI, kpi, project

COMMITTED = Path(__file__).parents[2] / "schemas"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The small project, with its schemas written."""
    root = project(tmp_path)
    ended = kpi(root, "schema")
    assert ended.code == 0, ended.err
    assert set(ended.out.split()) == {path.relative_to(root).as_posix() for path in (root / "schemas").rglob("*.json")}
    return root


def test_all_schemas_are_written_and_judge_the_files(desk: Path) -> None:
    """The same files as this repository has; the project's own files fit theirs, and a slip does not."""
    names = {path.relative_to(COMMITTED) for path in COMMITTED.rglob("*.json")}
    assert {path.relative_to(desk / "schemas") for path in (desk / "schemas").rglob("*.json")} == names
    for file, name in (("kpi.yaml", "project"), (KPI, "kpi")):
        validator = Draft7Validator(json.loads((desk / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")))
        content = json.loads(json.dumps(yaml.safe_load((desk / file).read_text(encoding="utf-8")), default=str))
        assert validator.is_valid(content), file
        assert not validator.is_valid({**content, "ownr": "x"}), file


def test_written_schemas_are_current(desk: Path) -> None:
    """Nothing is said, and the exit code is 0."""
    ended = kpi(desk, "schema", "--check")
    assert (ended.code, ended.out) == (0, "")


def test_a_stale_schema_and_a_missing_one_are_found_and_left(desk: Path) -> None:
    """Exit code 1, those two are named and no other, and `--check` writes nothing; `kpi schema` mends both."""
    stale, missing = desk / "schemas/kpi.schema.json", desk / "schemas/datasets/tickets.schema.json"
    stale.write_text(stale.read_text(encoding="utf-8").replace("{", "{ ", 1), encoding="utf-8")
    missing.unlink()
    before = stale.read_bytes()
    ended = kpi(desk, "schema", "--check")
    assert ended.code == 1
    named = {line.split()[0] for line in ended.out.splitlines()}
    assert named == {"schemas/kpi.schema.json", "schemas/datasets/tickets.schema.json"}
    assert (stale.read_bytes(), missing.exists()) == (before, False)
    assert kpi(desk, "schema").code == 0
    assert kpi(desk, "schema", "--check").code == 0
