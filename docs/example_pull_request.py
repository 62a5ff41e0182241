"""Print docs/example-pull-request.md: the report of a pull request that loosens a target and narrows a formula.

    python docs/example_pull_request.py

The sample is committed in a repository of its own, changed on a branch, and compared by the real command.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kpi_framework.workflow.setup.demo import copy_sample

KPI = Path(sys.executable).with_name("kpi")
IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Sam"), ("EMAIL", "sam@example.com"), ("DATE", "2026-11-05T12:00:00+00:00"))
}
EDITS = {
    "kpis/first_response_time.yaml": ("at_most: 45 min\n  near: 60 min", "at_most: 60 min\n  near: 75 min"),
    "kpis/sla_compliance.yaml": (
        "formula: share(coalesce(resolved_at <= due_at, false))",
        "formula: share(resolved_at <= due_at) filter (where priority <> 'high')",
    ),
}
INTRODUCTION = """# The report of a pull request

<!-- Made by docs/example_pull_request.py: run `make docs`. -->

A pull request on the sample gives the first response a quarter of an hour more, and leaves the tickets of high
priority, and those that are still open past their due time, out of the SLA compliance. It says nothing of why. Below
the line stands the comment that it gets from `.github/workflows/pull-request-report.yml`, word for word:
`kpi diff BASE HEAD --format markdown`.

---

"""


def page() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "sample"
        copy_sample(root)
        _git(root, "init", "--quiet", "--initial-branch=main", "--object-format=sha1")
        _commit(root, "The sample")
        for name, (old, new) in EDITS.items():
            text = (root / name).read_text(encoding="utf-8")
            if text.count(old) != 1:
                raise SystemExit(f"{name} has changed: renew EDITS in docs/example_pull_request.py")
            (root / name).write_text(text.replace(old, new), encoding="utf-8")
        _commit(root, "Realistic goals for the winter")
        command = [KPI, "diff", "HEAD~1", "HEAD", "--format", "markdown"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if done.returncode != 1:
            raise SystemExit(f"kpi diff ended with {done.returncode} instead of 1: {done.stderr}")
        return INTRODUCTION + done.stdout


def _commit(root: Path, message: str) -> None:
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--message", message)


def _git(root: Path, *words: str) -> None:
    """Git without anybody's configuration, so that the same files give the same commits."""
    environment = {**os.environ, **IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", str(root), *words], check=True, env=environment)  # noqa: S607 - the git of the path


if __name__ == "__main__":
    sys.stdout.write(page())
