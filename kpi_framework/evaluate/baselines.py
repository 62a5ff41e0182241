"""Baselines: what the frozen files say, and what the data give today."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

from ..model.baseline import BaselineFile, BaselineValue, Method
from ..model.catalog import Catalog, Entry
from ..model.could_not import CouldNot
from ..model.diagnostic import Diagnostic, Span
from ..model.kpi import Kpi
from ..model.language import LANGUAGE, is_former, language_of
from ..model.measurement import Observation, Segment
from ..model.period import Almanac, Period
from ..model.quoting import listed
from ..model.record import Record
from ..model.rule import RULES
from .observe import Values
from .rounding import published

TOLERANCE = 1e-9


class BaselineSpan(Record):
    """The days of a baseline and how its value comes about."""

    periods: tuple[Period, ...]
    method: Method

    @property
    def whole(self) -> Period:
        """The single stretch it covers."""
        return Period(self.periods[0].start, self.periods[-1].end)


def baseline_span(kpi: Kpi, almanac: Almanac, *, is_range: bool) -> BaselineSpan | None:
    """The periods a KPI's baseline is measured over; None where nothing is to be measured.

    A stock has its value at the end of them.
    """
    baseline = kpi.baseline
    if baseline is None or baseline.value is not None or baseline.from_ is None or baseline.to is None:
        return None
    end = baseline.to + dt.timedelta(days=1)
    if end <= baseline.from_:
        return None
    if kpi.is_stock:
        return BaselineSpan((Period(baseline.from_, end),), "end_of_range")
    if is_range:
        return BaselineSpan((Period(baseline.from_, end),), "range")
    periods = almanac.whole_periods(baseline.from_, end, kpi.period)
    return BaselineSpan(periods, "mean_of_periods") if periods else None


def live_values(span: BaselineSpan, values: Values) -> tuple[BaselineValue, ...]:
    """A baseline's values as the data give them today, overall first; `values` are the KPI's own."""
    observations: dict[Segment, dict[Period, Observation]] = {}
    for (_, period, segment), observation in values.items():
        if period in span.periods:
            observations.setdefault(segment, {})[period] = observation
    return tuple(_live(span, observations[s], s) for s in sorted(observations, key=lambda s: (len(s), repr(s))))


def _live(span: BaselineSpan, by_period: Mapping[Period, Observation], segment: Segment) -> BaselineValue:
    observations = [by_period[p] for p in span.periods if p in by_period]
    known = [o.value for o in observations if o.value is not None and o.failure is None and (o.value or not o.unproven)]
    mean = math.fsum(known) / len(known) if known and len(known) == len(observations) else None
    value = known[0] if span.method != "mean_of_periods" and known else mean
    return BaselineValue(
        segment=dict(segment), value=published(value), method=span.method,
        population=_total([o.population for o in observations]), measured=_total([o.measured for o in observations]),
    )  # fmt: skip


def _total(counts: list[int | None]) -> int | None:
    known = [c for c in counts if c is not None]
    return sum(known) if len(known) == len(counts) and known else None


def stated_value(kpi: Kpi) -> BaselineValue | None:
    """A figure that the definition states, since its data are gone."""
    if kpi.baseline is None or kpi.baseline.value is None:
        return None
    number = kpi.baseline.value.to(kpi.unit)
    if isinstance(number, CouldNot):
        return None
    return BaselineValue(value=published(number), method="stated")


class Baselines(Record):
    """Each KPI's baseline values: frozen where a file has them, else live, and what is wrong with them."""

    values: Mapping[tuple[str, Segment], float | int | None]
    frozen: frozenset[str]
    diagnostics: tuple[Diagnostic, ...] = ()


class DefinitionHashes(Record):
    """The definition hashes in today's language and in that of 0.1.0; missing or empty where nobody knows them."""

    current: Mapping[str, str]
    former: Mapping[str, str]


def compare(catalog: Catalog, live: Mapping[str, tuple[BaselineValue, ...]], hashes: DefinitionHashes) -> Baselines:
    """Take the frozen files as they are, and say where they no longer fit."""
    values: dict[tuple[str, Segment], float | int | None] = {}
    diagnostics: list[Diagnostic] = []
    for kpi_id, kpi in catalog.kpis.items():
        file = catalog.baseline_of(kpi_id)
        today = live.get(kpi_id, ())
        taken = file.noun.values if file else today
        values.update({(kpi_id, tuple(v.segment.items())): v.value for v in taken})
        if file is not None:
            diagnostics += _doubts(kpi, file, today, hashes)
        elif today and kpi.is_active and today[0].method != "stated":
            diagnostics.append(RULES["baseline-unfrozen"].finding(
                catalog.definitions[kpi_id].at.key("baseline"), f"the baseline of {kpi_id} is not frozen",
                f"Run `kpi baseline freeze {kpi_id}` and commit the file.", kpi_id,
            ))  # fmt: skip
    return Baselines(values, frozenset(i for i in catalog.kpis if catalog.baseline_of(i)), tuple(diagnostics))


def _doubts(
    kpi: Kpi, file: Entry[BaselineFile], live: tuple[BaselineValue, ...], hashes: DefinitionHashes
) -> list[Diagnostic]:
    """baseline-stale: the frozen file is of other days, or of another formula, than the definition now has."""
    at, frozen = file.at, file.noun
    wanted = kpi.baseline
    if wanted and (wanted.from_, wanted.to) != (frozen.from_, frozen.to):
        return [RULES["baseline-stale"].finding(
            at.key("from"),
            f"frozen from {frozen.from_} to {frozen.to}, but the definition says {wanted.from_} to {wanted.to}",
            f"Run `kpi baseline freeze {kpi.id}`.", kpi.id,
        )]  # fmt: skip
    drifted = _drifted(frozen, live)
    if is_former(frozen.definition):
        former = hashes.former.get(kpi.id)
        is_changed = bool(former) and former != frozen.definition
        if is_changed and (drifted or not _is_reached(frozen, live)):
            return [_restated(kpi, at.key("definition"))]
        return [_moved(kpi, at.key("values", i), v, today, frozen) for i, v, today in drifted[:1]]
    if hashes.current.get(kpi.id, frozen.definition) not in ("", frozen.definition):
        return [_restated(kpi, at.key("definition"))]
    return [_drift(kpi, at.key("values", i), v, today) for i, v, today in drifted]


def _moved(kpi: Kpi, at: Span, value: BaselineValue, today: float | int | None, frozen: BaselineFile) -> Diagnostic:
    """Another value than in an older language: the two cannot be compared."""
    return RULES["baseline-stale"].finding(
        at,
        f"{kpi.id} ({_part(value)}): the baseline was frozen as {value.value} in language "
        f"{language_of(frozen.definition)}, but the data now give {today} in language {LANGUAGE}",
        f"Run `kpi baseline freeze {kpi.id}` and give the reason, such as the new version of kpi.", kpi.id,
    )  # fmt: skip


def _restated(kpi: Kpi, at: Span) -> Diagnostic:
    return RULES["baseline-stale"].finding(
        at, f"the definition of {kpi.id} has changed since its baseline was frozen",
        f"Run `kpi baseline freeze {kpi.id}` and give the reason for the change.", kpi.id,
    )  # fmt: skip


Drifted = list[tuple[int, BaselineValue, float | int | None]]
"""Frozen values by their number in the file, and what the data give."""


def _drifted(frozen: BaselineFile, live: tuple[BaselineValue, ...]) -> Drifted:
    """The frozen values that the data give otherwise; those the data no longer reach are left alone."""
    by_segment = {tuple(v.segment.items()): v for v in live if v.value is not None}
    drifted = []
    for number, value in enumerate(frozen.values):
        live_value = by_segment.get(tuple(value.segment.items()))
        if live_value is not None and not _same(value.value, live_value.value):
            drifted.append((number, value, live_value.value))
    return drifted


def _is_reached(frozen: BaselineFile, live: tuple[BaselineValue, ...]) -> bool:
    """Whether the data give the overall value again."""
    return frozen.value_of({}) is not None and any(not v.segment and v.value is not None for v in live)


def _same(left: float | int | None, right: float | int | None) -> bool:
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=0.0)


def _drift(kpi: Kpi, at: Span, value: BaselineValue, today: float | int | None) -> Diagnostic:
    """baseline-drift: the value of the baseline's days, computed from the data as they are now, is not the frozen
    one.
    """
    return RULES["baseline-drift"].finding(
        at,
        f"{kpi.id} ({_part(value)}): the frozen baseline is {value.value}, but the data now give {today}",
        kpi=kpi.id,
    )


def _part(value: BaselineValue) -> str:
    return listed([f"{c} {v}" for c, v in value.segment.items()]) or "overall"
