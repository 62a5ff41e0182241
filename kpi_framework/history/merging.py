"""The changes that are a merge's own: what it has otherwise than its sides, replayed one after the other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..model.change import Change, ChangeClass
from .divergence import Sides

_WHOLE = ("definition", "signal", "kpi.yaml")
"""The fields that stand for a definition, or for kpi.yaml, as a whole."""
_READING = ("file", "kpi.yaml")
"""The fields that say whether a file can be read."""


def in_replay_order(changes: Iterable[Change]) -> list[Change]:
    """The changes of one commit: a definition gets its name, or comes, before its fields change."""
    return sorted(changes, key=_place)


def _place(change: Change) -> int:
    if change.cls is ChangeClass.RENAMED:
        return 0
    return 1 if _is_whole(change) and change.after is not None else 2


def of_merge(
    compared: Sequence[Sequence[Change]], whole: Sequence[Change], replay: Replay
) -> Iterator[tuple[Change, int]]:
    """The changes that a merge makes, each with the side that it changes.

    `compared` has what the merge has otherwise than each of its sides, and `whole` all that it has, as if it were new.
    Replayed, a field has the value of the change that comes last: that of the side which holds it. Where the merge has
    another one, the change is its own.
    """
    by_key = [{(change.kpi, change.field): change for change in changes} for changes in compared]
    for first in in_replay_order(change for changes in compared for change in changes):
        key = (first.kpi, first.field)
        having = [number for number, changes in enumerate(by_key) if key in changes]
        side = replay.differs(by_key[having[0]][key], having)
        if side is not None:
            change = by_key[side][key]
            replay.apply(change, 1 << side if change.cls is ChangeClass.RENAMED else 0)
            yield change, side
    yield from ((change, 0) for change in replay.settled(whole))


class Replay:
    """The changes that not all sides of a merge have, replayed: whose change of each field comes last, what is gone."""

    def __init__(self) -> None:
        self._standing: dict[object, list[tuple[str, Sides]]] = {}
        self._gone: set[object] = set()
        self._paths: dict[object, str] = {}
        self.lost: set[str] = set()
        """The paths of the changes that came too late: another side's had taken away what they change."""
        self.renamed: set[str] = set()
        """The ids that got another name, and those names."""

    def apply(self, change: Change, sides: Sides) -> None:
        """Go on by a change that these sides hold; of what is gone, nothing changes."""
        self._paths[change.kpi] = change.path
        if change.cls is ChangeClass.RENAMED:
            self.renamed |= {str(change.before), str(change.kpi)}
            if change.before in self._gone:
                self.lost.add(change.path)
                if change.kpi not in self._standing:
                    self._gone.add(change.kpi)
            else:
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
        elif change.kpi in self._gone:
            self.lost.add(change.path)
        else:
            self._standing.setdefault(change.kpi, []).append((change.field, sides))

    def differs(self, change: Change, having: Sequence[int]) -> int | None:
        """The side from which a change of a merge is the merge's own, among those that it changes; None if of none."""
        is_there = change.kpi not in self._gone
        if change.cls is ChangeClass.RENAMED:
            is_own = change.kpi not in self._standing and change.before not in self._gone
        elif _is_whole(change) and change.after is not None:
            is_own = change.kpi not in self._standing or self._is_mixed(change.kpi, having)
        elif _is_whole(change):
            is_own = is_there
        else:
            last = self._last(change)
            held = having if last is None else [number for number in having if last >> number & 1]
            return held[0] if held and (is_there or change.field in _READING) else None
        return having[0] if is_own else None

    def _is_mixed(self, kpi: object, lacking: Sequence[int]) -> bool:
        """Whether a definition has, by its former name, changes of sides that lack it by this one."""
        mask = sum(1 << number for number in lacking)
        return any(field != "id" and sides and not sides & ~mask for field, sides in self._standing[kpi])

    def settled(self, whole: Sequence[Change]) -> Iterator[Change]:
        """What is still gone of all that a merge has, and what is still there that it has not."""
        added = {change.kpi: change for change in whole if _is_whole(change)}
        yield from (change for kpi, change in added.items() if kpi in self._gone)
        left = [kpi for kpi in self._standing if isinstance(kpi, str) and kpi not in added]
        for kpi in left:
            yield Change(kpi, ChangeClass.REMOVED, "definition", None, None, self._paths[kpi])

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
