"""What each side of a merge has that another side lacks, by the graph alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

Sides = int
"""The parents of a merge that hold a commit, a bit each."""


def divergence(
    parents: Mapping[str, tuple[str, ...]], order: Mapping[str, int], sides: Sequence[str]
) -> Mapping[str, Sides]:
    """The commits that some of the sides hold and others lack, and which sides hold each.

    `order` numbers the commits: each comes after all that it builds on. So the latest is looked at first, when all that
    builds on it is known, and the walk ends where only common ground is left.
    """
    everywhere = (1 << len(sides)) - 1
    held: dict[str, Sides] = {}
    waiting: list[tuple[int, str]] = []
    for number, side in enumerate(sides):
        if side in order and side not in held:
            heappush(waiting, (-order[side], side))
        held[side] = held.get(side, 0) | 1 << number
    partial = sum(held[c] != everywhere for _, c in waiting)
    apart: dict[str, Sides] = {}
    while partial:
        _, commit = heappop(waiting)
        if held[commit] != everywhere:
            partial -= 1
            apart[commit] = held[commit]
        for parent in parents.get(commit, ()):
            if parent not in order:
                continue
            before = held.get(parent)
            held[parent] = (before or 0) | held[commit]
            if before is None:
                heappush(waiting, (-order[parent], parent))
            partial += (held[parent] != everywhere) - (before is not None and before != everywhere)
    return apart
