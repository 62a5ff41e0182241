"""A scorecard.json that another run wrote → the values that it published. Its texts are a stranger's."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from typing import Any

from ..model.measurement import Goal, Measurement, Reason, Status
from ..model.period import Grain, Period
from ..model.record import Record

LARGEST = 50_000_000
"""Bytes."""

Json = Any


class PublishedScorecard(Record):
    """The judged value of each definition as a whole, by id, and the instant as of which they hold."""

    as_of: dt.datetime
    measurements: Mapping[str, Measurement]
    waived: frozenset[str] = frozenset()
    """The ids of those whose miss a waiver excuses."""


def read_published(content: str) -> PublishedScorecard:
    """The values that a scorecard holds. Raises ValueError, in words that quote nothing of the file."""
    try:
        document = json.loads(content, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    try:
        judged = [m for m in document["measurements"] if m["judged"] is True and m["segment"] == {}]
        measurements = {m["kpi"]: _measurement(m) for m in judged}
        waived = frozenset(m["kpi"] for m in judged if m["waived"] is True)
        as_of = dt.datetime.fromisoformat(document["as_of"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise ValueError("it is no scorecard of this version") from None
    return PublishedScorecard(as_of if as_of.tzinfo else as_of.replace(tzinfo=dt.UTC), measurements, waived)


def _refused(constant: str) -> Json:
    raise ValueError(constant)


def _measurement(fields: Mapping[str, Json]) -> Measurement:
    period = fields["period"]
    start, end = (dt.date.fromisoformat(period[side]) for side in ("start", "end"))
    counts = (_count(fields[name]) for name in ("population", "measured", "excluded", "missing"))
    population, measured, excluded, missing = counts
    return Measurement(
        kpi=_text(fields["kpi"]), kind=_text(fields["kind"]), judged=True,
        period=Period(start, end, Grain(period["grain"]) if period["grain"] else None), segment=(),
        value=_number(fields["value"]), unit=_text(fields["unit"]), population=population, measured=measured,
        excluded=excluded, missing=missing, interval=None, status=Status(fields["status"]),
        reason=Reason(fields["reason"]) if fields["reason"] else None, target=_goal(fields["target"]),
        baseline=_number(fields["baseline"]), frozen=bool(fields["frozen"]), previous=_number(fields["previous"]),
        definition=_text(fields["definition"]),
        would_be=Status(fields["would_be"]) if fields.get("would_be") else None,
    )  # fmt: skip


def _goal(fields: Mapping[str, Json] | None) -> Goal | None:
    if fields is None:
        return None
    between, near = fields.get("between"), fields.get("near")
    return Goal(
        at_most=_float(fields.get("at_most")), at_least=_float(fields.get("at_least")),
        between=_pair(between) if between is not None else None,
        near=_pair(near) if isinstance(near, list) else _float(near),
        from_=dt.date.fromisoformat(fields["from"]) if fields.get("from") else None, of=fields.get("of"),
    )  # fmt: skip


def _pair(ends: Json) -> tuple[float, float]:
    low, high = ends
    return float(low), float(high)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Json) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return value


def _float(value: Json) -> float | None:
    number = _number(value)
    return None if number is None else float(number)


def _count(value: Json) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
