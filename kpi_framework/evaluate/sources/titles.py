"""Titles above a header: what to do where they were taken for it."""

from __future__ import annotations

from collections.abc import Sequence


def title_hint(headers: Sequence[Sequence[str]], skip: int) -> str:
    """What to write where the row that should be the header has hardly a name."""
    nameless = any(sum(name == f"column_{n}" for n, name in enumerate(h, 1)) * 2 > len(h) for h in headers)
    return f"If the header stands lower, write how many lines are above it: `skip: {skip + 1}`." if nameless else ""
