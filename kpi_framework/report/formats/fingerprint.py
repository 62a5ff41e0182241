"""What tells one finding from another from run to run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ...model.diagnostic import Diagnostic


def fingerprints(findings: Iterable[Diagnostic]) -> list[str]:
    """What stays the same when lines move: rule, file, definition and message; equal ones are numbered."""
    seen: dict[str, int] = {}
    found = []
    for one in findings:
        told = "\0".join((one.rule, one.span.path, one.kpi or "", one.message))
        seen[told] = seen.get(told, 0) + 1
        text = f"{told}\0{seen[told]}".encode("utf-8", "backslashreplace")
        found.append(hashlib.sha256(text).hexdigest())
    return found
