"""The name under which a column that nothing maps is visible."""

from __future__ import annotations

import re


def snake_case(header: str) -> str:
    """A header as a name of the formula language: `First reply (min)` → `first_reply_min`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", header)
    name = re.sub(r"[^0-9a-zA-Z]+", "_", spaced).strip("_").lower()
    return f"c_{name}" if not name or name[0].isdigit() else name
