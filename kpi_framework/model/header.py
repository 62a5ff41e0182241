"""The names of a source's columns: as names of the formula language, and as they are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def snake_case(header: str) -> str:
    """A header as a name of the formula language: `First reply (min)` → `first_reply_min`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", header)
    name = re.sub(r"[^0-9a-zA-Z]+", "_", spaced).strip("_").lower()
    return f"c_{name}" if not name or name[0].isdigit() else name


class Spellings:
    """A source's headers as they are looked for: to the letter, or but for case and punctuation."""

    def __init__(self, headers: Iterable[str]) -> None:
        self.exact = dict.fromkeys(headers)
        self.alike: dict[str, str] = {}
        for header in self.exact:
            self.alike.setdefault(snake_case(header), header)

    def of(self, names: Sequence[str]) -> str | None:
        """The header that one of the names means; None where there is none."""
        exact = next((n for n in names if n in self.exact), None)
        if exact is not None:
            return exact
        return next((self.alike[s] for s in map(snake_case, names) if s in self.alike and s != "c_"), None)
