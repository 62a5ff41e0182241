"""What a change does to published values: measurements × measurements → impact. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model.change import Impact, Judged
from ..model.measurement import Measurement

Key = tuple[object, ...]


def impact(
    before: Iterable[Measurement], after: Iterable[Measurement],
    was: Mapping[str, str], now: Mapping[str, str],
) -> tuple[Impact, ...]:  # fmt: skip
    """Every whole whose value or status differs, and every part whose status does; the judged ones first."""
    old = {_key(m): m for m in before}
    new = {_key(m): m for m in after}
    found = [one for key in {**old, **new} for one in _of(old.get(key), new.get(key), was, now)]
    return tuple(sorted(found, key=lambda i: (not i.judged, i.kpi, i.segment != (), repr(i.segment), -_day(i))))


def _day(one: Impact) -> int:
    return one.period.start.toordinal()


def _key(one: Measurement) -> Key:
    return one.kpi, one.period, one.segment


def _of(
    before: Measurement | None, after: Measurement | None, was: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[Impact]:
    one = after or before
    assert one is not None, "the key is of one of them"
    old, new = _judged(before), _judged(after)
    differs = old != new if one.is_whole else old.status != new.status
    if differs and before is not None and after is not None:
        judged = before.judged or after.judged
        causes = tuple(_because(before, after, was, now))
        yield Impact(one.kpi, one.unit, one.period, one.segment, old, new, causes, judged)


def _judged(one: Measurement | None) -> Judged:
    return Judged(one.value, one.status) if one is not None else Judged(None, None)


def _because(before: Measurement, after: Measurement, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """A value differs by its definition or its data; a status by those, or by what it is held against."""
    if before.value != after.value:
        yield "definition" if was.get(before.kpi) != now.get(after.kpi) else "data"
    if before.status != after.status and (before.target != after.target or before.value == after.value):
        yield "target"
