"""examples/template: what a manager starts from who installs nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kpi_framework.workflow.setup.pipelines import PIPELINES, pipeline_text
from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")

TEMPLATE = Path(__file__).parents[2] / "examples" / "template"


def test_it_is_clean_and_nothing_is_judged_yet(tmp_path: Path) -> None:
    """Three drafts with would-be statuses; no finding, and no gate that is shut."""
    root = shutil.copytree(TEMPLATE, tmp_path / "desk")
    card = kpi(root, "check", "--format", "json")
    assert card.code == 0, card.err
    assert card.json["diagnostics"] == []
    judged = [m for m in card.json["measurements"] if m["judged"] and m["kind"] == "kpi" and not m["segment"]]
    assert len(judged) == 3
    assert {m["would_be"] for m in judged} <= {"met", "near", "missed"}


def test_its_schemas_and_workflows_are_current(tmp_path: Path) -> None:
    """The files that `kpi schema` and `kpi init` write today."""
    root = shutil.copytree(TEMPLATE, tmp_path / "desk")
    assert kpi(root, "schema", "--check").code == 0
    for path, file in PIPELINES["github"].items():
        assert (TEMPLATE / path).read_text(encoding="utf-8") == pipeline_text(file, None)


def test_its_readme_is_ten_sentences() -> None:
    """A line each: what a manager does, from the template to an auditor's question."""
    lines = (TEMPLATE / "README.md").read_text(encoding="utf-8").split("\n\n", 1)[1].splitlines()
    assert len(lines) == 10
    assert all(re.search(r"[.]$", line) for line in lines)


def test_the_web_editor_knows_the_fields() -> None:
    """Every definition names its schema, and the editor is told which extension reads it."""
    for path in sorted(TEMPLATE.rglob("kpis/**/*.yaml")):
        schema = re.match(r"# yaml-language-server: \$schema=(\S+)", path.read_text(encoding="utf-8"))
        assert schema is not None
        assert (path.parent / schema[1]).is_file()
    assert "redhat.vscode-yaml" in (TEMPLATE / ".vscode/extensions.json").read_text()
