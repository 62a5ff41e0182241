"""Runs a workflow file's own commands, as GitHub's runner would: a clone a job, and the variables of each step."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples/getting-data"
INSTALLS = ("Install the loader", "Install kpi", "Install kpi and its drivers")
"""Steps that a test does not run: what they install is there, made by the same lock file."""


def git(folder: Path, *words: str) -> str:
    """Run git with no configuration of this machine; what it prints."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main")
    command = ["git", "-C", str(folder), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


@dataclass
class Night:
    """What one run of a workflow ended with."""

    code: int
    output: str


@dataclass
class Nights:
    """A repository on a server, and its workflow, run once a night."""

    folder: Path
    workflow: Path
    variables: Mapping[str, str]
    loader: Path | None = None
    runs: list[Night] = field(default_factory=list)

    @property
    def origin(self) -> Path:
        """The bare repository that jobs clone and push to."""
        return self.folder / "origin.git"

    @property
    def checked(self) -> Path:
        """The clone of the newest run's last job."""
        return self.folder / f"run-{len(self.runs)}" / "check"

    def start(self, files: Mapping[str, str]) -> None:
        """Commit the project's first files."""
        first = self.folder / "first"
        for path, text in files.items():
            (first / path).parent.mkdir(parents=True, exist_ok=True)
            (first / path).write_text(text, encoding="utf-8")
        git(self.folder, "init", "-q", "--bare", str(self.origin))
        git(first, "init", "-q")
        git(first, "add", ".")
        git(first, "commit", "-q", "-m", "The project")
        git(first, "push", "-q", str(self.origin), "HEAD:main")

    def run(self) -> Night:
        """Run all jobs in their order, until one fails."""
        place = self.folder / f"run-{len(self.runs) + 1}"
        jobs = yaml.safe_load(self.workflow.read_text(encoding="utf-8"))["jobs"]
        output, code = "", 0
        for name, job in jobs.items():
            clone = place / name
            git(self.folder, "clone", "-q", str(self.origin), str(clone))
            code, text = self._job(clone, job)
            output += text
            if code:
                break
        self.runs.append(Night(code, output))
        return self.runs[-1]

    def _job(self, clone: Path, job: Mapping[str, Any]) -> tuple[int, str]:
        output = ""
        for step in job["steps"]:
            if "run" in step and step["name"] not in INSTALLS:
                done = self._step(clone, step)
                output += done.stdout + done.stderr
                if done.returncode:
                    return done.returncode, output
        return 0, output

    def _step(self, clone: Path, step: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        temporary = self._temporary()
        environment = {
            "PATH": f"{temporary}:{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(temporary),
            "RUNNER_TEMP": str(temporary), "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_STEP_SUMMARY": str(temporary / "summary"), "LANG": "C.UTF-8",
            **dict(self._stated(step.get("env", {}))),
        }  # fmt: skip
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(shell, cwd=clone, env=environment, capture_output=True, text=True, check=False)

    def _stated(self, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The step's variables: `${{ secrets.NAME }}` and `${{ vars.NAME }}` are the test's, else empty."""
        for name, text in variables.items():
            reference = re.fullmatch(r"\$\{\{ (?:secrets|vars|github)\.(\w+) \}\}", str(text))
            yield name, self.variables.get(reference[1], "") if reference else str(text)

    def _temporary(self) -> Path:
        """The runner's folder: a `gh` that needs no login, and the environment that the loader is installed in."""
        temporary = self.folder / "temp"
        temporary.mkdir(exist_ok=True)
        (temporary / "gh").write_text("#!/bin/sh\n", encoding="utf-8")
        (temporary / "gh").chmod(0o755)
        if self.loader and not (temporary / "loader").exists():
            (temporary / "loader").symlink_to(self.loader)
        return temporary

    def texts(self) -> Iterator[tuple[str, bytes]]:
        """Everything that a run left behind: its output, and each file of each clone and of the server."""
        for number, night in enumerate(self.runs):
            yield f"output {number}", night.output.encode()
        for path in self.folder.rglob("*"):
            if path.is_file() and not path.is_relative_to(self.folder / "temp"):
                yield str(path), path.read_bytes()
