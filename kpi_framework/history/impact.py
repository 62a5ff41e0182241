"""What a change does to published values: measurements × measurements → impact. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model.change import Impact, Judged
from ..model.measurement import Measurement, Reason

Key = tuple[object, ...]


def impact(
    before: Iterable[Measurement], after: Iterable[Measurement],
    old_hashes: Mapping[str, str], new_hashes: Mapping[str, str], otherwise: str = "data",
) -> tuple[Impact, ...]:  # fmt: skip
    """Every whole whose value or status differs, and every part whose status does; the judged ones first.

    `otherwise` is what moved a value whose definition is equal: its data, or the version that froze what it reads.
    """
    old = {_key(m): m for m in before}
    new = {_key(m): m for m in after}
    ids = {m.kpi for m in (*old.values(), *new.values())}
    causes = {i: otherwise if old_hashes.get(i) == new_hashes.get(i) else "definition" for i in ids}
    impacts = [effect for key in {**old, **new} for effect in _of(old.get(key), new.get(key), causes)]
    return tuple(sorted(impacts, key=lambda i: (not i.judged, i.kpi, i.segment != (), repr(i.segment), -_day(i))))


def _day(impact: Impact) -> int:
    return impact.period.start.toordinal()


def _key(measurement: Measurement) -> Key:
    return measurement.kpi, measurement.period, measurement.segment


def _of(before: Measurement | None, after: Measurement | None, causes: Mapping[str, str]) -> Iterator[Impact]:
    measurement = after or before
    assert measurement is not None, "the key is of one of them"
    old, new = _judged(before), _judged(after)
    differs = old != new if measurement.is_whole else old.status != new.status
    if differs and before is not None and after is not None and not _is_before_data(before, after):
        judged = before.judged or after.judged
        because = tuple(_because(before, after, causes[after.kpi]))
        yield Impact(
            measurement.kpi, measurement.unit, measurement.period, measurement.segment, old, new, because, judged
        )


def _is_before_data(before: Measurement, after: Measurement) -> bool:
    """Whether there is no value, and on one side no data that could give one: then a target judges nothing."""
    reasons = (before.reason, after.reason)
    return before.value is None and after.value is None and Reason.BEFORE_DATA in reasons


def _judged(measurement: Measurement | None) -> Judged:
    return Judged(measurement.value, measurement.status) if measurement is not None else Judged(None, None)


def _because(before: Measurement, after: Measurement, cause: str) -> Iterator[str]:
    """A value differs by its definition, its data or the version; a status by those, or by what it is held against."""
    if before.value != after.value:
        yield cause
    if before.status != after.status and (before.target != after.target or before.value == after.value):
        yield "target"
