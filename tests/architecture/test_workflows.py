"""The workflows: scripts that parse, actions that are pinned, rights where they are needed, one comment."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / ".github"
FILES = sorted((*FOLDER.glob("workflows/*.yml"), *FOLDER.glob("actions/*/action.yml")))
REPORT = FOLDER / "workflows/pull-request-report.yml"


def read(path: Path) -> dict[Any, Any]:
    """A workflow or an action."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """The steps of all jobs, or of a composite action."""
    found = read(path)
    for job in (*found.get("jobs", {}).values(), found.get("runs", {})):
        yield from job.get("steps", ())


def script(path: Path, name: str) -> str:
    """What a named step runs."""
    [found] = [step["run"] for step in steps(path) if step["name"] == name]
    return str(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_scripts_are_scripts_without_expressions(path: Path) -> None:
    """Bash can parse each; what comes from outside comes as an environment variable."""
    for step in steps(path):
        if "run" in step:
            assert "${{" not in step["run"]
            assert subprocess.run(["bash", "-n"], input=step["run"], text=True, check=False).returncode == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned(path: Path) -> None:
    """By a whole commit, or they are this repository's own."""
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}|\$/\.github/actions/kpi", one) for one in used)


def test_rights_to_write_stand_in_three_places_only() -> None:
    """The comment, the ledger and a release; what a pull request itself runs may read."""
    writing = {
        (path.name, right)
        for path in FILES
        for job in read(path).get("jobs", {}).values()
        for right, level in job["permissions"].items()
        if level == "write"
    }
    assert writing == {
        ("pull-request-report.yml", "pull-requests"), ("publish.yml", "contents"), ("publish.yml", "attestations"),
        ("publish.yml", "id-token"), ("release.yml", "attestations"), ("release.yml", "contents"),
        ("release.yml", "id-token"),
    }  # fmt: skip
    assert all(read(path).get("permissions") == {} for path in FILES if "workflows" in path.parts)


def test_what_a_pull_request_made_is_never_checked_out() -> None:
    """The workflow with the right to comment names no revision to check out, and none of the artifact's words."""
    checkouts = [step for step in steps(REPORT) if "checkout" in step.get("uses", "")]
    assert [set(step["with"]) for step in checkouts] == [{"persist-credentials"}]
    assert "kpi-diff" not in script(REPORT, "Write the comment, or renew it")


GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in
  *"/pulls -f"*) printf '%s' "$NUMBER" ;;
  *"/comments --jq"*) printf '%s' "$COMMENT" ;;
esac
"""


@pytest.mark.parametrize(
    ("number", "comment", "wanted"),
    [
        ("12", "", "api --silent --method POST repos/a/b/issues/12/comments"),
        ("12", "99\n98\n", "api --silent --method PATCH repos/a/b/issues/comments/99"),
        ("", "99", None),
    ],
)
def test_there_is_one_comment(number: str, comment: str, wanted: str | None, tmp_path: Path) -> None:
    """The first report is a new comment, later ones renew it, and a commit that heads no pull request gets none."""
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    (tmp_path / "comment.md").write_text("<!-- kpi-diff -->\n## changes\n")
    environment = {
        **os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(tmp_path / "calls"), "NUMBER": number,
        "COMMENT": comment, "RUNNER_TEMP": str(tmp_path), "REPOSITORY": "a/b", "HEAD_OWNER": "x",
        "HEAD_BRANCH": "$(touch hacked)", "HEAD_COMMIT": "c" * 40,
    }  # fmt: skip
    command = ["bash", "-e", "-o", "pipefail", "-c", script(REPORT, "Write the comment, or renew it")]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    assert "head=x:$(touch hacked)" in calls[0]
    writes = [call for call in calls if "--method P" in call]
    assert [call.partition(" -F ")[0] for call in writes] == ([wanted] if wanted else [])
    assert all(call.endswith(f"body=@{tmp_path}/comment.md") for call in writes)
    assert not (tmp_path / "hacked").exists()
