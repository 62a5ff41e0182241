"""Signals compared: a pattern that is looked for otherwise, weighs less or is gone can no longer fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.catalog import Entry
from ..model.change import Change, ChangeClass
from ..model.diagnostic import Severity
from ..model.signal import Signal
from .comparison import Comparison, location, plain_field

C = ChangeClass
FIELDS: Mapping[str, ChangeClass | None] = {
    "version": None, "kind": None, "id": None, "when": C.LOOSENED, "severity": C.LOOSENED, "owner": C.GOVERNANCE,
    "name": C.COSMETIC, "description": C.COSMETIC, "asks": C.COSMETIC, "do": C.COSMETIC, "meta": C.COSMETIC,
}  # fmt: skip
"""What a change of each field is; a severity that rises is tightened."""


def changed_signals(comparison: Comparison) -> Iterator[Change]:
    """Every signal, and every field of one, that means something else."""
    catalogs = (comparison.before.catalog, comparison.after.catalog)
    before, after = ({e.noun.id: e for e in catalog.signals} for catalog in catalogs)
    broken = {signal_id for c in catalogs for signal_id in (*c.broken, *c.broken_signals)}
    for signal_id in sorted({*before, *after}):
        old, new = before.get(signal_id), after.get(signal_id)
        if old is not None and new is not None:
            yield from _fields(comparison, old, new)
        elif signal_id not in broken:
            yield _whole(signal_id, old, new)


def _whole(signal_id: str, old: Entry[Signal] | None, new: Entry[Signal] | None) -> Change:
    signal = new or old
    assert signal is not None, "it stands on one side"
    before, after = (e.noun.when if e else None for e in (old, new))
    cls = C.ADDED if old is None else C.LOOSENED
    return Change(signal_id, cls, "signal", before, after, signal.at.path, signal.at.key("id").line)


def _fields(comparison: Comparison, old: Entry[Signal], new: Entry[Signal]) -> Iterator[Change]:
    for name, cls in FIELDS.items():
        before, after = (getattr(e.noun, name) for e in (old, new))
        if cls is None or _is_same(comparison, name, before, after):
            continue
        rises = name == "severity" and _weight(after) > _weight(before)
        path, line = location((new.at, old.at), (name,))
        old_value, new_value = (plain_field(e.noun, name) for e in (old, new))
        yield Change(new.noun.id, C.TIGHTENED if rises else cls, name, old_value, new_value, path, line)


def _is_same(comparison: Comparison, name: str, before: object, after: object) -> bool:
    if name == "when" and isinstance(before, str) and isinstance(after, str):
        return comparison.same_condition(before, after)
    if isinstance(before, str) and isinstance(after, str) and not isinstance(before, Severity):
        return before.split() == after.split()
    return before == after


def _weight(severity: Severity | None) -> int:
    """None weighs what the gate says, which is the most."""
    return Severity.ERROR.rank if severity is None else severity.rank
