"""A scorecard as a table: a row a measurement. Every file of rows has these columns; columns are only ever added."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from ...model.behaviour import Behaviour
from ...model.kpi import Metric
from ...model.measurement import Goal, Measurement
from ...model.record import Record
from .json import number

Cell = str | float | int | bool | dt.date | None
Definitions = Mapping[str, Metric]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""By what a spreadsheet takes a text for a formula, or for the way into one."""


class ColumnKind(StrEnum):
    """What a column holds, for formats whose columns have a type."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    FLAG = "flag"
    DAY = "day"


class Column(Record):
    """A column: its name, what it holds, and its cell for a measurement and its definition."""

    name: str
    kind: ColumnKind
    cell: Callable[[Measurement, Metric | None], Cell]


_TEXT, _NUMBER, _COUNT, _FLAG, _DAY = ColumnKind
COLUMNS = (
    Column("kpi", _TEXT, lambda m, _: m.kpi),
    Column("period", _TEXT, lambda m, _: m.period.grain.value if m.period.grain else None),
    Column("start", _DAY, lambda m, _: m.period.start),
    Column("end", _DAY, lambda m, _: m.period.end),
    Column("segment", _TEXT, lambda m, _: ", ".join(f"{c}={'' if v is None else v}" for c, v in m.segment) or None),
    Column("value", _NUMBER, lambda m, _: number(m.value)),
    Column("unit", _TEXT, lambda m, _: m.unit),
    Column("status", _TEXT, lambda m, _: m.status.value),
    Column("reason", _TEXT, lambda m, _: m.reason.value if m.reason else None),
    Column("target", _TEXT, lambda m, _: _target(m.target)),
    Column("population", _COUNT, lambda m, _: m.population),
    Column("measured", _COUNT, lambda m, _: m.measured),
    Column("missing", _COUNT, lambda m, _: m.missing),
    Column("excluded", _COUNT, lambda m, _: m.excluded),
    Column("definition", _TEXT, lambda m, _: m.definition),
    Column("name", _TEXT, lambda m, d: d.name if d else None),
    Column("kind", _TEXT, lambda m, _: m.kind),
    Column("owner", _TEXT, lambda m, d: d.owner if d else None),
    Column("judged", _FLAG, lambda m, _: m.judged),
    Column("waived", _FLAG, lambda m, _: m.waived),
    Column("would_be", _TEXT, lambda m, _: m.would_be.value if m.would_be else None),
    Column("because", _TEXT, lambda m, _: m.because),
    Column("segment_json", _TEXT, lambda m, _: json.dumps(dict(m.segment), ensure_ascii=False) if m.segment else None),
    Column("target_low", _NUMBER, lambda m, _: _ends(m.target)[0]),
    Column("target_high", _NUMBER, lambda m, _: _ends(m.target)[1]),
    Column("near_low", _NUMBER, lambda m, _: _near(m.target)[0]),
    Column("near_high", _NUMBER, lambda m, _: _near(m.target)[1]),
    Column("target_from", _DAY, lambda m, _: m.target.from_ if m.target else None),
    Column("baseline", _NUMBER, lambda m, _: number(m.baseline)),
    Column("frozen", _FLAG, lambda m, _: m.frozen),
    Column("previous", _NUMBER, lambda m, _: number(m.previous)),
    Column("interval_low", _NUMBER, lambda m, _: number(m.interval[0]) if m.interval else None),
    Column("interval_high", _NUMBER, lambda m, _: number(m.interval[1]) if m.interval else None),
    Column("variation", _TEXT, lambda m, _: _variation(m.behaviour)),
    Column("assurance", _TEXT, lambda m, _: _assurance(m.behaviour)),
    Column("pace", _TEXT, lambda m, _: m.pace.value if m.pace else None),
)


def rows(measurements: Iterable[Measurement], definitions: Definitions) -> Iterator[tuple[Cell, ...]]:
    """The cells of each measurement, in the order of `COLUMNS`; what is unknown is None."""
    for measurement in measurements:
        definition = definitions.get(measurement.kpi)
        yield tuple(column.cell(measurement, definition) for column in COLUMNS)


def spreadsheet_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that could be has an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _target(goal: Goal | None) -> Cell:
    """The limit as a number; two limits as a text."""
    limits = [limit for limit in _ends(goal) if limit is not None]
    return " to ".join(map(repr, limits)) if len(limits) > 1 else next(iter(limits), None)


_Ends = tuple[float | None, float | None]


def _ends(goal: Goal | None) -> _Ends:
    """The lower and the upper limit."""
    if goal is None:
        return None, None
    return goal.between if goal.between is not None else (goal.at_least, goal.at_most)


def _near(goal: Goal | None) -> _Ends:
    """How far the at-risk zone reaches below and above."""
    if goal is None or goal.near is None:
        return None, None
    if isinstance(goal.near, tuple):
        return goal.near
    return (None, goal.near) if goal.at_most is not None else (goal.near, None)


def _variation(behaviour: Behaviour | None) -> str | None:
    return behaviour.variation.value if behaviour and behaviour.variation else None


def _assurance(behaviour: Behaviour | None) -> str | None:
    return behaviour.assurance.value if behaviour and behaviour.assurance else None
