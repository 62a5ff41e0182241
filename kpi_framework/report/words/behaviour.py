"""Behaviour, budget and pace in words: one phrase beside a value, and a sentence that explains it."""

from __future__ import annotations

from ...model.behaviour import Assurance, Behaviour, Pattern, SpecialCause, Variation
from ...model.measurement import Measurement
from ...model.pace import Budget, Pace
from .phrases import counted
from .values import show_range, show_value

_LIMITS_FROM = 13
_ASSURED = {
    Assurance.USUALLY_MEETS: "usually meets its target",
    Assurance.HIT_OR_MISS: "hit or miss",
    Assurance.USUALLY_MISSES: "usually misses its target",
}


def behaviour_words(measurement: Measurement | None) -> str:
    """The two words: `worsening, hit or miss`; empty where nothing is known."""
    behaviour = measurement.behaviour if measurement is not None else None
    if behaviour is None:
        return ""
    words = (behaviour.variation, behaviour.assurance)
    return ", ".join(word.value for word in words if word is not None)


def behaviour_text(measurement: Measurement | None) -> str:
    """The two words and why: `worsening: above the mean of 43.3 min for 8 months; hit or miss`."""
    behaviour = measurement.behaviour if measurement is not None else None
    if measurement is None or behaviour is None or behaviour.variation is None:
        return ""
    why = _why(measurement, behaviour)
    assured = f"; {_ASSURED[behaviour.assurance]}" if behaviour.assurance else ""
    return f"{behaviour.variation.value}{why}{assured}"


def _why(measurement: Measurement, behaviour: Behaviour) -> str:
    grain = measurement.period.grain
    if behaviour.variation is Variation.TOO_LITTLE_HISTORY:
        known = counted(len(behaviour.points), grain.value if grain else "value")
        return f" ({known}; limits need {_LIMITS_FROM})" if len(behaviour.points) < _LIMITS_FROM else ""
    cause = behaviour.cause_of(measurement.period.start)
    if cause is None:
        return f" (usual range {show_range(behaviour.limits, measurement.unit)})"
    return f": {_cause(cause, behaviour, measurement)}"


def _cause(cause: SpecialCause, behaviour: Behaviour, measurement: Measurement) -> str:
    side, grain = "above" if cause.is_high else "below", measurement.period.grain
    mean, noun = show_value(behaviour.mean, measurement.unit), grain.value if grain else "value"
    match cause.pattern:
        case Pattern.POINT:
            low, high = behaviour.limits or (None, None)
            limit = show_value(high if cause.is_high else low, measurement.unit)
            return f"{side} the {'upper' if cause.is_high else 'lower'} limit of {limit}"
        case Pattern.TREND:
            return f"{'rising' if cause.is_high else 'falling'} for {counted(cause.length, noun)}"
        case Pattern.TWO_OF_THREE:
            return f"far {side} the mean of {mean} in two of three {noun}s"
        case Pattern.SHIFT:
            return f"{side} the mean of {mean} for {counted(cause.length, noun)}"


def pace_text(measurement: Measurement) -> str:
    """`12 of about 21 misses left, off track`; of a count the pace alone; empty where there is none."""
    parts = (_budget(measurement.budget) if measurement.budget else "", _pace(measurement.pace))
    return ", ".join(part for part in parts if part)


def _budget(budget: Budget) -> str:
    if budget.expected is None:
        return f"{_misses(budget.used)} so far"
    allowed = budget.expected.allowed
    left = allowed - budget.used
    if not allowed and not budget.used:
        return "the first miss will miss the target"
    if left < 0:
        return f"{_misses(-left)} over the about {allowed:,} that are allowed"
    return f"{left:,} of about {_misses(allowed)} left"


def _misses(count: int) -> str:
    return f"{count:,} {'miss' if count == 1 else 'misses'}"


def _pace(pace: Pace | None) -> str:
    if pace is None:
        return ""
    return "too early to tell" if pace is Pace.TOO_EARLY else pace.value
