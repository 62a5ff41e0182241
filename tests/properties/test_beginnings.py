"""Before the data begin there is no number: of no period, window, stock, span of time, evidence or baseline."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.model.measurement import Measurement, Reason
from kpi_framework.workflow.checking.baseline import freeze
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot
from tests.engines.inside import InsideEngine

pytestmark = pytest.mark.usefixtures("engine_inside")

NOW = dt.datetime(2026, 6, 2, tzinfo=dt.UTC)
AS_OF = dt.date(2026, 5, 20)
DAY = dt.timedelta(days=1)
SENTINELS = ("1900-01-01 00:00", "1970-01-01 00:00")
Row = tuple[dt.datetime, dt.datetime | None]
Stretch = tuple[dt.datetime, dt.datetime]

laws = settings(
    deadline=None, max_examples=int(os.environ.get("KPI_DESKS", "10")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
"""`KPI_DESKS=500` draws more than a run on CI has time for."""


@dataclass(frozen=True)
class World:
    """Rows on the wall of a zone, and what kpi.yaml says of when they begin."""

    zone: str
    rows: list[Row]
    evidence: list[dt.datetime]
    sentinels: int
    stated: dt.date | None
    freshness: int
    grain: bool

    def instant(self, wall: dt.datetime | dt.date) -> dt.datetime:
        """A time on the wall, or the beginning of a day."""
        time = wall if isinstance(wall, dt.datetime) else dt.datetime(wall.year, wall.month, wall.day)
        return time.replace(tzinfo=ZoneInfo(self.zone)).astimezone(dt.UTC)

    @property
    def as_of(self) -> dt.datetime:
        """The end of its day."""
        return self.instant(AS_OF + DAY)

    def is_reached(self, stretch: Stretch, moments: list[dt.datetime], stated: dt.date | None) -> bool:
        """Whether data begin before a stretch of time does, as SPEC §2 has it."""
        start, end = stretch
        if stated is not None:
            return self.instant(stated) <= start
        oldest = min(moment for moment in moments if self.instant(moment) < self.as_of)
        begins = self.instant(oldest.date().replace(day=1) if self.grain else oldest)
        return begins <= start or (begins < end and begins <= start + self.freshness * DAY)

    def is_known(self, kpi_id: str, start: dt.date, end: dt.date) -> bool:
        """Whether the data of a KPI reach one of its periods, or the days of its baseline."""
        moments = [began for began, _ in self.rows]
        last = min(self.instant(end), self.as_of)
        stretch = (self.instant(start), last)
        if kpi_id.startswith("stock"):
            stretch = (last, last)
        if kpi_id.startswith("window"):
            stretch = (self.instant(min(end, AS_OF + DAY) - int(kpi_id.removeprefix("window_")) * DAY), last)
        reached = self.is_reached(stretch, moments, self.stated)
        return reached and (kpi_id != "proven" or self.is_reached(stretch, self.evidence, None))


walls = st.datetimes(dt.datetime(2025, 9, 1), dt.datetime(2026, 5, 31))
starts = st.sampled_from([dt.datetime(2025, 12, 1), dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 5, 0, 30)])
moments = st.one_of(walls, walls, starts).map(lambda wall: wall.replace(second=0, microsecond=0, fold=0))
worlds = st.builds(
    World, st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Kathmandu"]),
    st.lists(st.tuples(moments, st.one_of(st.none(), moments)), max_size=8)
    .map(lambda rows: [*rows, (dt.datetime(2026, 4, 3, 12), None)]),
    st.lists(moments, max_size=4).map(lambda rows: [*rows, dt.datetime(2026, 4, 3, 12)]),
    st.sampled_from([0, 0, 2]),
    st.one_of(st.none(), st.none(), st.dates(dt.date(2025, 9, 1), dt.date(2026, 5, 1)), starts.map(dt.datetime.date)),
    st.sampled_from([0, 3, 20, 45]), st.booleans(),
)  # fmt: skip
months = st.sampled_from([(2025, 11), (2025, 12), (2026, 1), (2026, 2), (2026, 3)])

# Counts and what has no value of nothing; stocks, windows, what lasts, another date than the dataset's.
COUNT = {"formula": "count(*)", "unit": "count"}
KPIS: dict[str, dict[str, Any]] = {
    "monthly": COUNT,
    "quarterly": {**COUNT, "period": "quarter"},
    "length": {"formula": "avg(abs(hours_between(began, ended)))", "unit": "hours", "min_measured": "0%"},
    "ended": {**COUNT, "time": "ended"},
    "stock": {**COUNT, "open_between": ["began", "ended"]},
    "lasting": {**COUNT, "spans": ["began", "ended"]},
    "proven": {**COUNT, "evidence": "watch"},
}
FINER: dict[str, dict[str, Any]] = {
    "weekly": {**COUNT, "period": "week"},
    "stock_weekly": {**COUNT, "open_between": ["began", "ended"], "period": "week"},
    "window_20": {**COUNT, "window": "20 days"},
    "window_100": {**COUNT, "window": "100 days"},
}
"""Periods that a dataset of whole months has not."""


def _text(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def write(root: Path, world: World, baseline: tuple[dt.date, dt.date]) -> tuple[Path, tuple[str, ...]]:
    """The project of a world and its data; and the KPIs that are in it."""
    named = KPIS if world.grain else {**KPIS, **FINER}
    folder = root / "kpis"
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*folder.iterdir(), *(root / "baselines").glob("*")):
        path.unlink()
    for kpi_id, fields in {**named, "growth": {"formula": "monthly - previous(monthly)", "unit": "count"}}.items():
        origin = {} if kpi_id == "growth" else {"dataset": "rows"}
        judged = {
            "target": {"at_most": "baseline + 1000"},
            "baseline": dict(zip(("from", "to"), map(str, baseline), strict=True)),
        }
        head = {"version": 1, "id": kpi_id, "name": kpi_id, "owner": "a@example.com", **judged}
        (folder / f"{kpi_id}.yaml").write_text(json.dumps({**head, **origin, **fields}))
    columns = {name: {"from": name, "type": "timestamp"} for name in ("began", "ended")}
    rows: dict[str, Any] = {
        "source": "rows.csv", "time": "began", "complete_through": "2026-05-20", "columns": columns,
        "freshness": f"{world.freshness} days", "timezone": world.zone,
    }  # fmt: skip
    rows |= {"complete_from": str(world.stated)} if world.stated else {}
    rows |= {"grain": "month"} if world.grain else {}
    watch = {"source": "watch.csv", "time": "began", "complete_through": "2026-05-20",
             "freshness": rows["freshness"], "columns": {"began": columns["began"]},
             **({"grain": "month"} if world.grain else {})}  # fmt: skip
    del rows["timezone"]
    project = {"version": 1, "name": "x", "timezone": world.zone, "as_of": str(AS_OF),
               "datasets": {"rows": rows, "watch": watch}}  # fmt: skip
    (root / "kpi.yaml").write_text(json.dumps(project))
    lines = [f"{_text(began)},{_text(ended)}" for began, ended in world.rows]
    lines[1:1] = [f"{SENTINELS[n % 2]}," for n in range(world.sentinels)]
    (root / "rows.csv").write_text("\n".join(["began,ended", *lines, ""]))
    (root / "watch.csv").write_text("\n".join(["began", *map(_text, world.evidence), ""]))
    return root, (*named, "growth")


def _options(root: Path) -> Options:
    return Options(ProjectRoot(root), NOW, open_engine=lambda: InsideEngine(WorkerLimits(threads=2)))


def _measurements(root: Path) -> dict[tuple[str, dt.date], Measurement]:
    scorecard = check(_options(root)).scorecard
    assert scorecard is not None
    return {(m.kpi, m.period.start): m for m in scorecard.measurements if m.is_whole}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for the project, which each example writes anew."""
    return tmp_path_factory.mktemp("beginnings")


def _month(year: int, month: int, length: int) -> tuple[dt.date, dt.date]:
    """The first day of a month and the last of the months from it on."""
    last = dt.date(year + (month + length - 2) // 12, (month + length - 2) % 12 + 1, 1)
    return dt.date(year, month, 1), last.replace(day=calendar.monthrange(last.year, last.month)[1])


@laws
@given(worlds, months, st.sampled_from([1, 2]))
def test_before_the_data_begin_there_is_no_number(
    folder: Path, world: World, month: tuple[int, int], length: int
) -> None:
    """What the data do not reach is unknown, because of that; what they reach is not unknown because of that."""
    root, ids = write(folder, world, _month(*month, length))
    values = _measurements(root)
    assert {kpi_id for kpi_id, _ in values} == set(ids)
    for (kpi_id, start), measurement in values.items():
        if kpi_id == "growth":
            before = values.get(("monthly", (start - DAY).replace(day=1)))
            known = before is not None and None not in (before.value, values["monthly", start].value)
            assert (measurement.value is not None) <= (known or before is None), (kpi_id, start)
            continue
        known = world.is_known(kpi_id, start, measurement.period.end)
        assert (measurement.reason is not Reason.BEFORE_DATA) == known, (kpi_id, start)
        assert known or measurement.value is None


@laws
@given(worlds, months, st.sampled_from([1, 2]))
def test_a_baseline_before_the_data_is_no_number(
    folder: Path, world: World, month: tuple[int, int], length: int
) -> None:
    """Neither a live value nor a frozen one; the target that stands on it is none; where it is reached, it is one."""
    first, last = _month(*month, length)
    root, ids = write(folder, world, (first, last))
    values = _measurements(root)
    frozen = {path.stem for path in freeze(_options(root)).written}
    for kpi_id in set(ids) - {"growth"}:
        mine = [m for (i, _), m in values.items() if i == kpi_id]
        parts = _parts(kpi_id, first, last + DAY)
        known = bool(parts) and all(world.is_known(kpi_id, *part) for part in parts)
        if not known:
            assert {m.baseline for m in mine} == {None}, kpi_id
            assert all(m.status == "unknown" for m in mine), kpi_id
            assert kpi_id not in frozen
        elif kpi_id not in ("length", "proven"):
            assert all(m.baseline is not None for m in mine), kpi_id


def _parts(kpi_id: str, start: dt.date, end: dt.date) -> list[tuple[dt.date, dt.date]]:
    """What a baseline's days are made of: one stretch for what is no count, and for a stock; else its whole periods."""
    if kpi_id.startswith(("stock", "length")):
        return [(start, end)]
    step = _weeks if kpi_id == "weekly" else _quarters if kpi_id == "quarterly" else _months
    return step(start, end)


def _weeks(start: dt.date, end: dt.date) -> list[tuple[dt.date, dt.date]]:
    first = start + (-start.weekday() % 7) * DAY
    weeks = [first + n * 7 * DAY for n in range((end - first).days // 7)]
    return [(week, week + 7 * DAY) for week in weeks]


def _months(start: dt.date, end: dt.date) -> list[tuple[dt.date, dt.date]]:
    parts = []
    while start < end:
        following = (start + 31 * DAY).replace(day=1)
        parts.append((start, following))
        start = following
    return parts


def _quarters(start: dt.date, end: dt.date) -> list[tuple[dt.date, dt.date]]:
    months = _months(start, end)
    whole = [n for n in range(len(months) - 2) if months[n][0].month in (1, 4, 7, 10)]
    return [(months[n][0], months[n + 2][1]) for n in whole]
