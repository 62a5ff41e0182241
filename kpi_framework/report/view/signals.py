"""Signals as they are read: which pattern shows, over which values, what to ask and what to do."""

from __future__ import annotations

from ...model.measurement import SignalResult, SignalState
from ..words.markup import Ink
from .details import Facts
from .scorecard_view import Insight

_SIGNS = {SignalState.ON: "⚑", SignalState.UNKNOWN: "?", SignalState.OFF: "·"}


def told_signals(insight: Insight) -> tuple[SignalResult, ...]:
    """The signals worth a line: those that are on, then those that are unknown."""
    found = [s for s in insight.scorecard.signals if s.state is not SignalState.OFF and _is_seen(s, insight)]
    return tuple(sorted(found, key=lambda s: s.state is not SignalState.ON))


def _is_seen(one: SignalResult, insight: Insight) -> bool:
    """In a view, the signals that read one of its KPIs."""
    if insight.scorecard.view is None:
        return True
    return any(name.startswith((f"{s.id}.", f"{s.id}[")) for name in one.operands for s in insight.standings)


def signal_title(one: SignalResult) -> str:
    """`⚑ on`: sign and word."""
    return f"{_SIGNS[one.state]} {one.state.value}"


def signal_facts(one: SignalResult, ink: Ink) -> Facts:
    """What it was read over, the question and the action; an unknown one says what it lacks."""
    if one.state is SignalState.UNKNOWN:
        missing = [name for name, value in one.operands.items() if value is None]
        lack = ", ".join(ink.code(name) for name in missing) if missing else "a condition that can be computed"
        yield "Lacks", lack
        return
    yield "Read over", read_over(one, ink)
    if one.asks:
        yield "Asks", ink.prose(one.asks)
    if one.do:
        yield "Do", ink.prose(one.do)


def read_over(one: SignalResult, ink: Ink) -> str:
    """The values its condition was read over: `csat.value = 0.84, csat.status = missed`."""
    return ", ".join(f"{ink.code(name)} = {_shown(value, ink)}" for name, value in one.operands.items())


def _shown(value: float | int | str | None, ink: Ink) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else ink.prose(value or "unknown")
