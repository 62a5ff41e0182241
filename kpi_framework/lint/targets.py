"""Targets: dates that begin periods, limits in the KPI's unit, near zones on the losing side."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.catalog import Entry, Path
from ..model.diagnostic import Diagnostic
from ..model.kpi import Kpi, Limits, Metric, SegmentTarget
from ..model.rule import RULES
from ..model.unit import Limit, read_amount, read_limit
from .context import LintContext

Bound = int | float | str


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


def _amounts(kpi: Kpi) -> Iterator[tuple[Path, Bound]]:
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


def _of_amount(definition: Entry[Metric], kpi: Kpi, path: Path, quantity: Bound) -> Iterator[Diagnostic]:
    try:
        read_amount(quantity).to(kpi.unit)
    except ValueError as error:
        yield RULES["target-unit"].finding(definition.at.key(*path), f"{kpi.id}: {error}", kpi=kpi.id)


def _of_target(definition: Entry[Metric], kpi: Kpi, path: Path, target: SegmentTarget) -> Iterator[Diagnostic]:
    direction = target.direction
    at = definition.at.key(*path, direction)
    try:
        wanted = [_read(kpi, q) for q in _listed(getattr(target, direction))]
        at = definition.at.key(*path, "near")
        near = [_read(kpi, q) for q in _listed(target.near)]
    except ValueError as error:
        yield RULES["target-unit"].finding(at, f"{kpi.id}: {error}", kpi=kpi.id)
        return
    if near and len(near) != len(wanted):
        shape = "`near: [lo, hi]`, the wider band" if direction == "between" else "one `near`"
        yield RULES["target-unit"].finding(at, f"{kpi.id}: `{direction}` takes {shape}", kpi=kpi.id)
    elif direction == "between" and _is_less(wanted[1], wanted[0]):
        band = definition.at.key(*path, direction)
        yield RULES["target-unit"].finding(
            band, f"{kpi.id}: the lower limit of the band is above the upper limit", "Write it as [lo, hi].", kpi.id
        )
    elif near and _is_inside(direction, wanted, near):
        message = f"{kpi.id}: `near` is on the side where the target is met"
        yield RULES["near-on-wrong-side"].finding(at, message, kpi=kpi.id)


def _listed(value: object) -> tuple[Bound, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, int | float | str) else ()


def _read(kpi: Kpi, quantity: Bound) -> Limit:
    """A limit whose amount converts to the KPI's unit. Raises ValueError."""
    limit = read_limit(quantity)
    if not limit.is_share:
        limit.amount.to(kpi.unit)
    return limit


def _is_inside(direction: str, wanted: list[Limit], near: list[Limit]) -> bool:
    if direction == "at_most":
        return _is_less(near[0], wanted[0])
    if direction == "at_least":
        return _is_less(wanted[0], near[0])
    return _is_less(wanted[0], near[0]) or _is_less(near[1], wanted[1])


def _is_less(low: Limit, high: Limit) -> bool:
    """Whether it is certainly less: limits of different kinds are only known when they are judged."""
    if (low.reference, low.is_share) != (high.reference, high.is_share):
        return False
    unit = low.amount.unit or high.amount.unit
    if unit is None or low.is_share:
        return low.amount.number < high.amount.number
    return low.amount.to(unit) < high.amount.to(unit)
