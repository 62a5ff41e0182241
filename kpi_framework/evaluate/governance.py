"""What a missed target asks of its owner."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.measurement import Measurement, Status
from ..model.rule import RULES


def missed_without_action(catalog: Catalog, measurements: Iterable[Measurement]) -> tuple[Diagnostic, ...]:
    """Missed wholes whose action has nobody to do it, or no day."""
    found = []
    for one in measurements:
        kpi = catalog.kpis.get(one.kpi)
        if kpi is None or kpi.action is None or not (one.judged and one.is_whole and one.status is Status.MISSED):
            continue
        lacks = [name for name, value in (("owner", kpi.action.owner), ("due date", kpi.action.due)) if not value]
        if lacks:
            at = catalog.definitions[one.kpi].at.key("action")
            message = f"{one.kpi} is missed, and its action has no {' and no '.join(lacks)}"
            found.append(RULES["missed-without-action"].finding(at, message, kpi=one.kpi))
    return tuple(found)
