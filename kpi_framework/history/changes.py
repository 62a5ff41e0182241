"""Catalog × catalog → changes: every definition and kpi.yaml, by what they mean. Pure.

diff(a, a) is empty; what only people read is cosmetic; every field that means something else is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.baseline import BaselineFile
from ..model.catalog import Catalog, Entry, Ignore, Path
from ..model.change import Change, ChangeClass
from ..model.kpi import Metric
from .comparison import Comparison, Pair, plain_field
from .definitions import changed_fields
from .projects import Desk, changed_project
from .signals import changed_signals

C = ChangeClass


def changes(sides: Comparison) -> tuple[Change, ...]:
    """All changes, the weightiest first."""
    pairs = tuple(_pairs(sides))
    restated = frozenset(p.id for p in pairs if not (p.same_meaning and sides.same_parts(p.before.noun.id, p.id)))
    found = [c for pair in pairs if pair.before.noun != pair.after.noun for c in changed_fields(pair)]
    found += _comings_and_goings(sides, pairs)
    renamed = {p.before.noun.id: p.id for p in pairs if p.before.noun.id != p.id}
    found += changed_project(Desk(sides, restated, renamed))
    found += changed_signals(sides)
    found += _baselines(sides, pairs)
    found += _ignores(sides)
    found += _broken(sides)
    return tuple(sorted(found, key=lambda c: c.sort_key))


def _pairs(sides: Comparison) -> Iterator[Pair]:
    """The definitions that stand on both sides: by id, or by the id a new one says that it had."""
    before, after = sides.before.catalog.definitions, sides.after.catalog.definitions
    for one, entry in after.items():
        former = entry.noun.renamed_from
        if one in before:
            yield Pair(sides, before[one], entry)
        elif former is not None and former in before and former not in after:
            yield Pair(sides, before[former], entry)


def _comings_and_goings(sides: Comparison, pairs: tuple[Pair, ...]) -> Iterator[Change]:
    before, after = sides.before.catalog, sides.after.catalog
    kept, known = {p.before.noun.id for p in pairs}, {p.id for p in pairs}
    for one, entry in after.definitions.items():
        if one not in known and one not in before.broken:
            yield _whole(entry, C.ADDED, None, _summary(entry))
    for one, entry in before.definitions.items():
        if one not in kept and one not in after.broken:
            yield _whole(entry, C.REMOVED, _summary(entry), None)


def _whole(entry: Entry[Metric], cls: ChangeClass, before: object, after: object) -> Change:
    return Change(entry.noun.id, cls, "definition", before, after, entry.at.path, entry.at.key("id").line)


def _summary(entry: Entry[Metric]) -> dict[str, object]:
    """What a definition is, in the fields that say most."""
    names = ("kind", "name", "status", "formula", "unit", "target")
    return {n: v for n in names if (v := plain_field(entry.noun, n)) is not None}


def _broken(sides: Comparison) -> Iterator[Change]:
    """Files that cannot be read on one side: the change is listed, what it does nobody knows."""
    before, after = sides.before.catalog, sides.after.catalog
    for one in sorted({*before.broken, *after.broken}):
        if (one in before.broken) == (one in after.broken):
            continue
        span = after.broken.get(one) or before.broken[one]
        states = tuple("unreadable" if one in c.broken else _state(c, one) for c in (before, after))
        yield Change(_bare(one), C.RESTATING, "file", states[0], states[1], span.path, span.line)


def _state(catalog: Catalog, one: str) -> str | None:
    signals = {e.noun.id for e in catalog.signals}
    return "readable" if _bare(one) in {*catalog.definitions, *catalog.baselines, *signals} else None


def _bare(one: str) -> str:
    """The id of a file's definition, signal or baseline."""
    return one.rpartition("/")[2]


def _baselines(sides: Comparison, pairs: tuple[Pair, ...]) -> Iterator[Change]:
    """Frozen values that are others: part of a restating change, or a past rewritten."""
    before, after = sides.before.catalog.baselines, sides.after.catalog.baselines
    former = {p.id: p.before.noun.id for p in pairs}
    for one in sorted({*after, *before} - {f for i, f in former.items() if f != i}):
        old, new = before.get(former.get(one, one)), after.get(one)
        cls = _baseline_class(old, new, stays=one in former)
        entry = new or old
        if cls is not None and entry is not None:
            values = tuple(_frozen(e.noun) if e else None for e in (old, new))
            yield Change(one, cls, "frozen_baseline", values[0], values[1], entry.at.path, entry.at.key("values").line)


def _baseline_class(
    old: Entry[BaselineFile] | None, new: Entry[BaselineFile] | None, *, stays: bool
) -> ChangeClass | None:
    if old is new:
        return None
    if old is None:
        # A baseline that is not frozen is live, and a late row moves it in silence.
        return C.TIGHTENED if stays else C.ADDED
    if new is None:
        return C.LOOSENED if stays else C.REMOVED
    if old.noun.definition != new.noun.definition:
        return C.RESTATING
    days = (old.noun.from_, old.noun.to) == (new.noun.from_, new.noun.to)
    return None if days and _values(old.noun) == _values(new.noun) else C.BACKDATED


def _values(file: BaselineFile) -> Mapping[tuple[tuple[str, str | None], ...], object]:
    return {tuple(sorted(v.segment.items())): v.value for v in file.values}


def _frozen(file: BaselineFile) -> dict[str, object]:
    days = {"from": file.from_, "to": file.to}
    return {**{k: d.isoformat() for k, d in days.items() if d}, "value": file.value_of({})}


def _ignores(sides: Comparison) -> Iterator[Change]:
    """A finding that a comment hides can no longer fail."""
    old, new = (_hidden(s.catalog) for s in (sides.before, sides.after))
    for key in sorted({*old, *new}, key=repr):
        if key not in old:
            yield _ignore(new[key], C.LOOSENED, None, new[key].reason)
        elif key not in new:
            yield _ignore(old[key], C.TIGHTENED, old[key].reason, None)


def _ignore(one: Ignore, cls: ChangeClass, before: str | None, after: str | None) -> Change:
    return Change(_owner(one), cls, f"ignore[{one.rule}]", before, after, one.span.path, one.span.line)


def _owner(one: Ignore) -> str | None:
    path = one.span.path
    return None if path == "kpi.yaml" else path.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")


def _hidden(catalog: Catalog) -> dict[tuple[object, ...], Ignore]:
    """The comments by what they hide: a rule, at a key of a definition. Lines may move, and files."""
    files = {one.span.path for one in catalog.ignores}
    ats = (catalog.project.at, *(e.at for e in catalog.entries), *(e.at for e in catalog.baselines.values()))
    keys = {at.path: {path: span.line for path, span in at.spans.items()} for at in ats if at.path in files}
    found: dict[tuple[object, ...], Ignore] = {}
    for one in catalog.ignores:
        lines = keys.get(one.span.path, {})
        here = _at(lines, one.span.line) or _at(lines, one.span.line + 1)
        found[_owner(one), one.rule, here] = one
    return found


def _at(lines: Mapping[Path, int], line: int) -> tuple[str, ...]:
    """The keys that stand on a line."""
    return tuple(sorted(str(path) for path, at in lines.items() if at == line))
