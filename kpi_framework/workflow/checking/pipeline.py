"""The job that a command runs in: whose it is, and which proposed change it looks at."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from ...model.record import Record

System = Literal["github", "gitlab", "azure", "jenkins", "other"]
Environment = Mapping[str, str]


class Pipeline(Record):
    """A job of a continuous integration system."""

    system: System
    base: str | None = None
    """The revision that a proposed change starts from; None where the job looks at no proposal."""

    @property
    def is_proposal(self) -> bool:
        """Whether it is about a pull or merge request, whose author is not to blame for a missed target."""
        return self.base is not None


def pipeline_of(environment: Environment) -> Pipeline:
    """The job that these variables tell of. Nothing but variables and GitHub's event file is read."""
    for system, (variable, base) in _SYSTEMS.items():
        if environment.get(variable):
            return Pipeline(system, base(environment) or None)
    return Pipeline("other")


def _github(environment: Environment) -> str:
    if not environment.get("GITHUB_EVENT_NAME", "").startswith("pull_request"):
        return ""
    try:
        event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
        return str(event["pull_request"]["base"]["sha"])
    except (OSError, KeyError, TypeError, ValueError):  # an older runner, or one that keeps its event elsewhere
        return _branch(environment.get("GITHUB_BASE_REF", ""))


def _gitlab(environment: Environment) -> str:
    return environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")


def _azure(environment: Environment) -> str:
    return _branch(environment.get("SYSTEM_PULLREQUEST_TARGETBRANCH", ""))


def _jenkins(environment: Environment) -> str:
    return _branch(environment.get("CHANGE_TARGET", ""))


def _branch(name: str) -> str:
    """A branch as a clone knows it that was made for another one."""
    return f"origin/{name.removeprefix('refs/heads/')}" if name else ""


_SYSTEMS: dict[System, tuple[str, Callable[[Environment], str]]] = {
    "github": ("GITHUB_ACTIONS", _github),
    "gitlab": ("GITLAB_CI", _gitlab),
    "azure": ("TF_BUILD", _azure),
    "jenkins": ("JENKINS_URL", _jenkins),
}
"""The variable by which a job of each system is known, and where it says what a proposal starts from."""
