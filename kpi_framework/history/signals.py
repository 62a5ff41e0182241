"""Signals compared: a pattern that can no longer ring is a goalpost gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..model.catalog import Entry
from ..model.change import Change, ChangeClass
from ..model.signal import Signal
from .sides import Sides, place, plain_field

C = ChangeClass


def changed_signals(sides: Sides) -> Iterator[Change]:
    """Signals that came, went, or ring at something else."""
    before, after = ({e.noun.id: e for e in s.catalog.signals} for s in (sides.before, sides.after))
    for one in sorted({*before, *after}):
        old, new = before.get(one), after.get(one)
        if old is None or new is None:
            entry = new or old
            assert entry is not None, "one side has it"
            cls = C.ADDED if old is None else C.LOOSENED
            texts = [e.noun.when if e else None for e in (old, new)]
            span = entry.at.key("id")
            yield Change(one, cls, "signal", texts[0], texts[1], span.path, span.line)
        elif old.noun != new.noun:
            yield from _fields(sides, old, new)


def _fields(sides: Sides, old: Entry[Signal], new: Entry[Signal]) -> Iterator[Change]:
    for name, classify in FIELDS.items():
        cls = classify(sides, old.noun, new.noun) if classify else None
        if cls is not None:
            before, after = plain_field(old.noun, name), plain_field(new.noun, name)
            path, line = place((new.at, old.at), (name,))
            yield Change(new.noun.id, cls, name, before, after, path, line)


Classify = Callable[[Sides, Signal, Signal], ChangeClass | None]


def _when(sides: Sides, old: Signal, new: Signal) -> ChangeClass | None:
    """Another condition: what rang may ring no more."""
    return None if sides.same_sql(old.when, new.when) else C.LOOSENED


def _severity(sides: Sides, old: Signal, new: Signal) -> ChangeClass | None:
    """Without a severity a signal weighs what the gate says."""
    gates = [s.catalog.project.noun.gate.signals for s in (sides.before, sides.after)]
    before, after = ((n.severity or gate).rank for n, gate in zip((old, new), gates, strict=True))
    return None if before == after else (C.LOOSENED if after < before else C.TIGHTENED)


def _differs(name: str, cls: ChangeClass) -> Classify:
    def classify(_sides: Sides, old: Signal, new: Signal) -> ChangeClass | None:
        before, after = (getattr(n, name) for n in (old, new))
        words = [" ".join(v.split()) if isinstance(v, str) else v for v in (before, after)]
        return None if words[0] == words[1] else cls

    return classify


FIELDS: Mapping[str, Classify | None] = {
    "version": None, "kind": None, "id": None, "when": _when, "severity": _severity,
    "owner": _differs("owner", C.GOVERNANCE), "do": _differs("do", C.GOVERNANCE),
    "name": _differs("name", C.COSMETIC), "description": _differs("description", C.COSMETIC),
    "asks": _differs("asks", C.COSMETIC), "meta": _differs("meta", C.COSMETIC),
}  # fmt: skip
"""How a change of each field of a signal is judged."""
