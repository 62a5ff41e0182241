"""Laws of things that last: what lies inside a period equals what plain Python cuts out of each row."""

from __future__ import annotations

import datetime as dt
import json
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_framework.model.measurement import Measurement
from kpi_framework.workflow.checking.baseline import freeze
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

ZONES = ("UTC", "Europe/London", "America/New_York", "Asia/Kathmandu")
DAY = dt.timedelta(days=1)
HOLIDAY = dt.date(2026, 3, 11)
TYPES = {"number": "text", "began": "timestamp", "ended": "timestamp", "began_on": "date", "ended_on": "date",
         "kind": "text"}  # fmt: skip
Row = dict[str, Any]
Part = tuple[dt.datetime, dt.datetime]

# There is one row that every as_of knows.
OUTAGE: Row = {
    "began": dt.datetime(2026, 3, 4, 22), "ended": dt.datetime(2026, 3, 5, 4),
    "began_on": dt.date(2026, 3, 4), "ended_on": dt.date(2026, 3, 5), "kind": "a",
}  # fmt: skip

# Many instants on the edges of periods, and near the changes of the clocks on 8 and 29 March 2026.
edges = st.sampled_from([
    dt.datetime(2026, 2, 1), dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 8, 2, 30), dt.datetime(2026, 3, 29, 1, 30),
    dt.datetime(2026, 4, 1), dt.datetime(2026, 4, 6), dt.datetime(2026, 4, 10), dt.datetime(2026, 4, 11),
])  # fmt: skip
moments = st.one_of(edges, st.datetimes(dt.datetime(2025, 8, 1), dt.datetime(2026, 5, 1)))
days = st.dates(dt.date(2025, 8, 1), dt.date(2026, 5, 1))
rows_of = st.lists(
    st.fixed_dictionaries({
        "began": st.one_of(st.none(), moments), "ended": st.one_of(st.none(), moments),
        "began_on": st.one_of(st.none(), days), "ended_on": st.one_of(st.none(), days),
        "kind": st.sampled_from([None, "a", "b"]),
    }),
    max_size=25,
).map(lambda rows: [OUTAGE, *rows])  # fmt: skip


@dataclass(frozen=True)
class World:
    """What a project says of time."""

    zone: str
    as_of: dt.date
    through: dt.date

    def instant(self, cell: Any) -> dt.datetime:
        """A time on the project's wall, or the beginning of a day."""
        if not isinstance(cell, dt.datetime):
            cell = dt.datetime(cell.year, cell.month, cell.day)
        wall: dt.datetime = cell
        return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(dt.UTC)

    @property
    def until(self) -> dt.datetime:
        """as_of: the end of its day."""
        return self.instant(self.as_of + DAY)

    def bounds(self, measurement: Measurement, window: int | None) -> Part:
        """The ends of a period, or of the trailing window at its end."""
        period = measurement.period
        if window is None:
            return self.instant(period.start), min(self.instant(period.end), self.until)
        end = min(period.end, self.as_of + DAY)
        return self.instant(end - window * DAY), self.instant(end)

    def touching(self, rows: Iterable[Row], bounds: Part, ends: tuple[str, str]) -> tuple[int, list[Part]]:
        """How many rows touch the period, and the parts inside it of those that do not end before they begin."""
        start, end = bounds
        population, parts = 0, []
        for row in rows:
            if row[ends[0]] is None:
                continue
            began = self.instant(row[ends[0]])
            if row[ends[1]] is None:
                ended = max(began, min(self.until, self.instant(self.through + DAY)))
            else:
                ended = self.instant(row[ends[1]])
            if not (began < end and (ended > start if ended > began else began >= start)):
                continue
            population += 1
            if ended >= began:
                parts.append((max(began, start), max(min(ended, end), began, start)))
        return population, parts


worlds = st.builds(
    World, st.sampled_from(ZONES), st.sampled_from([dt.date(2026, 4, 10), dt.date(2026, 4, 30)]),
    st.sampled_from([dt.date(2026, 3, 20), dt.date(2026, 5, 31)]),
)  # fmt: skip


def _minutes(parts: list[Part]) -> list[float]:
    return [(end - start) / dt.timedelta(minutes=1) for start, end in parts]


def _worked(part: Part) -> float:
    """The working time of the calendar `desk` inside a part, in hours: New York, from 09:00 to 17:00 on weekdays."""
    zone, worked = ZoneInfo("America/New_York"), dt.timedelta(0)
    day = part[0].astimezone(zone).date()
    while day <= part[1].astimezone(zone).date():
        if day.weekday() < 5 and day != HOLIDAY:
            opens, closes = (dt.datetime(day.year, day.month, day.day, hour, tzinfo=zone) for hour in (9, 17))
            worked += max(
                min(closes.astimezone(dt.UTC), part[1]) - max(opens.astimezone(dt.UTC), part[0]), dt.timedelta(0)
            )
        day += DAY
    return worked / dt.timedelta(hours=1)


def _of(statistic: Callable[[list[float]], float], parts: list[Part]) -> float | None:
    return statistic(_minutes(parts)) if parts else None


Oracle = Callable[[list[Part]], float | None]
FORMULAS: Mapping[str, tuple[str, str, Oracle]] = {
    "touching": ("count(*)", "count", len),
    "inside": ("sum(overlap_minutes())", "minutes", lambda parts: sum(_minutes(parts)) if parts else None),
    "inside_hours": ("coalesce(sum(overlap_hours()), 0)", "hours", lambda parts: sum(_minutes(parts)) / 60),
    "worked": ("sum(overlap_hours('desk'))", "hours", lambda parts: sum(map(_worked, parts)) if parts else None),
    "longest": ("max(overlap_minutes())", "minutes", lambda parts: max(_minutes(parts), default=None)),
    "middle": ("median(overlap_minutes())", "minutes", lambda parts: _of(statistics.median, parts)),
    "mean": ("avg(overlap_minutes())", "minutes", lambda parts: _of(statistics.fmean, parts)),
    "long": ("count_if(overlap_hours() > 24)", "count", lambda parts: sum(m > 1440 for m in _minutes(parts))),
}  # fmt: skip


def _metric(metric_id: str, formula: str, unit: str, **more: object) -> dict[str, object]:
    return {"version": 1, "kind": "metric", "id": metric_id, "name": metric_id, "dataset": "rows", "formula": formula,
            "unit": unit, "min_measured": "0%", "segments": ["kind"], "spans": ["began", "ended"], **more}  # fmt: skip


def _project(root: Path, world: World, rows: list[Row], definitions: Iterable[Mapping[str, object]]) -> None:
    (root / "kpis").mkdir(parents=True)
    columns = {name: {"from": name, "type": kind} for name, kind in TYPES.items()}
    dataset = {
        "source": "rows.csv",
        "columns": columns,
        "time": "began",
        "complete_from": "2024-01-01",
        "complete_through": str(world.through),
    }
    hours = {"hours": {"mon-fri": ["09:00-17:00"]}, "timezone": "America/New_York", "holidays": [str(HOLIDAY)]}
    project = {"version": 1, "name": "Rows", "timezone": world.zone, "as_of": str(world.as_of),
               "fiscal_year_starts": 2, "calendars": {"desk": hours}, "datasets": {"rows": dataset}}  # fmt: skip
    (root / "kpi.yaml").write_text(json.dumps(project))
    for definition in definitions:
        (root / f"kpis/{definition['id']}.yaml").write_text(json.dumps(definition))
    cells = [{"number": f"row {number}", **row} for number, row in enumerate(rows)]
    lines = [",".join("" if row[n] is None else str(row[n]) for n in TYPES) for row in cells]
    (root / "rows.csv").write_text("\n".join([",".join(TYPES), *lines]) + "\n")


def _measured(root: Path, periods: int = 5) -> tuple[Measurement, ...]:
    card = check(Options(ProjectRoot(root), dt.datetime.now(dt.UTC), periods=periods)).scorecard
    assert card is not None
    assert not [f for f in card.diagnostics if f.severity.value == "error"]
    return card.measurements


def _hold(
    root: Path, world: World, rows: list[Row], *, window: int | None = None, ends: tuple[str, str] = ("began", "ended")
) -> None:
    """Every measurement has the value and the counts that plain Python finds in the rows of its segment."""
    measurements = _measured(root)
    rows = [r for r in rows if r["began"] is None or world.instant(r["began"]) < world.until]
    assert {m.kpi for m in measurements} == FORMULAS.keys()
    for measurement in measurements:
        part = [r for r in rows if all(r[c] == v for c, v in measurement.segment)]
        population, parts = world.touching(part, world.bounds(measurement, window), ends)
        value = FORMULAS[measurement.kpi][2](parts)
        assert measurement.value == (None if value is None else pytest.approx(value, rel=1e-9)), measurement
        counts = (measurement.population, measurement.measured, measurement.missing)
        assert counts == (population, len(parts), population - len(parts)), measurement


def _fresh(tmp_path: Path) -> Path:
    return tmp_path / str(len(list(tmp_path.iterdir())))


laws = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@laws
@given(world=worlds, rows=rows_of, grain=st.sampled_from(["day", "week", "month", "quarter"]))
def test_a_period_holds_the_part_of_each_row_inside_it(
    tmp_path: Path, world: World, rows: list[Row], grain: str
) -> None:
    """Eight formulas over rows that last, by period and kind, in the running period up to as_of."""
    root = _fresh(tmp_path)
    _project(root, world, rows, [_metric(i, f, u, period=grain) for i, (f, u, _) in FORMULAS.items()])
    _hold(root, world, rows)


@laws
@given(world=worlds, rows=rows_of, grain=st.sampled_from(["day", "month"]), length=st.sampled_from([1, 7, 30]))
def test_a_window_holds_the_part_inside_it(
    tmp_path: Path, world: World, rows: list[Row], grain: str, length: int
) -> None:
    """The same over the calendar days before each period's end."""
    root, window = _fresh(tmp_path), f"{length} days" if length > 1 else "1 day"
    metrics = [_metric(i, f, u, period=grain, window=window) for i, (f, u, _) in FORMULAS.items()]
    _project(root, world, rows, metrics)
    _hold(root, world, rows, window=length)


@laws
@given(world=worlds, rows=rows_of, ends=st.sampled_from([("began_on", "ended_on"), ("began", "ended_on")]))
def test_a_span_may_be_dated_by_days(tmp_path: Path, world: World, rows: list[Row], ends: tuple[str, str]) -> None:
    """Days begin at midnight on the project's wall."""
    root = _fresh(tmp_path)
    _project(root, world, rows, [_metric(i, f, u, spans=ends) for i, (f, u, _) in FORMULAS.items()])
    _hold(root, world, rows, ends=ends)


def _kpi(kpi_id: str, formula: str, unit: str) -> dict[str, object]:
    return {"version": 1, "id": kpi_id, "name": kpi_id, "dataset": "rows", "formula": formula, "unit": unit,
            "owner": "a@example.com", "baseline": {"from": "2026-01-01", "to": "2026-02-28"}, "target": {"at_least": 0},
            "min_measured": "0%", "review": {"cadence": "monthly"}, "action": {"do": "Look."},
            "spans": ["began", "ended"]}  # fmt: skip


@laws
@given(rows=rows_of)
def test_the_baseline_of_a_total_is_the_mean_of_its_periods(tmp_path: Path, rows: list[Row]) -> None:
    """A total and a count are flows; an average is taken over the whole range, each row cut at its ends."""
    root, world = _fresh(tmp_path), World("Europe/London", dt.date(2026, 4, 10), dt.date(2026, 4, 10))
    _project(root, world, rows, [
        _kpi("total", "coalesce(sum(overlap_minutes()), 0)", "minutes"), _kpi("rows", "count(*)", "count"),
        _kpi("mean", "avg(overlap_minutes())", "minutes"),
    ])  # fmt: skip
    freeze(Options(ProjectRoot(root), dt.datetime.now(dt.UTC)))
    marks = [world.instant(dt.date(2026, month, 1)) for month in (1, 2, 3)]
    months = [world.touching(rows, (marks[i], marks[i + 1]), ("began", "ended"))[1] for i in range(2)]
    whole = world.touching(rows, (marks[0], marks[2]), ("began", "ended"))[1]
    judged = {m.kpi: m.baseline for m in _measured(root) if m.judged and m.is_whole}
    assert judged["total"] == pytest.approx(sum(sum(_minutes(parts)) for parts in months) / 2, rel=1e-9)
    assert judged["rows"] == sum(map(len, months)) / 2
    assert judged["mean"] == (pytest.approx(statistics.fmean(_minutes(whole)), rel=1e-9) if whole else None)


@laws
@given(world=worlds, rows=rows_of)
def test_what_is_shown_changes_no_value(tmp_path: Path, world: World, rows: list[Row]) -> None:
    """The parts inside a month are the same, however many months are asked for."""
    root = _fresh(tmp_path)
    _project(root, world, rows, [_metric(i, f, u) for i, (f, u, _) in FORMULAS.items()])
    few, many = ({(m.kpi, m.period, m.segment): m.value for m in _measured(root, n)} for n in (1, 6))
    assert all(many[key] == value for key, value in few.items())
