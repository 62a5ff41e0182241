"""The changes that are a merge's own: what it has otherwise than its sides, replayed one after the other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..model.change import Change, ChangeClass
from ..model.record import Record
from .divergence import Sides

_WHOLE = ("definition", "signal", "kpi.yaml")
"""The fields that stand for a definition, or for kpi.yaml, as a whole."""
_READING = ("file", "kpi.yaml")
"""The fields that say whether a file can be read."""


class Made(Record):
    """A change, and the commit that made it."""

    change: Change
    commit: str


def in_replay_order(changes: Iterable[Change]) -> list[Change]:
    """The changes of one commit: a definition comes, or gets its name, before its fields change."""
    return sorted(changes, key=lambda c: not (c.cls is ChangeClass.RENAMED or (_is_whole(c) and c.after is not None)))


def of_merge(
    compared: Sequence[Sequence[Change]], made: Iterable[Made], apart: Mapping[str, Sides]
) -> Iterator[tuple[Change, int]]:
    """The changes that a merge makes, each with the side that it changes.

    `compared` has what the merge has otherwise than each of its sides, `made` all changes before it, in the order in
    which they are replayed, and `apart` the commits that are not common to all sides. Replayed, a field has the value
    of the change that comes last: that of the side which holds it. Where the merge has another one, the change is its
    own.
    """
    by_key = [{(change.kpi, change.field): change for change in changes} for changes in compared]
    replay = _Replay()
    for m in made:
        if m.commit in apart:
            replay.apply(m.change, apart[m.commit])
    for first in in_replay_order(change for changes in compared for change in changes):
        key = (first.kpi, first.field)
        having = [number for number, changes in enumerate(by_key) if key in changes]
        side = replay.differs(by_key[having[0]][key], having) if having else None
        if side is not None:
            change = by_key[side][key]
            replay.apply(change, 1 << side if change.cls is ChangeClass.RENAMED else 0)
            yield change, side


class _Replay:
    """Which side's change of each field of each definition comes last, and which definitions are gone by then."""

    def __init__(self) -> None:
        self._standing: dict[object, list[tuple[str, Sides]]] = {}
        self._gone: set[object] = set()

    def apply(self, change: Change, sides: Sides) -> None:
        """Go on by a change that these sides hold; of what is gone, nothing changes."""
        if change.cls is ChangeClass.RENAMED:
            if change.before not in self._gone:
                self._standing[change.kpi] = [*self._standing.pop(change.before, []), ("id", sides)]
                self._gone.add(change.before)
                self._gone.discard(change.kpi)
        elif _is_whole(change):
            self._standing.pop(change.kpi, None)
            self._gone.add(change.kpi)
            if change.after is not None:
                self._standing[change.kpi] = [(change.field, sides)]
                self._gone.discard(change.kpi)
        elif change.field in _READING:
            self._standing.setdefault((change.kpi, "file"), []).append((change.field, sides))
        elif change.kpi not in self._gone:
            self._standing.setdefault(change.kpi, []).append((change.field, sides))

    def differs(self, change: Change, having: Sequence[int]) -> int | None:
        """The side from which a change of a merge is the merge's own, among those that it changes; None if of none."""
        is_there = change.kpi not in self._gone
        if change.cls is ChangeClass.RENAMED:
            is_own = change.kpi not in self._standing and change.before not in self._gone
        elif _is_whole(change) and change.after is not None:
            is_own = change.kpi not in self._standing
        elif _is_whole(change):
            is_own = is_there
        else:
            last = self._last(change)
            held = having if last is None else [number for number in having if last >> number & 1]
            return held[0] if held and (is_there or change.field in _READING) else None
        return having[0] if is_own else None

    def _last(self, change: Change) -> Sides | None:
        key = (change.kpi, "file") if change.field in _READING else change.kpi
        standing = reversed(self._standing.get(key, []))
        return next((sides for field, sides in standing if _overlap(field, change.field)), None)


def _is_whole(change: Change) -> bool:
    is_read = "unreadable" not in (change.before, change.after)
    return change.field in _WHOLE and is_read and (change.before is None or change.after is None)


def _overlap(first: str, second: str) -> bool:
    """Whether one of two fields is the other, or holds it."""
    one, other = f"{first}.", f"{second}."
    return first in _WHOLE or one.startswith(other) or other.startswith(one)
