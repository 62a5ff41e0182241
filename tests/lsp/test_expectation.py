"""The expectation of an example, written as its formula gives it; or why it is not known."""

from __future__ import annotations

import pytest

from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.model.could_not import CouldNot
from kpi_framework.workflow.editing.expectation import with_expectation
from kpi_framework.workflow.editing.workspace import Workspace
from tests.engines.inside import InsideEngine
from tests.lsp.editor import FIRST
from tests.lsp.views import DERIVED, NOW

# the expectation of an example


def asked(workspace: Workspace, path: str, number: int, *replacements: tuple[str, str]) -> str | CouldNot:
    """What is written for an example of a changed file, by an engine in this process."""
    text = workspace.texts[path]
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return with_expectation(workspace.with_buffer(path, text), path, number, NOW, lambda: InsideEngine(WorkerLimits()))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (DERIVED, "expect: 25%", "expect: 1%"),
        ("kpis/csat.yaml", "expect: 80%", 'expect: "7%"'),
        ("kpis/csat.yaml", "value: 60%, population: 3", "value: 1%, population: 1"),
    ],
)
def test_shares_and_derived_values_are_written_as_their_author_did(
    workspace: Workspace, path: str, old: str, new: str
) -> None:
    """A wrong expectation becomes what the sample's author wrote, whole and part by part."""
    number = 1 if "population" in old else 0
    assert asked(workspace, path, number, (old, new)) == workspace.texts[path]


@pytest.mark.parametrize(
    ("number", "old", "new", "part"),
    [
        (0, "formula: median(", "formula: medain(", "medain"),
        (0, "examples:", "examples: [", "cannot be read"),
        (0, "id: first_response_time", "id: First", ""),
        (9, "expect: 25 min", "expect: 1 min", "no such example"),
        (0, "first_response_at: 2026-01-05 10:25", "first_response_at: null", "no value"),
    ],
)
def test_why_an_expectation_is_not_known(workspace: Workspace, number: int, old: str, new: str, part: str) -> None:
    """A formula, a file or an example that gives nothing is told, and nothing is written."""
    answer = asked(workspace, FIRST, number, (old, new))
    assert isinstance(answer, CouldNot)
    assert part in answer.why
