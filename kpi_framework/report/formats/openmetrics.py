"""OpenMetrics: the judged values as gauges, for Prometheus and what reads its text. What is unknown has no value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from ...model.measurement import Goal, Measurement, Scorecard, Status
from ...model.record import Record

_STATUSES = (Status.MET, Status.NEAR, Status.MISSED, Status.UNKNOWN)
_EPOCH = dt.date(1970, 1, 1).toordinal()
Number = float | int | None
Labels = tuple[tuple[str, str], ...]


class _Family(Record):
    """A gauge: its name, its help, and its number for a measurement."""

    name: str
    help: str
    number: Callable[[Measurement], Number]


def scorecard_metrics(scorecard: Scorecard) -> str:
    """The text; the samples of a family stand together, in the scorecard's order."""
    judged = [m for m in scorecard.measurements if m.judged]
    lines = [line for family in _FAMILIES for line in _family(family, judged)]
    lines += _head("kpi_status", "1 for the status of the judged period, 0 for each other one.")
    lines += [line for m in judged if m.status in _STATUSES for line in _states(m)]
    return "\n".join((*lines, "# EOF", ""))


def _family(family: _Family, judged: Iterable[Measurement]) -> Iterator[str]:
    yield from _head(family.name, family.help)
    for measurement in judged:
        value = family.number(measurement)
        if value is not None:
            yield _sample(family.name, _labels(measurement), value)


def _head(name: str, meaning: str) -> tuple[str, str]:
    return f"# TYPE {name} gauge", f"# HELP {name} {meaning}"


def _states(measurement: Measurement) -> Iterator[str]:
    for status in _STATUSES:
        labels = (*_labels(measurement), ("status", status.value))
        yield _sample("kpi_status", labels, int(measurement.status is status))


def _labels(m: Measurement) -> Labels:
    segment = ", ".join(f"{column}={'(none)' if value is None else value}" for column, value in m.segment)
    return (("kpi", m.kpi), ("unit", m.unit), ("segment", segment))


def _sample(name: str, labels: Labels, value: float) -> str:
    written = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"{name}{{{written}}} {value!r}"


def _escaped(text: str) -> str:
    """A label's value: a line cannot end in it."""
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return escaped.encode("utf-8", "backslashreplace").decode()


def _known(m: Measurement) -> Number:
    """No number of a value that is unknown: it would be taken for a known one."""
    return None if m.status is Status.UNKNOWN else m.value


def _low(goal: Goal | None) -> Number:
    return None if goal is None else goal.between[0] if goal.between else goal.at_least


def _high(goal: Goal | None) -> Number:
    return None if goal is None else goal.between[1] if goal.between else goal.at_most


def _start(m: Measurement) -> int:
    return (m.period.start.toordinal() - _EPOCH) * 86_400


_FAMILIES = (
    _Family("kpi_value", "The value of the judged period, in the unit of the label.", _known),
    _Family("kpi_target_low", "The lower limit of the target in force.", lambda m: _low(m.target)),
    _Family("kpi_target_high", "The upper limit of the target in force.", lambda m: _high(m.target)),
    _Family("kpi_baseline", "The value before.", lambda m: m.baseline),
    _Family("kpi_population_rows", "The rows of the period.", lambda m: m.population),
    _Family("kpi_measured_rows", "The rows that the value was measured from.", lambda m: m.measured),
    _Family("kpi_missing_rows", "The rows that lack a value that is needed.", lambda m: m.missing),
    _Family("kpi_waived", "1 while a miss is accepted.", lambda m: int(m.waived)),
    _Family("kpi_period_start_timestamp_seconds", "The first day of the period: when it begins in UTC.", _start),
)
