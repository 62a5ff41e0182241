"""Writing a KPI in five minutes: what the README tells a newcomer to do works, and prints what it shows."""

from __future__ import annotations

from pathlib import Path

from tests.docs.pages import ROOT, section
from tests.docs.walk import walk


def test_the_five_minutes_are_as_shown(tmp_path: Path) -> None:
    """In an empty folder, every step gives the output that stands below it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    steps = list(walk(section(text, "Write a KPI in five minutes"), tmp_path))
    assert len(steps) >= 5
    for shown, came in steps:
        assert came == shown
