"""The names of a source's columns: as names of the formula language, and as they are looked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from .record import Record

_NAMELESS = "c_"


def snake_case(header: str) -> str:
    """A header as a name of the formula language: `First reply (min)` → `first_reply_min`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", header)
    name = re.sub(r"[^0-9a-zA-Z]+", "_", spaced).strip("_").lower()
    return f"{_NAMELESS}{name}" if not name or name[0].isdigit() else name


def unique_headers(header: Sequence[str]) -> tuple[str, ...]:
    """A header whose repeated names are told apart: the second `Comment` becomes `Comment_2`."""
    counts: dict[str, int] = {}
    headers = []
    for name in header:
        counts[name] = counts.get(name, 0) + 1
        headers.append(name if counts[name] == 1 else f"{name}_{counts[name]}")
    return tuple(headers)


class Header(Record, dict=True):
    """The columns of a source as they are looked for: to the letter, or but for case and punctuation."""

    columns: tuple[str, ...]

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """The first column of each name that the formula language has for it."""
        return {snake_case(column): column for column in reversed(self.columns)}

    def spelling(self, names: Sequence[str]) -> str | None:
        """The column that one of the names means; None where there is none."""
        exact = next((name for name in names if name in self.columns), None)
        if exact is not None:
            return exact
        alike = (name for name in map(snake_case, names) if name in self.by_name and name != _NAMELESS)
        return next((self.by_name[name] for name in alike), None)
