"""Waivers compared by the misses they excuse; one that cannot hold excuses nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.change import Change, ChangeClass
from ..model.kpi import Kpi, Metric
from ..model.waiver import Waiver, valid_waivers
from .comparison import Pair
from .targets import limit_number


def changed_waivers(pair: Pair, name: str) -> Iterator[Change]:
    """Loosened where a miss is excused that was not, tightened where one is no longer; else governance.

    An owner's change can make a waiver hold that its owner had given themselves.
    """
    before, after = _holding(pair.before.noun), _holding(pair.after.noun)
    if any(not _covered(waiver, pair.after.noun, before, pair.before.noun) for waiver in after):
        yield pair.change(ChangeClass.LOOSENED, name)
    elif any(not _covered(waiver, pair.before.noun, after, pair.after.noun) for waiver in before):
        yield pair.change(ChangeClass.TIGHTENED, name)
    elif _spelled(pair.before.noun) != _spelled(pair.after.noun):
        yield pair.change(ChangeClass.GOVERNANCE, name)


def _holding(metric: Metric) -> tuple[Waiver, ...]:
    return valid_waivers(metric.waiver, metric.owner) if isinstance(metric, Kpi) else ()


def _spelled(metric: Metric) -> list[tuple[dict[str, object], object]]:
    """The waivers with their limits as numbers, whatever unit those are written in."""
    waivers = metric.waiver if isinstance(metric, Kpi) else ()
    return [(w.model_dump(exclude={"limit"}), limit_number(w.limit, metric.unit) or str(w.limit)) for w in waivers]


def _covered(waiver: Waiver, of: Metric, others: tuple[Waiver, ...], their: Metric) -> bool:
    """Whether another waiver excuses everything that this one does."""
    return any(_covers(other, their, waiver, of) for other in others)


def _covers(wide: Waiver, wide_kpi: Metric, narrow: Waiver, narrow_kpi: Metric) -> bool:
    if wide.segment != narrow.segment or wide.from_ > narrow.from_ or wide.until < narrow.until:
        return False
    most, limit = limit_number(wide.limit, wide_kpi.unit), limit_number(narrow.limit, narrow_kpi.unit)
    if most is None or limit is None:
        return wide.limit == narrow.limit
    directions = {t.direction for m in (wide_kpi, narrow_kpi) if isinstance(m, Kpi) for t in m.targets}
    if directions == {"at_most"}:
        return limit <= most
    return limit >= most if directions == {"at_least"} else limit == most
