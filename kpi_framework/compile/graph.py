"""In which order derived definitions are computed, and which of them need each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def cyclic(inputs: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The definitions that need themselves, each with the way back to it."""
    found = {}
    for one in inputs:
        way = _way_back(one, inputs)
        if way:
            found[one] = way
    return found


def _way_back(start: str, inputs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    stack: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while stack:
        way = stack.pop()
        for following in inputs.get(way[-1], ()):
            if following == start:
                return (*way, start)
            if following not in seen:
                seen.add(following)
                stack.append((*way, following))
    return ()


def in_order(inputs: Mapping[str, Iterable[str]]) -> list[str]:
    """The definitions, each after those it reads. There must be no cycle."""
    placed: dict[str, None] = {}
    waiting = list(inputs)
    while waiting:
        ready = [i for i in waiting if all(n in placed or n not in inputs for n in inputs[i])]
        assert ready, "cycles were taken out before"
        placed.update(dict.fromkeys(ready))
        waiting = [i for i in waiting if i not in placed]
    return list(placed)


def closure(one: str, inputs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """All definitions that one stands on, itself included."""
    found: dict[str, None] = {}
    waiting = [one]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found[current] = None
            waiting.extend(inputs.get(current, ()))
    return tuple(found)
