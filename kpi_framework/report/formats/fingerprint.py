"""What tells one finding from another from run to run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ...model.diagnostic import Diagnostic


def fingerprints(findings: Iterable[Diagnostic]) -> list[str]:
    """What stays the same when lines move: rule, file, definition and message; equal ones are numbered."""
    counts: dict[str, int] = {}
    hashes = []
    for finding in findings:
        identity = "\0".join((finding.rule, finding.span.path, finding.kpi or "", finding.message))
        counts[identity] = counts.get(identity, 0) + 1
        text = f"{identity}\0{counts[identity]}".encode("utf-8", "backslashreplace")
        hashes.append(hashlib.sha256(text).hexdigest())
    return hashes
