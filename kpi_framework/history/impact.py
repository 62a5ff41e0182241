"""What a change does to published values: measurements × measurements → impact. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model.change import Impact, Judged
from ..model.measurement import Measurement

Key = tuple[object, ...]


def impact(
    before: Iterable[Measurement], after: Iterable[Measurement],
    old_hashes: Mapping[str, str], new_hashes: Mapping[str, str],
) -> tuple[Impact, ...]:  # fmt: skip
    """Every whole whose value or status differs, and every part whose status does; the judged ones first."""
    old = {_key(m): m for m in before}
    new = {_key(m): m for m in after}
    impacts = [effect for key in {**old, **new} for effect in _of(old.get(key), new.get(key), old_hashes, new_hashes)]
    return tuple(sorted(impacts, key=lambda i: (not i.judged, i.kpi, i.segment != (), repr(i.segment), -_day(i))))


def _day(impact: Impact) -> int:
    return impact.period.start.toordinal()


def _key(measurement: Measurement) -> Key:
    return measurement.kpi, measurement.period, measurement.segment


def _of(
    before: Measurement | None, after: Measurement | None, old_hashes: Mapping[str, str], new_hashes: Mapping[str, str]
) -> Iterator[Impact]:
    measurement = after or before
    assert measurement is not None, "the key is of one of them"
    old, new = _judged(before), _judged(after)
    differs = old != new if measurement.is_whole else old.status != new.status
    if differs and before is not None and after is not None:
        judged = before.judged or after.judged
        causes = tuple(_because(before, after, old_hashes, new_hashes))
        yield Impact(
            measurement.kpi, measurement.unit, measurement.period, measurement.segment, old, new, causes, judged
        )


def _judged(measurement: Measurement | None) -> Judged:
    return Judged(measurement.value, measurement.status) if measurement is not None else Judged(None, None)


def _because(
    before: Measurement, after: Measurement, old_hashes: Mapping[str, str], new_hashes: Mapping[str, str]
) -> Iterator[str]:
    """A value differs by its definition or its data; a status by those, or by what it is held against."""
    if before.value != after.value:
        yield "definition" if old_hashes.get(before.kpi) != new_hashes.get(after.kpi) else "data"
    if before.status != after.status and (before.target != after.target or before.value == after.value):
        yield "target"
