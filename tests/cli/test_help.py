"""What `kpi --help` lists, and in which order."""

from __future__ import annotations

from pathlib import Path

from typer.main import get_command

import kpi_framework.cli.commands  # noqa: F401 - registers every command
from kpi_framework.cli.app import SECTIONS, app
from tests.cli.projects import kpi


def test_every_command_has_one_section() -> None:
    """No command is missing from the help, and none is listed twice."""
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(getattr(get_command(app), "commands", {}))


def test_help_begins_with_what_a_newcomer_needs(tmp_path: Path) -> None:
    """init, check and show come first, and each line is whole: no sentence is cut off."""
    text = kpi(tmp_path, "--help").out
    _, _, sections = text.partition("Start here:")
    names = [line.split()[0] for line in sections.splitlines() if line.startswith("  ")]
    assert names[:3] == ["init", "check", "show"]
    assert names == [name for names in SECTIONS.values() for name in names]
    assert "..." not in sections
