"""The samples' results are byte for byte those of the last change that said it would change them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.projects import kpi
from tests.conftest import Golden
from tests.stories.fingerprints import change_lines, checked, ledger_lines, scorecard_lines

ROOT = Path(__file__).parents[2]
PARTS = ("kpi.yaml", "kpis", "baselines", "data")
SAMPLES = {"sample": ROOT, "it-department": ROOT / "examples" / "it-department"}
EDITS = {
    "sample": ("kpis/time_to_resolution.yaml", "at_most: 4 h", "at_most: 5 h"),
    "it-department": ("kpi.yaml", "timezone:", "fiscal_year_starts: 7\ntimezone:"),
}
WHO = {"GIT_AUTHOR_DATE": "2026-11-02T10:00:00Z", "GIT_COMMITTER_DATE": "2026-11-02T10:00:00Z"}


def git(root: Path, *words: str) -> None:
    """Run git as one and the same person at one and the same time."""
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", *words]
    subprocess.run(command, cwd=root, check=True, capture_output=True, env={**os.environ, **WHO})


@pytest.mark.parametrize("sample", SAMPLES)
def test_values_ledger_and_changes_are_what_they_were(sample: str, tmp_path: Path, golden: Golden) -> None:
    """Every value, status, hash, ledger line and change; only words that people read may be others."""
    root = tmp_path / sample
    for part in PARTS:
        source = SAMPLES[sample] / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        root.mkdir(exist_ok=True)
        copy(source, root / part)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "The project")
    lines = [*scorecard_lines(checked(root))]
    assert kpi(root, "publish").code in (0, 1)
    lines += ledger_lines(root)
    name, before, after = EDITS[sample]
    text = (root / name).read_text(encoding="utf-8")
    assert before in text
    (root / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    lines += change_lines(kpi(root, "diff", "HEAD", "--format", "json").json)
    golden(f"{sample}.txt", "\n".join(lines) + "\n")
