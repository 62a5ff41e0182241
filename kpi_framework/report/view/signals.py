"""Signals for readers: which are on, from which values, what to ask and what to do."""

from __future__ import annotations

from ...model.measurement import SignalResult, SignalState, Status
from ..doc.model import Badge, Code, Text, joined
from .details import Labelled
from .scorecard_view import ScorecardView

_TONES = {SignalState.ON: Status.NEAR, SignalState.UNKNOWN: Status.UNKNOWN, SignalState.OFF: Status.INFORMATIVE}
_SIGNS = {SignalState.ON: "⚑", SignalState.UNKNOWN: "?", SignalState.OFF: "·"}


def signals_to_show(scorecard_view: ScorecardView) -> tuple[SignalResult, ...]:
    """The signals worth a line: those that are on, then those that are unknown."""
    signals = [
        s for s in scorecard_view.scorecard.signals if s.state is not SignalState.OFF and _is_in_view(s, scorecard_view)
    ]
    return tuple(sorted(signals, key=lambda s: s.state is not SignalState.ON))


def _is_in_view(signal: SignalResult, scorecard_view: ScorecardView) -> bool:
    """In a view, the signals that read one of its KPIs."""
    if scorecard_view.scorecard.view is None:
        return True
    return any(name.startswith((f"{s.id}.", f"{s.id}[")) for name in signal.operands for s in scorecard_view.standings)


def signal_badge(signal: SignalResult) -> Badge:
    """`⚑ on`: sign and word."""
    return Badge(f"{_SIGNS[signal.state]} {signal.state.value}", _TONES[signal.state])


def signal_facts(signal: SignalResult) -> Labelled:
    """The values it was computed from, its question and its action; an unknown one says which values are missing."""
    if signal.state is SignalState.UNKNOWN:
        missing = [name for name, value in signal.operands.items() if value is None]
        names = joined(", ", map(Code, missing))
        yield "Why", ("there is no value for ", names) if missing else "its condition cannot be computed"
        return
    yield "Values", read_over(signal)
    if signal.asks:
        yield "Question", signal.asks
    if signal.do:
        yield "Do", signal.do


def read_over(signal: SignalResult) -> Text:
    """The values its condition was computed from: `csat.value = 0.84, csat.status = missed`."""
    return joined(", ", [(Code(name), f" = {_operand_text(value)}") for name, value in signal.operands.items()])


def _operand_text(value: float | int | str | None) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else value or "unknown"
