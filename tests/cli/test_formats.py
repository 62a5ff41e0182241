"""Each machine format of `kpi lint` parses as what it says it is."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.projects import kpi, project

pytestmark = pytest.mark.usefixtures("engine_inside")

BAD = Path(__file__).parents[1] / "rules"


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab", "junit"])
def test_a_format_parses_as_what_it_is(form: str, tmp_path: Path) -> None:
    """A failing lint still writes a whole document."""
    for side in ("project", "missing-owner/bad"):
        shutil.copytree(BAD / side, tmp_path, dirs_exist_ok=True)
    ended = kpi(tmp_path, "lint", "--format", form)
    assert ended.code == 1
    assert (ET.fromstring if form == "junit" else json.loads)(ended.out) is not None


# A command that takes --format, by the words that make it do its work on the small project.
COMMANDS = {
    "lint": (), "test": (), "check": (), "diff": (), "history": (), "due": (), "publish": (), "verify": (), "rules": (),
    "catalog": (), "catalog show": ("csat",), "show": ("volume",), "baseline verify": (),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_word_of_the_help_is_taken_and_no_other(command: str, tmp_path: Path) -> None:
    """The formats that `--help` lists are those that work; another is refused at once, before a file is written."""
    root = project(tmp_path)
    said = " ".join(kpi(root, *command.split(), "--help").out.split())
    listed = said.split("--format <str> One of ")[1].split(".")[0].split(", ")
    assert "text" in listed
    before = sorted(root.rglob("*"))
    refused = kpi(root, *command.split(), *COMMANDS[command], "--format", "rhyme")
    assert (refused.code, refused.out) == (2, "")
    assert f"Use one of {', '.join(listed)}." in refused.err
    assert sorted(root.rglob("*")) == before
    for form in listed:
        assert "is not known" not in kpi(root, *command.split(), *COMMANDS[command], "--format", form).err
