"""Catalog × catalog → changes: every definition and kpi.yaml, by what they mean. Pure.

diff(a, a) is empty; what only people read is cosmetic; every field that means something else is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from ..model.baseline import BaselineFile
from ..model.catalog import Catalog, Entry, Ignore, Path
from ..model.change import Change, ChangeClass
from ..model.kpi import Metric
from ..model.language import is_former
from .comparison import Comparison, Pair, plain_field
from .dataset_names import renamed_datasets, renamings, with_names
from .definitions import changed_fields
from .findings import restating
from .project_pair import ProjectPair
from .projects import changed_project
from .signals import changed_signals
from .successors import weakened_successors

C = ChangeClass


def changes(comparison: Comparison) -> tuple[Change, ...]:
    """All changes, the weightiest first."""
    names = renamed_datasets(comparison)
    changed = _changes(with_names(comparison, names) if names else comparison)
    return tuple(sorted((*changed, *renamings(comparison, names)), key=lambda c: c.sort_key))


def _changes(comparison: Comparison) -> list[Change]:
    pairs = tuple(_pairs(comparison))
    restated = frozenset(p.id for p in pairs if not (p.same_meaning and comparison.same_parts(p.before.noun.id, p.id)))
    changed = [c for pair in pairs if pair.before.noun != pair.after.noun for c in changed_fields(pair)]
    changed += _comings_and_goings(comparison, pairs)
    changed += weakened_successors(comparison, frozenset(p.before.noun.id for p in pairs if p.before.noun.id != p.id))
    renamed = {p.before.noun.id: p.id for p in pairs if p.before.noun.id != p.id}
    changed += changed_project(ProjectPair(comparison, restated, renamed))
    changed += _unaccounted(pairs, changed)
    changed += changed_signals(comparison)
    changed += _baselines(comparison, pairs)
    changed += _ignores(comparison)
    changed += _broken(comparison)
    return changed


def _pairs(comparison: Comparison) -> Iterator[Pair]:
    """The definitions that stand on both sides: by id, or by the id a new one says that it had."""
    before, after = comparison.before.catalog.definitions, comparison.after.catalog.definitions
    for definition_id, definition in after.items():
        former = definition.noun.renamed_from
        if definition_id in before:
            yield Pair(comparison, before[definition_id], definition)
        elif former is not None and former in before and former not in after:
            yield Pair(comparison, before[former], definition)


_OF_MEANING = ("evidence", "kind")
"""Fields that the definition hash holds, and whose changes have a class of their own."""


def _unaccounted(pairs: tuple[Pair, ...], changed: list[Change]) -> list[Change]:
    """Another meaning that no change tells of, so that none of its effects is without one: a restating change."""
    told = restating(changed) | {c.kpi for c in changed if c.kpi and c.field in _OF_MEANING}
    silent = []
    for pair in pairs:
        sides = (pair.comparison.before, pair.comparison.after)
        former, definition_id = pair.before.noun.id, pair.id
        behind = {definition_id, *sides[0].inputs.get(former, ()), *sides[1].inputs.get(definition_id, ())}
        if pair.same_meaning is False and not behind & told:
            hashes = (sides[0].hashes[former], sides[1].hashes[definition_id])
            path, line = pair.after.at.path, pair.after.at.key("id").line
            silent.append(Change(definition_id, C.RESTATING, "definition", *hashes, path, line))
    return silent


def _comings_and_goings(comparison: Comparison, pairs: tuple[Pair, ...]) -> Iterator[Change]:
    before, after = comparison.before.catalog, comparison.after.catalog
    former, known = {p.before.noun.id for p in pairs}, {p.id for p in pairs}
    for definition_id, definition in after.definitions.items():
        if definition_id not in known and definition_id not in before.broken:
            yield _whole(definition, C.ADDED, None, _summary(definition))
    for definition_id, definition in before.definitions.items():
        if definition_id not in former and definition_id not in after.broken:
            yield _whole(definition, C.REMOVED, _summary(definition), None)


def _whole(definition: Entry[Metric], cls: ChangeClass, before: object, after: object) -> Change:
    return Change(
        definition.noun.id, cls, "definition", before, after, definition.at.path, definition.at.key("id").line
    )


def _summary(definition: Entry[Metric]) -> dict[str, object]:
    """All that a definition says: who replays changes from nothing has it then."""
    names = type(definition.noun).model_fields
    return {names[n].alias or n: v for n in names if (v := plain_field(definition.noun, n)) is not None}


def _broken(comparison: Comparison) -> Iterator[Change]:
    """Files that cannot be read on one side: the change is listed, what it does nobody knows."""
    before, after = comparison.before.catalog, comparison.after.catalog
    kinds = (
        (before.broken_baselines, after.broken_baselines),
        (before.broken, after.broken),
        (before.broken_signals, after.broken_signals),
    )
    for old, new in kinds:
        for file_id in sorted({*old} ^ {*new}):
            span = new.get(file_id) or old[file_id]
            states = ["unreadable" if file_id in b else _state(c, file_id) for b, c in ((old, before), (new, after))]
            yield Change(file_id, C.RESTATING, "file", states[0], states[1], span.path, span.line)


def _state(catalog: Catalog, file_id: str) -> str | None:
    signals = {e.noun.id for e in catalog.signals}
    return "readable" if file_id in {*catalog.definitions, *catalog.baselines, *signals} else None


def _baselines(comparison: Comparison, pairs: tuple[Pair, ...]) -> Iterator[Change]:
    """Frozen values that are others: part of a restating change, or a past rewritten."""
    before, after = comparison.before.catalog.baselines, comparison.after.catalog.baselines
    former = {p.id: p.before.noun.id for p in pairs}
    for kpi_id in sorted({*after, *before} - {f for i, f in former.items() if f != i}):
        old, new = before.get(former.get(kpi_id, kpi_id)), after.get(kpi_id)
        version = bool(old and new) and _is_of_version(comparison, former.get(kpi_id, kpi_id), kpi_id)
        cls = C.RESTATING if version else _baseline_class(old, new, stays=kpi_id in former)
        baseline = new or old
        if cls is not None and baseline is not None:
            values = tuple(_frozen(e.noun) if e else None for e in (old, new))
            at = baseline.at.key("values")
            because = "version" if version else None
            yield Change(
                kpi_id, cls, "frozen_baseline", values[0], values[1], baseline.at.path, at.line, because=because
            )


def _is_of_version(comparison: Comparison, former: str, kpi_id: str) -> bool:
    """Whether a frozen value moved with the language alone: definition, days and data are equal."""
    old, new = comparison.before.catalog.baselines[former].noun, comparison.after.catalog.baselines[kpi_id].noun
    if not _is_raised(old, new) or _stands_as(old, new) or not old.data or old.data != new.data:
        return False
    before, after = comparison.before, comparison.after
    is_theirs = before.means(former, old.definition) and after.means(kpi_id, new.definition)
    return bool(is_theirs) and before.hashes.get(former) == after.hashes.get(kpi_id) and _days(old) == _days(new)


def _is_raised(old: BaselineFile, new: BaselineFile) -> bool:
    return is_former(old.definition) and not is_former(new.definition)


def _stands_as(old: BaselineFile, new: BaselineFile) -> bool:
    return _days(old) == _days(new) and _values(old) == _values(new)


def _days(file: BaselineFile) -> tuple[dt.date | None, dt.date | None]:
    return file.from_, file.to


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
    if _stands_as(old.noun, new.noun) and _is_raised(old.noun, new.noun):
        return None
    if old.noun.definition != new.noun.definition:
        return C.RESTATING
    return None if _stands_as(old.noun, new.noun) else C.BACKDATED


def _values(file: BaselineFile) -> Mapping[tuple[tuple[str, str | None], ...], object]:
    return {tuple(sorted(v.segment.items())): v.value for v in file.values}


def _frozen(file: BaselineFile) -> dict[str, object]:
    days = {"from": file.from_, "to": file.to}
    return {**{k: d.isoformat() for k, d in days.items() if d}, "value": file.value_of({})}


def _ignores(comparison: Comparison) -> Iterator[Change]:
    """A finding that a comment hides can no longer fail."""
    old, new = (_hidden(s.catalog) for s in (comparison.before, comparison.after))
    for key in sorted({*old, *new}, key=repr):
        if key not in old:
            yield _ignore(new[key], C.LOOSENED, None, new[key].reason)
        elif key not in new:
            yield _ignore(old[key], C.TIGHTENED, old[key].reason, None)


def _ignore(ignore: Ignore, cls: ChangeClass, before: str | None, after: str | None) -> Change:
    return Change(_owner(ignore), cls, f"ignore[{ignore.rule}]", before, after, ignore.span.path, ignore.span.line)


def _owner(ignore: Ignore) -> str | None:
    path = ignore.span.path
    return None if path == "kpi.yaml" else path.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")


def _hidden(catalog: Catalog) -> dict[tuple[object, ...], Ignore]:
    """The comments by what they hide: a rule, at a key of a definition. Lines may move, and files."""
    files = {ignore.span.path for ignore in catalog.ignores}
    ats = (catalog.project.at, *(e.at for e in catalog.entries), *(e.at for e in catalog.baselines.values()))
    keys = {at.path: {path: span.line for path, span in at.spans.items()} for at in ats if at.path in files}
    hidden: dict[tuple[object, ...], Ignore] = {}
    for ignore in catalog.ignores:
        lines = keys.get(ignore.span.path, {})
        here = _at(lines, ignore.span.line) or _at(lines, ignore.span.line + 1)
        hidden[_owner(ignore), ignore.rule, here] = ignore
    return hidden


def _at(lines: Mapping[Path, int], line: int) -> tuple[str, ...]:
    """The keys that stand on a line."""
    return tuple(sorted(str(path) for path, at in lines.items() if at == line))
