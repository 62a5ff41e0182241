"""What comes with a release: the changelog's section, the bill of materials, the licences."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kpi_framework import __version__

ROOT = Path(__file__).parents[2]


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "docs" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_bill_lists_what_the_lock_file_locks() -> None:
    """Every library with its version and the hashes of its files; the same bytes each time."""
    bill = json.loads(_run("bill_of_materials.py").stdout)
    lines = (ROOT / "requirements/run.txt").read_text().splitlines()
    pinned = {line.split(" ")[0].lower() for line in lines if "==" in line and not line.startswith((" ", "#"))}
    assert {f"{part['name']}=={part['version']}" for part in bill["components"]} == pinned
    hashes = [digest["content"] for part in bill["components"] for digest in part["hashes"]]
    assert len(hashes) == sum(line.count("--hash=sha256:") for line in lines)
    assert _run("bill_of_materials.py").stdout == _run("bill_of_materials.py").stdout


def test_a_tag_that_is_no_version_is_no_release() -> None:
    """The workflow stops there: neither the package nor the changelog knows it."""
    ended = _run("release_notes.py", "9.9.9")
    assert (ended.returncode, ended.stdout) == (1, "")


@pytest.mark.parametrize("heading", [f"## [{__version__}] - 2026-12-01", f"## [{__version__}]"])
def test_a_release_says_its_section_of_the_changelog(heading: str) -> None:
    """From its heading to the next one."""
    code = "import sys; sys.path.insert(0, 'docs'); from release_notes import section; print(section(*sys.argv[1:]))"
    text = f"# Changelog\n\n## [Unreleased]\n\n- b\n\n{heading}\n\n- a\n\n## [0.0.1]\n\n- x\n"
    command = [sys.executable, "-c", code, text, __version__]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout == "- a\n"
