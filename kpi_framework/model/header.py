"""The names of a source's columns: as names of the formula language, and as they are looked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count

from .record import Record

_NAMELESS = "c_"


def snake_case(header: str) -> str:
    """A header as a name of the formula language: `First reply (min)` → `first_reply_min`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", header)
    name = re.sub(r"[^0-9a-zA-Z]+", "_", spaced).strip("_").lower()
    return f"{_NAMELESS}{name}" if not name or name[0].isdigit() else name


def folded(header: str) -> str:
    """What headers that mean one column have in common: they may differ in case and outer blanks."""
    return header.strip().lower()


def unique_headers(header: Sequence[str]) -> tuple[str, ...]:
    """A header whose every column has a name of its own.

    Of equal names the first stays as it is, the next take the first of `Comment_2`, `Comment_3` that is free. A column
    without a name is called by its place: `column_3`.
    """
    names = [name.strip() or f"column_{place}" for place, name in enumerate(header, 1)]
    reserved = {folded(name) for name in names}
    headers: dict[str, str] = {}
    numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(2))
    for name in names:
        own_name = name
        if folded(name) in headers:
            own_name = next(
                n for n in (f"{name}_{number}" for number in numbers[folded(name)]) if folded(n) not in reserved
            )
            reserved.add(folded(own_name))
        headers[folded(own_name)] = own_name
    return tuple(headers.values())


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
