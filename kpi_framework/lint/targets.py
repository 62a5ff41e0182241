"""Targets: dates that begin periods, limits in the KPI's unit, near zones on the losing side."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.catalog import Entry, Path
from ..model.could_not import CouldNot
from ..model.diagnostic import Diagnostic
from ..model.kpi import Kpi, Limits, Metric, SegmentTarget
from ..model.quantity import Quantity
from ..model.rule import RULES
from .context import LintContext


def dates(context: LintContext) -> Iterator[Diagnostic]:
    """target-overlap and target-gap: one target a day, from a period's first day on."""
    almanac = context.catalog.project.noun.almanac
    for definition, kpi in context.kpis:
        starts = set()
        for number, target in enumerate(kpi.target or ()):
            since, at = target.from_, definition.at.key("target", number, "from")
            if since in starts:
                when = f"from {since}" if since else "without `from`"
                yield RULES["target-overlap"].finding(at, f"{kpi.id} has two targets {when}", kpi=kpi.id)
            starts.add(since)
            if since and almanac.period_of(since, kpi.period).start != since:
                period = almanac.period_of(since, kpi.period)
                hint = f"Start it on {period.start} or {period.end}."
                message = f"{kpi.id}: {since} is not the first day of a {kpi.period}"
                yield RULES["target-gap"].finding(at, message, hint, kpi.id)


def limits(context: LintContext) -> Iterator[Diagnostic]:
    """target-unit and near-on-wrong-side: every limit reads as a number in the KPI's unit, near lies beyond it."""
    for definition, kpi in context.kpis:
        for path, target in _targets(kpi):
            yield from _of_target(definition, kpi, path, target)
        for path, quantity in _amounts(kpi):
            yield from _of_amount(definition, kpi, path, quantity)


def _targets(kpi: Kpi) -> Iterator[tuple[Path, SegmentTarget]]:
    for number, target in enumerate(kpi.target or ()):
        yield ("target", number), target
        for column, parts in target.by.items():
            for part, inner in parts.items():
                yield ("target", number, "by", column, part), inner


def _amounts(kpi: Kpi) -> Iterator[tuple[Path, Quantity]]:
    """The other quantities of a KPI that have its unit."""
    for number, waiver in enumerate(kpi.waiver):
        yield ("waiver", number, "limit"), waiver.limit
    if kpi.baseline is not None and kpi.baseline.value is not None:
        yield ("baseline", "value"), kpi.baseline.value
    if kpi.benchmark is not None:
        for name in Limits.LIMITS:
            value = getattr(kpi.benchmark, name)
            for quantity in value if isinstance(value, tuple) else (value,):
                if quantity is not None:
                    yield ("benchmark", name), quantity


def _of_amount(definition: Entry[Metric], kpi: Kpi, path: Path, quantity: Quantity) -> Iterator[Diagnostic]:
    number = quantity.to(kpi.unit)
    if isinstance(number, CouldNot):
        yield RULES["target-unit"].finding(definition.at.key(*path), f"{kpi.id}: {number.why}", kpi=kpi.id)


def _of_target(definition: Entry[Metric], kpi: Kpi, path: Path, target: SegmentTarget) -> Iterator[Diagnostic]:
    direction = target.direction
    wanted, near = _listed(getattr(target, direction)), _listed(target.near)
    for field, quantities in ((direction, wanted), ("near", near)):
        doubt = next((d for q in quantities if (d := _doubt(q, kpi.unit))), None)
        if doubt is not None:
            at = definition.at.key(*path, field)
            yield RULES["target-unit"].finding(at, f"{kpi.id}: {doubt.why}", kpi=kpi.id)
            return
    if near and len(near) != len(wanted):
        shape = "`near: [lo, hi]`, the wider band" if direction == "between" else "one `near`"
        at = definition.at.key(*path, "near")
        yield RULES["target-unit"].finding(at, f"{kpi.id}: `{direction}` takes {shape}", kpi=kpi.id)
    elif direction == "between" and _is_less(wanted[1], wanted[0], kpi.unit):
        band = definition.at.key(*path, direction)
        yield RULES["target-unit"].finding(
            band, f"{kpi.id}: the lower limit of the band is above the upper limit", "Write it as [lo, hi].", kpi.id
        )
    elif near and _is_inside(direction, wanted, near, kpi.unit):
        at = definition.at.key(*path, "near")
        message = f"{kpi.id}: `near` is on the side where the target is met"
        yield RULES["near-on-wrong-side"].finding(at, message, kpi=kpi.id)


def _listed(limits: Quantity | tuple[Quantity, ...] | None) -> tuple[Quantity, ...]:
    if limits is None:
        return ()
    return limits if isinstance(limits, tuple) else (limits,)


def _doubt(limit: Quantity, unit: str) -> CouldNot | None:
    """Why a limit is no number in the KPI's unit; None where it is one, or a share of a reference."""
    number = limit.amount_in(unit)
    return number if isinstance(number, CouldNot) else None


def _is_inside(direction: str, wanted: tuple[Quantity, ...], near: tuple[Quantity, ...], unit: str) -> bool:
    if direction == "at_most":
        return _is_less(near[0], wanted[0], unit)
    if direction == "at_least":
        return _is_less(wanted[0], near[0], unit)
    return _is_less(wanted[0], near[0], unit) or _is_less(near[1], wanted[1], unit)


def _is_less(low: Quantity, high: Quantity, unit: str) -> bool:
    """Whether it is certainly less: limits of different kinds are only known when they are judged."""
    numbers = low.amount_in(unit), high.amount_in(unit)
    if (low.reference, low.is_share) != (high.reference, high.is_share):
        return False
    return not isinstance(numbers[0], CouldNot) and not isinstance(numbers[1], CouldNot) and numbers[0] < numbers[1]
