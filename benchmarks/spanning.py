"""Backlog and trailing windows against a range join, as a person would write them; both give the same values."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import duckdb

from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

from .check import _Watched
from .data import tickets
from .projects import SEGMENTS, Wanted, write
from .table import ROUNDS, Row, timed

_OPEN = "created_at < e and (resolved_at is null or resolved_at >= e)"
_TRAILING = "created_at < e and created_at >= e - interval 30 day"
_AGE = "(epoch_us(e) - epoch_us(created_at)) / 8.64e10"


@dataclass(frozen=True)
class Spanning:
    """A subject: its numbers, what makes their periods overlap, and the same condition by hand."""

    name: str
    wanted: tuple[Wanted, ...]
    fields: Mapping[str, object]
    periods: int
    step: str
    joined: str
    promised: float


SUBJECTS = (
    Spanning(
        "backlog, 12 months",
        (Wanted("backlog", "count(*)", "count(*)", "count"),
         Wanted("backlog_age", "median(days_between(created_at, period_end))", f"median({_AGE})", "days")),
        {"open_between": ["created_at", "resolved_at"]}, 12, "1 month", _OPEN, 1.5,
    ),
    Spanning(
        "30-day windows, 30 daily points",
        (Wanted("seen", "count(*)", "count(*)", "count"),
         Wanted("reopened", "share(reopen_count > 0)", "avg((reopen_count > 0)::int)", "percent"),
         Wanted("handled", "sum(handle_minutes)", "fsum(handle_minutes)", "minutes")),
        {"window": "30 days", "period": "day"}, 30, "1 day", _TRAILING, 0.5,
    ),
)  # fmt: skip


def spanning(rows: int) -> Iterator[Row]:
    """Each subject: our query time, reading the columns included, to that of one range join a number."""
    data = tickets(rows)
    for one in SUBJECTS:
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
            root = write(Path(folder) / "project", data, one.wanted, fields=one.fields)
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(_watched(root, data, one))
                theirs.append(timed(partial(_all_by_hand, connection, data, one)))
            _same(root, data, one, connection)
        yield Row(f"{one.name}, {rows / 1e6:g}M rows: ours ÷ range joins", median(ours), median(theirs), "at most",
                  one.promised)  # fmt: skip


def _options(root: Path, data: Path, one: Spanning) -> Options:
    place = ProjectRoot(root, (data.parent,))
    return Options(place, dt.datetime.now(dt.UTC), periods=one.periods, open_engine=lambda: _Watched(WorkerLimits()))


def _watched(root: Path, data: Path, one: Spanning) -> float:
    _Watched.seconds = 0.0
    check(_options(root, data, one))
    return _Watched.seconds


def _all_by_hand(connection: duckdb.DuckDBPyConnection, data: Path, one: Spanning) -> None:
    for number in one.wanted:
        connection.execute(_by_hand(data, one, number)).fetchall()


def _by_hand(data: Path, one: Spanning, number: Wanted) -> str:
    """One number by period and part, as one query."""
    sets = ", ".join(["(e)", *(f"(e, {s})" for s in SEGMENTS)])
    ends = f"select timestamp '2026-10-01' - i * interval {one.step} as e from range({one.periods}) r(i)"
    return (
        f"select e, {', '.join(SEGMENTS)}, {number.sql} as value from ({ends}) p "
        f"join read_parquet('{data}') t on {one.joined} group by grouping sets ({sets})"
    )


def _same(root: Path, data: Path, one: Spanning, connection: duckdb.DuckDBPyConnection) -> None:
    """The hand-written queries give the same values, or the comparison is of nothing."""
    card = check(_options(root, data, one)).scorecard
    assert card is not None
    found = {(m.kpi, m.period.end, m.segment): m.value for m in card.measurements}
    for number in one.wanted:
        for end, *parts, value in connection.execute(_by_hand(data, one, number)).fetchall():
            named = tuple((s, p) for s, p in zip(SEGMENTS, parts, strict=True) if p is not None)
            ours = found[number.id, end.date(), named]
            assert ours is not None, (number.id, end, named)
            assert abs(ours - float(value)) <= 1e-8 * max(1.0, abs(float(value))), (number.id, end, named, ours, value)
