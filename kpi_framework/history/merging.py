"""The changes that are a merge's own: what it has otherwise than its sides, replayed one after the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model.change import Change, ChangeClass
from ..model.record import Record
from .divergence import Sides

_WHOLE = ("definition", "signal", "file", "id", "kpi.yaml")
"""The fields that stand for a definition, or for kpi.yaml, as a whole."""


class Made(Record):
    """A change, and the commit that made it."""

    change: Change
    commit: str


def of_merge(
    compared: Sequence[Sequence[Change]], made: Sequence[Made], apart: Mapping[str, Sides]
) -> Iterator[tuple[Change, int]]:
    """The changes that a merge makes, each with the side that it changes.

    `compared` has what the merge has otherwise than each of its sides, `made` all changes before it, in the order in
    which they are replayed, and `apart` the commits that are not common to all sides. Replayed, a field has the value
    of the change that comes last: that of the side which holds it. Where the merge has another one, the change is its
    own.
    """
    recent = [m for m in made if m.commit in apart]
    by_key = [{(change.kpi, change.field): change for change in changes} for changes in compared]
    for key in dict.fromkeys(key for changes in by_key for key in changes):
        first = next(number for number, changes in enumerate(by_key) if key in changes)
        change = by_key[first][key]
        touching = [m for m in recent if _overlap(m.change, change)]
        side = _lowest(apart[touching[-1].commit]) if touching else 0
        if key in by_key[side]:
            yield by_key[side][key], side
        elif change.field in _WHOLE and _is_contested(touching, apart):
            yield change, first


def _lowest(sides: Sides) -> int:
    return (sides & -sides).bit_length() - 1


def _overlap(first: Change, second: Change) -> bool:
    """Whether one of two fields is the other, or holds it."""
    if not _ids(first) & _ids(second):
        return False
    one, other = f"{first.field}.", f"{second.field}."
    return bool({first.field, second.field} & set(_WHOLE)) or one.startswith(other) or other.startswith(one)


def _ids(change: Change) -> set[object]:
    return {change.kpi, change.before} if change.cls is ChangeClass.RENAMED else {change.kpi}


def _is_contested(touching: Sequence[Made], apart: Mapping[str, Sides]) -> bool:
    """Whether one side makes or ends a definition as a whole, and another one changes it."""
    common = ~0
    for made in touching:
        common &= apart[made.commit]
    return common == 0 and any(m.change.field in _WHOLE for m in touching)
