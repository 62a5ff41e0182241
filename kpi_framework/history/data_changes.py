"""Data that changed a settled value: measurements × measurements, by equal definitions and as of one day. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ..model.change import Change, ChangeClass
from ..model.measurement import Measurement, Reason, Segment, Status
from ..model.period import Period

Key = tuple[str, Period, Segment]
_UNSETTLED = frozenset({
    Reason.PROVISIONAL, Reason.STALE, Reason.BEFORE_DATA, Reason.INPUT_UNKNOWN, Reason.SOURCE_ERROR,
    Reason.DEFINITION_ERROR, Reason.WORKER_ERROR, Reason.NOT_RUN,
})  # fmt: skip
"""Where nothing was known yet, or nothing could be."""
_UNKNOWABLE = frozenset({Reason.BEFORE_DATA, Reason.WORKER_ERROR, Reason.NOT_RUN})
"""Where rows only fell before the data begin, or nobody looked."""


def data_changes(
    before: Iterable[Measurement], after: Iterable[Measurement],
    is_published: Callable[[Measurement], bool], path_of: Mapping[str, str],
) -> tuple[Change, ...]:  # fmt: skip
    """For each definition the newest value that data changed after it was settled, a published one first.

    Both sides are measured by the earlier definitions, as of the earlier side's day. `path_of` is a data file that
    each definition stands on.
    """
    later = {_key(measurement): measurement for measurement in after}
    changed: dict[str, list[tuple[Measurement, Measurement]]] = {}
    for old in before:
        new = later.get(_key(old))
        if new is not None and _is_changed(old, new):
            changed.setdefault(old.kpi, []).append((old, new))
    return tuple(_change(kpi_id, pairs, is_published, path_of) for kpi_id, pairs in sorted(changed.items()))


def _key(measurement: Measurement) -> Key:
    return measurement.kpi, measurement.period, measurement.segment


def _is_changed(before: Measurement, after: Measurement) -> bool:
    """Whether a settled value differs: of an overall value also the number, of a segment only what is judged."""
    if before.reason in _UNSETTLED or after.reason in _UNKNOWABLE:
        return False
    if before.is_whole or before.status is not Status.INFORMATIVE:
        return (before.value, before.status) != (after.value, after.status)
    return False


def _change(
    kpi_id: str, pairs: list[tuple[Measurement, Measurement]], is_published: Callable[[Measurement], bool],
    path_of: Mapping[str, str],
) -> Change:  # fmt: skip
    published = [pair for pair in pairs if is_published(pair[0])]
    before, after = max(published or pairs, key=lambda pair: (pair[0].period.start, pair[0].is_whole))
    old, new = (dict(_plain(measurement, len(pairs) - 1)) for measurement in (before, after))
    path = path_of.get(kpi_id, "kpi.yaml")
    return Change(kpi_id, ChangeClass.DATA, "data", old, new, path, published=bool(published))


def _plain(measurement: Measurement, others: int) -> Iterator[tuple[str, object]]:
    yield "period", measurement.period.start.isoformat()
    if measurement.segment:
        yield "segment", dict(measurement.segment)
    yield "value", measurement.value
    yield "status", measurement.status.value
    if others:
        yield "other_values", others
