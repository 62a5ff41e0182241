"""A project's values at an instant that is past: computed again, so far back as they are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ...compile.catalog import Compilation
from ...evaluate.evaluate import Evaluation, evaluate
from ...model.measurement import Measurement
from ...model.record import Record, replace
from ..project import reporting_periods_of
from ..run import Options
from .ledger import Key, key_of

_PERIODS = 12
"""So many are computed at least: as many as a publication looks at."""


class Moment(Record):
    """What was measured, and the values of it by KPI, period and part."""

    evaluation: Evaluation
    values: Mapping[tuple[str, *Key], Measurement]


def evaluated_at(options: Options, compilation: Compilation, as_of: str, first: dt.date | None = None) -> Moment:
    """The values at an instant, back to the period that begins on a day."""
    instant = dt.datetime.fromisoformat(as_of).astimezone(dt.UTC)
    reporting = reporting_periods_of(compilation.catalog, None, options.now)
    periods = _PERIODS if first is None else max(_PERIODS, _reaching(compilation, instant.date(), first))
    evaluation = evaluate(
        compilation, options.setting(replace(reporting, as_of=instant, periods=periods)), fingerprint=True
    )
    return Moment(evaluation, {(m.kpi, *key_of(m)): m for m in evaluation.measurements})


def _reaching(compilation: Compilation, last: dt.date, first: dt.date) -> int:
    """How many periods of the finest grain lie between two days."""
    almanac = compilation.catalog.project.noun.almanac
    grains = {entry.noun.period for entry in compilation.catalog.live.values()}
    finest = min(grains, key=lambda grain: grain.rank, default=None)
    return len(almanac.whole_periods(first, last + dt.timedelta(days=2), finest)) + 1 if finest else _PERIODS
