"""A KPI that is no longer judged while a softer one of the same meaning is: its goalpost has moved all the same."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.catalog import Catalog, Entry
from ..model.change import Change, ChangeClass
from ..model.kpi import Metric
from .comparison import Comparison, Pair
from .definitions import changed_fields

_WEAKENS = (ChangeClass.LOOSENED, ChangeClass.BACKDATED)
_JUDGING = ("target", "min_sample", "min_measured", "settle", "segments", "evidence", "waiver", "baseline")


def weakened_successors(comparison: Comparison, renamed: frozenset[str]) -> Iterator[Change]:
    """What is less strict in a KPI that goes on where one of the same meaning ended.

    `renamed` are former ids: those KPIs go on themselves.
    """
    before, after = comparison.before.catalog, comparison.after.catalog
    ended = [i for i, e in before.kpis.items() if e.is_active and i not in renamed and not _is_judged(after, i)]
    successors = [i for i in after.kpis if ended and _is_judged(after, i)]
    for kpi_id in ended:
        for successor in successors:
            pair = Pair(comparison, before.definitions[kpi_id], after.definitions[successor])
            if pair.same_meaning is not False and _could_be(pair):
                yield from _weakened(pair)


def _is_judged(catalog: Catalog, kpi_id: str) -> bool:
    kpi = catalog.kpis.get(kpi_id)
    return kpi is not None and kpi.kind == "kpi" and kpi.is_active


def _could_be(pair: Pair) -> bool:
    """Whether both may count the same: a quick look, before all fields are compared."""
    return all(_quick(pair.before)[name] == value for name, value in _quick(pair.after).items())


def _quick(definition: Entry[Metric]) -> dict[str, object]:
    metric = definition.noun
    return {"dataset": metric.dataset, "unit": metric.unit, "period": metric.period}


def _weakened(pair: Pair) -> Iterator[Change]:
    changed = tuple(changed_fields(pair))
    if not any(change.cls is ChangeClass.RESTATING for change in changed):
        yield from (change for change in changed if change.cls in _WEAKENS and change.field in _JUDGING)
