"""A value in half a sentence, for those who read no table: feeds and notices."""

from __future__ import annotations

import datetime as dt

from ...model.ledger import Published
from ...model.measurement import Measurement, Status
from ...model.period import Grain, Period
from ..words.phrases import period_text, standing_text, status_text
from ..words.values import show_target, show_value


def judged_text(measurement: Measurement) -> str:
    """`✗ missed in October 2026: 5 h 32 min, target ≤ 4 h`."""
    m = measurement
    target = f", target {show_target(m.target, m.unit, m.value)}" if m.target else ""
    return f"{period_value_text(m)}{target}"


def period_value_text(measurement: Measurement) -> str:
    """`✗ missed in October 2026: 5 h 32 min`."""
    m = measurement
    value = f": {show_value(m.value, m.unit, m.target)}" if m.value is not None else ""
    return f"{standing_text(m)} in {period_text(m.period)}{value}"


def published_text(line: Published) -> str:
    """The same of a published value, as far as its line can be read."""
    try:
        grain = Grain(line.grain) if line.grain in tuple(Grain) else None
        when = period_text(Period(dt.date.fromisoformat(line.start), dt.date.fromisoformat(line.end), grain))
        status = status_text(Status(line.status), waived=line.body.get("waived") is True)
    except ValueError:
        return f"{line.status} in {line.start}"
    value = f": {show_value(line.value, str(line.body.get('unit', '')))}" if line.value is not None else ""
    return f"{status} in {when}{value}"
