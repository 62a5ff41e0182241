"""A target that is tried, from the words of a person: a limit, what the past reached, or what others reach."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from math import ceil

from ...model.could_not import CouldNot
from ...model.diagnostic import KpiError
from ...model.kpi import Kpi, Target
from ...model.measurement import Measurement, Status
from ...model.quantity import Quantity
from ...model.record import Record
from ...model.unit import MICROSECONDS, is_currency

_REACHABLE = re.compile(r"([0-9]{1,3}) ?%[ -]reachable")
_COMPARED = re.compile(r"\s*(<=|>=|≤|≥|at[_ ]most:?|at[_ ]least:?)\s*(.+)")
_BAND = re.compile(r"\s*(?:between\s*)?\[?(.+?)(?:\s+(?:and|to)\s+|\s*(?:–|,)\s*)([^\]]+)\]?\s*")
_AT_MOST = ("<", "≤")
_FEWEST = 6
"""So many known values say something of what is reachable."""
_DIGITS = 3
_EXAMPLES = "Write for example `≤ 45 min`, `≥ 95%`, `between 3 and 5`, `80%-reachable` or `benchmark`."


class ProposedTarget(Record):
    """A target for all shown periods, how it reads, and what to know of it."""

    target: Target
    notes: tuple[str, ...] = ()


def proposed_target(text: str, kpi: Kpi, today: dt.date, history: Sequence[Measurement]) -> ProposedTarget:
    """The target that a text means for a KPI; `history` are its overall values. Raises KpiError."""
    current = target_in_force(kpi, today)
    notes: tuple[str, ...] = ()
    if text.strip() == "benchmark":
        limits, notes = _benchmark(kpi)
    elif share := _REACHABLE.fullmatch(text.strip()):
        limits, notes = _reachable(kpi, current, int(share[1]), history)
    else:
        limits = _limits(text, kpi, current)
    _refuse_unreadable(limits, kpi)
    near, lost = _near(limits, current, kpi)
    # Segments' own targets and the sample that is asked for stay as they are today.
    update = {**dict.fromkeys(Target.LIMITS), **limits, "near": near, "from_": None}
    target = (current or Target.model_construct()).model_copy(update=update)
    return ProposedTarget(target, (*notes, *_benchmark_note(kpi, text), *lost))


def target_in_force(kpi: Kpi, today: dt.date) -> Target | None:
    """The target that judges now; the first one where none does yet."""
    begun = [t for t in kpi.targets if t.from_ is None or t.from_ <= today]
    return begun[-1] if begun else next(iter(kpi.targets), None)


def target_text(target: Target | None) -> str:
    """A target as a person writes it: `≤ 45 min, at risk to 60 min`."""
    if target is None:
        return "none"
    if target.between is not None:
        words = f"between {target.between[0]} and {target.between[1]}"
    else:
        words = f"≤ {target.at_most}" if target.at_most is not None else f"≥ {target.at_least}"
    if target.near is None:
        return words
    near = " and ".join(map(str, target.near)) if isinstance(target.near, tuple) else str(target.near)
    return f"{words}, at risk to {near}"


Limits = dict[str, Quantity | tuple[Quantity, ...]]


def _limits(text: str, kpi: Kpi, current: Target | None) -> Limits:
    """The limit of `≤ 45 min`, of a band, or of a bare quantity, which stands on today's side. Raises KpiError."""
    compared = _COMPARED.fullmatch(text)
    if compared is not None:
        is_upper = compared[1].startswith(_AT_MOST) or "most" in compared[1]
        return {"at_most" if is_upper else "at_least": Quantity.read(_plain(compared[2]))}
    band = _BAND.fullmatch(text)
    if band is not None:
        return {"between": (Quantity.read(_plain(band[1])), Quantity.read(_plain(band[2])))}
    if current is None or current.between is not None:
        raise KpiError(f"--target {text!r} does not say on which side the limit is", _EXAMPLES)
    return {current.direction: Quantity.read(_plain(text))}


def _plain(text: str) -> str | float:
    """A number without a unit as YAML reads it."""
    text = text.strip()
    return float(text) if re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", text) else text


def _refuse_unreadable(limits: Limits, kpi: Kpi) -> None:
    for limit in limits.values():
        for quantity in limit if isinstance(limit, tuple) else (limit,):
            number = quantity.amount_in(kpi.unit)
            if isinstance(number, CouldNot):
                raise KpiError(f"--target {quantity}: {number.why}", _EXAMPLES)


def _reachable(
    kpi: Kpi, current: Target | None, percent: int, history: Sequence[Measurement]
) -> tuple[Limits, tuple[str, ...]]:
    """The strictest limit that so large a part of the known values reached. Raises KpiError."""
    if current is None or current.between is not None:
        raise KpiError(f"what is better is not said by the target of {kpi.id}", "Propose a limit, such as `≤ 45 min`.")
    if not 1 <= percent <= 100:
        raise KpiError(f"--target {percent}%-reachable: the share must be from 1% to 100%", _EXAMPLES)
    values = [m.value for m in history if m.value is not None and Status.UNKNOWN not in (m.status, m.would_be)]
    if len(values) < _FEWEST:
        hint = f"At least {_FEWEST} are needed. Give more with --periods, or propose a limit such as `≤ 45 min`."
        raise KpiError(f"{kpi.id} has {len(values)} known values, too few to say what is reachable", hint)
    is_upper = current.at_most is not None
    ordered = sorted(values, reverse=not is_upper)
    limit = _written(ordered[ceil(percent * len(ordered) / 100) - 1], kpi.unit, is_upper=is_upper)
    number = limit.to(kpi.unit)
    assert not isinstance(number, CouldNot), "it is written in the KPI's unit"
    reached = sum(value <= number if is_upper else value >= number for value in values)
    note = (
        f"{'≤' if is_upper else '≥'} {limit} was reached in {reached} of the last {len(values)} known periods. It is a "
        "proposal from the history: it says what happened, not what users need."
    )
    return {current.direction: limit}, (note,)


def _written(value: float, unit: str, *, is_upper: bool) -> Quantity:
    """A value as a limit of three digits, rounded so that the value still reaches it."""
    exact = Decimal(repr(value)) * (100 if unit == "percent" else 1)
    rounded = Context(prec=_DIGITS, rounding=ROUND_CEILING if is_upper else ROUND_FLOOR).plus(exact)
    suffix = "%" if unit == "percent" else f" {unit}" if unit in MICROSECONDS or is_currency(unit) else ""
    return Quantity.read(f"{rounded:f}{suffix}")


def _benchmark(kpi: Kpi) -> tuple[Limits, tuple[str, ...]]:
    if kpi.benchmark is None:
        raise KpiError(f"{kpi.id} has no benchmark", "Add `benchmark:` with its source, or propose a limit.")
    limits: Limits = {kpi.benchmark.direction: getattr(kpi.benchmark, kpi.benchmark.direction)}
    return limits, (f"It is the benchmark of {kpi.benchmark.source}: others reach it, under their conditions.",)


def _benchmark_note(kpi: Kpi, text: str) -> tuple[str, ...]:
    """What others reach, beside any other proposal."""
    if kpi.benchmark is None or text.strip() == "benchmark":
        return ()
    limits = Target.model_construct(**{name: getattr(kpi.benchmark, name) for name in Target.LIMITS})
    year = f", {kpi.benchmark.year}" if kpi.benchmark.year else ""
    return (f"Benchmark: {target_text(limits)} ({kpi.benchmark.source}{year}).",)


Near = Quantity | tuple[Quantity, ...]


def _near(limits: Limits, current: Target | None, kpi: Kpi) -> tuple[Near | None, tuple[str, ...]]:
    """Today's at-risk zone, as long as it lies on the losing side of the new limit."""
    if current is None or current.near is None:
        return None, ()
    limit = limits.get(current.direction)
    if limit is not None and _is_beyond(current.near, limit, current.direction, kpi.unit):
        return current.near, ()
    return None, ("Today's `near` does not lie beyond the proposed limit: it is tried without an at-risk zone.",)


def _is_beyond(near: Near, limit: Near, direction: str, unit: str) -> bool:
    if isinstance(near, tuple) or isinstance(limit, tuple):
        if not (isinstance(near, tuple) and isinstance(limit, tuple)):
            return False
        low, high = (_is_beyond(n, x, d, unit) for n, x, d in zip(near, limit, ("at_least", "at_most"), strict=True))
        return low and high
    if near.written == limit.written:
        return False
    if (near.reference, near.is_share) != (limit.reference, limit.is_share):
        return False
    amounts = near.amount_in(unit), limit.amount_in(unit)
    if isinstance(amounts[0], CouldNot) or isinstance(amounts[1], CouldNot):
        return False
    return amounts[0] > amounts[1] if direction == "at_most" else amounts[0] < amounts[1]
