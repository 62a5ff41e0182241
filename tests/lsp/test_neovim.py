"""Debian's Neovim, without a screen, as `docs/editor.md` configures it: a whole story, from a slip to `kpi diff`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lsp.editor import KPI, ROOT, committed, sample

NEOVIM = shutil.which("nvim")
SCRIPT = Path(__file__).with_name("neovim.lua")
NAMED = {(None, "views"), ("quick_response_slow_resolution", "when")}
"""What else of the sample names the definition."""
DOCS = ROOT / "docs" / "editor.md"


def settings() -> str:
    """The lines that the docs give for Neovim."""
    chapter = DOCS.read_text(encoding="utf-8").partition("### Neovim")[2]
    match = re.search(r"```lua\n(.*?)```", chapter, re.DOTALL)
    assert match is not None
    return match[1]


@pytest.mark.skipif(NEOVIM is None, reason="needs Neovim")
def test_a_slip_is_mended_and_a_rename_is_known_as_one(tmp_path: Path) -> None:
    """It opens the sample, breaks a formula, takes the quick fix, renames the id; and `kpi diff` says `renamed`, of a
    definition of which nothing else has changed."""
    folder = sample(tmp_path / "project", with_data=True)
    committed(folder)
    script = tmp_path / "story.lua"
    script.write_text(SCRIPT.read_text(encoding="utf-8").replace("SETTINGS", settings()), encoding="utf-8")
    environment = {
        **os.environ, "PATH": f"{KPI.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path),
    }  # fmt: skip
    command = [str(NEOVIM), "--headless", "--clean", "-c", "filetype on", "-c", f"luafile {script}", "-c", "qall!"]
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    story = ended.stdout + ended.stderr
    assert ended.returncode == 0, story
    assert "not reached" not in story
    assert "Did you mean `median`?" in story
    assert not (folder / "kpis/first_response_time.yaml").exists()
    assert "renamed_from: first_response_time" in (folder / "kpis/reply_time.yaml").read_text(encoding="utf-8")
    compared = subprocess.run(
        [str(KPI), "diff", "--format", "json"], cwd=folder, capture_output=True, text=True, check=False
    )
    changes = json.loads(compared.stdout)["changes"]
    assert [(c["kpi"], c["field"]) for c in changes if c["class"] == "renamed"] == [("reply_time", "id")]
    assert {(c["kpi"], c["field"]) for c in changes if c["class"] != "renamed"} <= NAMED
