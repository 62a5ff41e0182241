"""In which order derived definitions are computed, which need each other, and which stand on too many others.

A project may hold thousands of them, so each question is answered in one walk over all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

MAX_BEHIND = 1_000
"""So many definitions may stand behind one, each counted as often as it is used."""
MAX_LEVELS = 50
"""So many derived definitions may stand on each other."""
_WAY = 20

Inputs = Mapping[str, Iterable[str]]


def cyclic(inputs: Inputs) -> dict[str, tuple[str, ...]]:
    """The definitions that need themselves, each with the way back to it."""
    members = {}
    for knot in _knots(inputs):
        for definition_id in knot:
            if len(knot) > 1 or definition_id in inputs[definition_id]:
                members[definition_id] = _way_back(definition_id, inputs, knot)
    return {definition_id: members[definition_id] for definition_id in inputs if definition_id in members}


def _knots(inputs: Inputs) -> Iterator[frozenset[str]]:
    """The groups of definitions that all need each other; most are alone."""
    users: dict[str, list[str]] = {}
    for definition_id, needed in inputs.items():
        for other in needed:
            users.setdefault(other, []).append(definition_id)
    assigned: set[str] = set()
    for definition_id in reversed(_by_end(inputs)):
        if definition_id not in assigned:
            knot = _reached(definition_id, users, assigned)
            assigned |= knot
            yield frozenset(knot)


def _by_end(inputs: Inputs) -> list[str]:
    """The definitions in the order in which a walk down from each of them comes to its end."""
    ended: dict[str, None] = {}
    begun: set[str] = set()
    for start in inputs:
        stack = [(start, iter(inputs[start]))] if start not in begun else []
        begun.add(start)
        while stack:
            definition_id, inputs_left = stack[-1]
            deeper = next((other for other in inputs_left if other in inputs and other not in begun), None)
            if deeper is None:
                ended[definition_id] = None
                stack.pop()
            else:
                begun.add(deeper)
                stack.append((deeper, iter(inputs[deeper])))
    return list(ended)


def _reached(start: str, following: Inputs, without: set[str]) -> set[str]:
    members: set[str] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current not in members and current not in without:
            members.add(current)
            waiting.extend(following.get(current, ()))
    return members


def _way_back(start: str, inputs: Inputs, knot: frozenset[str]) -> tuple[str, ...]:
    """The shortest way from a definition to itself; of a large knot only that there is definition_id."""
    if len(knot) > _WAY:
        return (start, "…", start)
    ways: list[tuple[str, ...]] = [(start,)]
    met: set[str] = set()
    for way in ways:
        for following in inputs[way[-1]]:
            if following == start:
                return (*way, start)
            if following in knot and following not in met:
                met.add(following)
                ways.append((*way, following))
    raise AssertionError("who is in a knot finds back")


def in_order(inputs: Inputs) -> list[str]:
    """The definitions, each after those it reads. There must be no cycle."""
    return [definition_id for level in _levels(inputs) for definition_id in level]


def _levels(inputs: Inputs) -> Iterator[list[str]]:
    """The definitions that read none of the others, then those that read only such, and so on."""
    lacking = {definition_id: {n for n in needed if n in inputs} for definition_id, needed in inputs.items()}
    users: dict[str, list[str]] = {}
    for definition_id, needed in lacking.items():
        for other in needed:
            users.setdefault(other, []).append(definition_id)
    places = {definition_id: place for place, definition_id in enumerate(inputs)}
    level = [definition_id for definition_id in inputs if not lacking[definition_id]]
    count = 0
    while level:
        yield level
        count += len(level)
        later = []
        for definition_id in level:
            for user in users.get(definition_id, ()):
                lacking[user].discard(definition_id)
                if not lacking[user]:
                    later.append(user)
        level = sorted(later, key=places.__getitem__)
    assert count == len(inputs), "cycles were assigned out before"


def unending(inputs: Inputs) -> frozenset[str]:
    """The definitions that cannot be written out: those that need themselves, and those that stand on too many."""
    return frozenset(cyclic(inputs)) | overgrown(inputs)


def overgrown(inputs: Inputs) -> frozenset[str]:
    """The definitions that stand on too many others, among those that do not need themselves."""
    circular = cyclic(inputs)
    sizes: dict[str, int] = {}
    members: set[str] = set()
    for number, level in enumerate(_levels({i: n for i, n in inputs.items() if i not in circular})):
        for definition_id in level:
            sizes[definition_id] = min(MAX_BEHIND + 1, 1 + sum(sizes.get(other, 1) for other in inputs[definition_id]))
            if number >= MAX_LEVELS or sizes[definition_id] > MAX_BEHIND:
                members.add(definition_id)
    return frozenset(members)


def closure(definition_id: str, inputs: Inputs) -> tuple[str, ...]:
    """All definitions that one stands on, itself included; of one that stands on too many, the first of them."""
    ids: dict[str, None] = {}
    waiting = [definition_id]
    while waiting and len(ids) <= MAX_BEHIND:
        current = waiting.pop()
        if current not in ids:
            ids[current] = None
            waiting.extend(inputs.get(current, ()))
    return tuple(ids)
