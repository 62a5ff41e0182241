"""Examples run as the project allows their definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import KPI, kpi, project, text

DERIVED = "    derive: {took: 'hours_between(created_at, resolved_at)'}\n"
OPEN = "privacy: {segment_by: [requester], reason: the desk asked}\n"


@pytest.mark.parametrize("given", ["{created_at: 2026-01-05 09:00, resolved_at: 2026-01-05 13:00}", "{took: 4}"])
def test_an_example_may_have_a_segment_that_the_project_allows(given: str, tmp_path: Path) -> None:
    """A KPI with a personal segment under `privacy: segment_by` is computed; so is its example, whatever it gives."""
    definition = text(KPI).replace("segments: [priority]", "segments: [requester]").replace(
        "hours_between(created_at, resolved_at)", "took"
    )  # fmt: skip
    definition = definition.replace("{created_at: 2026-01-05 09:00, resolved_at: 2026-01-05 13:00}", given)
    root = project(tmp_path, {"kpi.yaml": text("kpi.yaml") + DERIVED + OPEN, KPI: definition})
    ended = kpi(root, "test")
    assert ended.code == 0, ended.out + ended.err
