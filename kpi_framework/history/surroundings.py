"""What stands beside a project and decides who looks at its changes: CODEOWNERS, workflows, .gitattributes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ..model.change import Change, ChangeClass

BESIDE = (
    ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".github/workflows", ".github/actions",
    ".gitlab-ci.yml", ".gitlab/ci", "azure-pipelines.yml", "bitbucket-pipelines.yml", "Jenkinsfile", ".gitattributes",
    ".gitignore", ".gitmodules",
)  # fmt: skip
"""The paths, from the top of the repository."""
_FIELDS = (
    (re.compile(r"(.*/)?CODEOWNERS$"), "code_owners"),
    (re.compile(r"\.git(attributes|ignore|modules)$"), "git_settings"),
    (re.compile(r"(\.github/(workflows|actions)|\.gitlab/ci)/.|[^/]+$"), "workflow"),
)
_OURS = "kpi"


def changed_surroundings(
    before: Mapping[str, str], after: Mapping[str, str], text: Callable[[str], str]
) -> Iterator[Change]:
    """Each file beside the project that differs, path → object name; a workflow where it speaks of `kpi`."""
    for path in sorted({p for p, _ in before.items() ^ after.items()}):
        old, new = before.get(path), after.get(path)
        kind = _kind(path)
        if kind and (kind == "code_owners" or any(_OURS in text(name).lower() for name in (old, new) if name)):
            yield Change(None, ChangeClass.GOVERNANCE, kind, old, new, path)


def _kind(path: str) -> str | None:
    if not path.startswith(BESIDE):
        return None
    return next((kind for pattern, kind in _FIELDS if pattern.match(path)), None)
