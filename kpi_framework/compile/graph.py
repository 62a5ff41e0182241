"""In which order derived definitions are computed, and which of them need each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def cyclic(inputs: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The definitions that need themselves, each with the way back to it."""
    ways = {}
    for definition_id in inputs:
        way = _way_back(definition_id, inputs)
        if way:
            ways[definition_id] = way
    return ways


def _way_back(start: str, inputs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    stack: list[tuple[str, ...]] = [(start,)]
    visited: set[str] = set()
    while stack:
        way = stack.pop()
        for following in inputs.get(way[-1], ()):
            if following == start:
                return (*way, start)
            if following not in visited:
                visited.add(following)
                stack.append((*way, following))
    return ()


def in_order(inputs: Mapping[str, Iterable[str]]) -> list[str]:
    """The definitions, each after those it reads. There must be no cycle."""
    ordered: dict[str, None] = {}
    waiting = list(inputs)
    while waiting:
        ready = [i for i in waiting if all(n in ordered or n not in inputs for n in inputs[i])]
        assert ready, "cycles were taken out before"
        ordered.update(dict.fromkeys(ready))
        waiting = [i for i in waiting if i not in ordered]
    return list(ordered)


def closure(definition_id: str, inputs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """All definitions that one stands on, itself included."""
    ids: dict[str, None] = {}
    waiting = [definition_id]
    while waiting:
        current = waiting.pop()
        if current not in ids:
            ids[current] = None
            waiting.extend(inputs.get(current, ()))
    return tuple(ids)
