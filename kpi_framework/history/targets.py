"""Targets compared by what they let pass, period by period: sets of values, not texts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from ..model.change import Change, ChangeClass
from ..model.could_not import CouldNot
from ..model.kpi import Kpi, Metric, SegmentTarget, Target
from ..model.quantity import Quantity
from ..model.record import Record
from ..model.unit import MICROSECONDS
from .comparison import Pair

Range = tuple[float, float]
_ALWAYS = dt.date.min
_FOREVER = dt.date.max
LOOSER, TIGHTER = "looser", "tighter"
Relation = frozenset[str]
SAME: Relation = frozenset()


class Region(Record):
    """The values a target calls met, and those it lets pass (met or near), relative to a reference or to nothing."""

    met: Range
    passing: Range
    reference: tuple[object, ...]

    def relation(self, after: Region) -> Relation:
        """How another region differs: what it lets pass that this one did not, and the other way round."""
        if self.reference != after.reference:
            return frozenset({LOOSER})
        looser = _exceeds(after.met, self.met) or _exceeds(after.passing, self.passing)
        tighter = _exceeds(self.met, after.met) or _exceeds(self.passing, after.passing)
        return frozenset(w for w, holds in ((LOOSER, looser), (TIGHTER, tighter)) if holds)


def _exceeds(left: Range, right: Range) -> bool:
    return left[0] < right[0] or left[1] > right[1]


def region(target: SegmentTarget, unit: str) -> Region | None:
    """What a target lets pass, in one unit for all durations; None where a limit cannot be read."""
    limits = _numbers(getattr(target, target.direction), unit)
    near = _numbers(target.near, unit) if target.near is not None else limits
    if limits is None or near is None:
        return None
    # Both ends of a band relative to one thing are like the one end of a limit.
    references = (tuple(dict.fromkeys(r for _, r in numbers)) for numbers in (limits, near))
    reference = (*references, "duration" if unit in MICROSECONDS else unit)
    met, passing = ([n for n, _ in numbers] for numbers in (limits, near))
    return Region(_range(target.direction, met), _range(target.direction, passing), reference)


def _range(direction: str, ends: list[float]) -> Range:
    if direction == "at_most":
        return -math.inf, ends[0]
    return (ends[0], math.inf) if direction == "at_least" else (ends[0], ends[-1])


def _numbers(quantity: Quantity | tuple[Quantity, ...], unit: str) -> list[tuple[float, object]] | None:
    """Each limit as a number, and what it is relative to; None where one of them cannot be read."""
    ends = quantity if isinstance(quantity, tuple) else (quantity,)
    numbers = [_number(end, unit) for end in ends]
    readable = [number for number in numbers if not isinstance(number, CouldNot)]
    return readable if len(readable) == len(numbers) else None


def _number(limit: Quantity, unit: str) -> tuple[float, object] | CouldNot:
    number = limit.amount_in(unit)
    if isinstance(number, CouldNot):
        return number
    scale = 1 if limit.is_share else MICROSECONDS.get(unit, 1)
    return float(number) * scale, (limit.reference, limit.is_share)


def in_force(targets: tuple[Target, ...], day: dt.date) -> Target | None:
    """The target of a day, of targets in the order of their `from`."""
    begun = [t for t in targets if (t.from_ or _ALWAYS) <= day]
    return begun[-1] if begun else None


def changed_targets(pair: Pair, name: str) -> Iterator[Change]:
    """The targets of both sides, from each day on which one of them begins.

    Looser now or in future is loosened. What differs in a span of days that is over, or in one that began on a
    stated day of the past, rewrites how the past is judged: backdated. Both may be so, and both are said.
    """
    today, begin = pair.comparison.today, pair.comparison.begins
    spans = tuple(_spans(pair))
    over = [span for span in spans if span.end <= today]
    first = begin(pair.before.noun.id) or _ALWAYS if any(span.is_one_sided for span in over) else _ALWAYS
    past = [span.relation for span in over if not span.is_one_sided or first < span.end]
    coming = [(span.start, span.relation) for span in spans if span.end > today]
    effective = coming[0][0] if coming and coming[0][0] > today else None
    for cls in _classes(past, coming, today):
        yield pair.change(cls, name, effective=None if cls is ChangeClass.BACKDATED else effective)
    if over and not past and not coming:
        # A target begins earlier or later, before the data begin: nothing was ever judged by it.
        yield pair.change(ChangeClass.COSMETIC, name)


class _Span(Record):
    """Days, from the start on and before the end, in which the targets of two sides differ, and how."""

    start: dt.date
    end: dt.date
    relation: Relation
    is_one_sided: bool
    """Whether only one side has a target then."""


def _spans(pair: Pair) -> Iterator[_Span]:
    """The spans that differ, between the days on which a target of one side begins."""
    before, after = _targets(pair.before.noun), _targets(pair.after.noun)
    starts = sorted({t.from_ or _ALWAYS for t in (*before, *after)} | {_ALWAYS})
    for start, end in zip(starts, [*starts[1:], _FOREVER], strict=True):
        old, new = in_force(before, start), in_force(after, start)
        if relation := _relation(pair, old, new):
            yield _Span(start, end, relation, (old is None) != (new is None))


def _classes(past: list[Relation], coming: list[tuple[dt.date, Relation]], today: dt.date) -> Iterator[ChangeClass]:
    """What becomes of today and the future, and beside it, never hidden by it, what becomes of the past."""
    if any(LOOSER in relation for _, relation in coming):
        yield ChangeClass.LOOSENED
    elif coming and (past or not _is_backdated(past, coming, today)):
        yield ChangeClass.TIGHTENED
    if _is_backdated(past, coming, today):
        yield ChangeClass.BACKDATED


def _is_backdated(past: list[Relation], coming: list[tuple[dt.date, Relation]], today: dt.date) -> bool:
    return bool(past) or any(_ALWAYS < start < today for start, _ in coming)


def _targets(metric: Metric) -> tuple[Target, ...]:
    return metric.targets if isinstance(metric, Kpi) else ()


def _relation(pair: Pair, before: Target | None, after: Target | None) -> Relation:
    """How the target of one span of days differs, of the whole and of every part that either names."""
    old, new = pair.before.noun, pair.after.noun
    relation = _target_relation(before, after, old, new)
    parts = {(c, p) for t in (before, after) if t for c, named in t.by.items() for p in named}
    for column, part in sorted(parts):
        targets = (t.by.get(column, {}).get(part) if t else None for t in (before, after))
        relation |= _target_relation(next(targets), next(targets), old, new)
    return relation


def _target_relation(before: SegmentTarget | None, after: SegmentTarget | None, old: Metric, new: Metric) -> Relation:
    if before is None or after is None:
        return SAME if before is after else frozenset({TIGHTER if before is None else LOOSER})
    samples = [t.min_sample or m.min_sample or 1 for t, m in ((before, old), (after, new))]
    own = before.min_sample or after.min_sample
    few = LOOSER if samples[1] > samples[0] else TIGHTER
    sampled = frozenset({few}) if own and samples[0] != samples[1] else SAME
    regions = region(before, old.unit), region(after, new.unit)
    if regions[0] is None or regions[1] is None:
        return sampled | (SAME if before == after else frozenset({LOOSER}))
    return sampled | regions[0].relation(regions[1])


def limit_number(limit: Quantity, unit: str) -> float | None:
    """A plain limit as a number, in one unit for all durations; None where it cannot be read."""
    number = limit.to(unit)
    return None if isinstance(number, CouldNot) else number * MICROSECONDS.get(unit, 1)
