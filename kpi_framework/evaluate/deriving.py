"""Observations → derived values and baselines: in order, so that what a definition reads is known before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..compile.graph import in_order
from ..model.baseline import BaselineValue
from ..model.kpi import Kpi
from ..model.record import Record
from .baselines import Baselines, DefinitionHashes, compare, live_values, stated_value
from .coverage import Coverages
from .derive import Deriver
from .observe import Values, by_definition
from .observing import Observed
from .run import Run
from .segments import SegmentRows
from .wanted import WantedPeriods

LiveBaselines = dict[str, tuple[BaselineValue, ...]]


class DerivedValues(Record):
    """The values of all definitions, and the baselines: as they are judged by, and as the data give them today."""

    values: Values
    baselines: Baselines
    live: Mapping[str, tuple[BaselineValue, ...]]
    rows: SegmentRows


def derive(run: Run, wanted: WantedPeriods, observed: Observed, coverages: Coverages) -> DerivedValues:
    """Add the derived values; a baseline that a later one reads is known by then."""
    computable = wanted.computable
    catalog, hashes = computable.catalog, DefinitionHashes(computable.hashes, computable.former_hashes)
    values = dict(observed.values)
    rows = SegmentRows(wanted, observed.values)
    live = _live(rows, coverages, by_definition(values), wanted.metrics)
    inputs = {i: ids for i, ids in computable.inputs.items() if i not in observed.failures}
    for metric_id in in_order(inputs):
        derived = computable.derived[metric_id]
        known = compare(catalog, live, hashes).values if derived.reads_baselines else {}
        deriver = Deriver(run.session, wanted.metrics, run.reporting, coverages, known)
        own = deriver.derive(metric_id, derived, values, wanted.needed(metric_id))
        values.update(own)
        live.update(_live(rows, coverages, {metric_id: own}, (metric_id,)))
    return DerivedValues(values, compare(catalog, live, hashes), live, rows)


def _live(rows: SegmentRows, coverages: Coverages, known: Mapping[str, Values], ids: Iterable[str]) -> LiveBaselines:
    """The baselines of these KPIs as they are stated, or as the data give them today; none before the data begin."""
    baselines: LiveBaselines = {}
    wanted = rows.wanted
    for metric_id in ids:
        metric = wanted.metrics[metric_id]
        if isinstance(metric, Kpi):
            stated, span = stated_value(metric), wanted.span(metric)
            if stated is not None:
                baselines[metric_id] = (stated,)
            elif span is not None and all(coverages.reaches(metric, period) for period in span.periods):
                baselines[metric_id] = live_values(span, rows.over(span, metric_id, known.get(metric_id, {})))
    return baselines
