"""Targets of shares that are finer than the number of rows can show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from ..model.diagnostic import Diagnostic, Span
from ..model.kpi import Kpi
from ..model.measurement import Goal, Measurement
from ..model.quoting import plain_or
from ..model.rule import RULES
from .computable import Computable
from .findings import counted_rows
from .pace import allowed_share
from .score import target_on


def finer_than_volume(computable: Computable, measurements: tuple[Measurement, ...]) -> Iterator[Diagnostic]:
    """target-finer-than-volume: a share's judged period has so few rows that its target allows less than one miss."""
    for measurement in measurements:
        share, rows = _share(measurement, computable), measurement.measured
        if share is not None and rows and share * rows < 1:
            yield _finding(computable, measurement, share, rows)


def _share(measurement: Measurement, computable: Computable) -> Fraction | None:
    """The share of misses that is allowed in a known, judged value."""
    compiled = computable.metrics.get(measurement.kpi)
    is_share = compiled is not None and compiled.formula.shape.kind == "share"
    if not is_share or not measurement.judged or measurement.reason is not None:
        return None
    return allowed_share(measurement.target)


def _finding(computable: Computable, measurement: Measurement, share: Fraction, rows: int) -> Diagnostic:
    period, least = measurement.period, math.ceil(1 / share)
    part = ", ".join(f"{column} {plain_or(value or 'null', '…')}" for column, value in measurement.segment)
    return RULES["target-finer-than-volume"].finding(
        _span(computable, measurement),
        f"{measurement.kpi}{f' ({part})' if part else ''}: with {counted_rows(rows)} in the {period.grain} "
        f"from {period.start}, one miss is more than the target allows",
        f"The target needs at least {least:,} rows a {period.grain}. Choose a longer period or another target, or "
        f"write `min_sample: {least}`.",
        measurement.kpi,
    )


def _span(computable: Computable, measurement: Measurement) -> Span:
    """Where the target in force is written."""
    definition = computable.catalog.definitions[measurement.kpi]
    kpi, direction = definition.noun, _direction(measurement.target)
    target = target_on(kpi, measurement.period.start)
    number = kpi.target.index(target) if isinstance(kpi, Kpi) and kpi.target and target in kpi.target else 0
    by = ("by", *(text or "null" for part in measurement.segment for text in part)) if measurement.segment else ()
    return definition.at.key("target", number, *by, direction)


def _direction(goal: Goal | None) -> str:
    return "at_least" if goal is not None and goal.at_least is not None else "at_most"
