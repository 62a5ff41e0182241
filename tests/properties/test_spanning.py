"""Laws of stocks and trailing windows: every value equals what plain Python counts, row by row."""

from __future__ import annotations

import datetime as dt
import json
import statistics
from collections.abc import Callable, Iterable, Mapping
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

LONDON = ZoneInfo("Europe/London")
AS_OF = dt.date(2026, 4, 10)
UNTIL = dt.datetime(2026, 4, 11, tzinfo=LONDON).astimezone(dt.UTC)
DAY = dt.timedelta(days=1)
TYPES = {
    "opened": "timestamp", "closed": "timestamp", "opened_on": "date", "closed_on": "date", "kind": "text",
    "n": "integer",
}  # fmt: skip
Row = dict[str, Any]

# Many instants on the edges of periods and near the change of the clocks on 29 March 2026.
edges = st.sampled_from([
    dt.datetime(2026, 2, 1), dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 29), dt.datetime(2026, 3, 29, 3),
    dt.datetime(2026, 4, 1), dt.datetime(2026, 4, 9), dt.datetime(2026, 4, 10, 23, 59),
])  # fmt: skip
moments = st.one_of(edges, st.datetimes(dt.datetime(2025, 11, 1), dt.datetime(2026, 4, 10, 23))).map(
    lambda m: m.replace(second=0, microsecond=0, fold=0)
)
days = st.dates(dt.date(2025, 11, 1), AS_OF)
rows_of = st.lists(
    st.fixed_dictionaries({
        "opened": st.one_of(st.none(), moments), "closed": st.one_of(st.none(), moments),
        "opened_on": st.one_of(st.none(), days), "closed_on": st.one_of(st.none(), days),
        "kind": st.sampled_from([None, "a", "b"]), "n": st.one_of(st.none(), st.integers(-5, 99)),
    }),
    min_size=1, max_size=40,
)  # fmt: skip


def _instant(cell: Any) -> dt.datetime | None:
    """A cell as an instant: a time on London's wall, or the beginning of a day."""
    if cell is None:
        return None
    if not isinstance(cell, dt.datetime):
        cell = dt.datetime(cell.year, cell.month, cell.day)
    wall: dt.datetime = cell
    return wall.replace(tzinfo=LONDON).astimezone(dt.UTC)


def _midnight(day: dt.date) -> dt.datetime:
    found = _instant(day)
    assert found is not None
    return found


def _open(rows: Iterable[Row], end: dt.datetime, opened: str = "opened", closed: str = "closed") -> list[Row]:
    """The rows open at an instant, by the words of the definition."""
    found = []
    for row in rows:
        start, stop = _instant(row[opened]), _instant(row[closed])
        if stop is not None and start is not None and _is_impossible(row[opened], row[closed], start, stop):
            stop = None
        if start is not None and start < end and (stop is None or stop >= end):
            found.append(row)
    return found


def _is_impossible(opened: Any, closed: Any, start: dt.datetime, stop: dt.datetime) -> bool:
    """A closing before the opening is none; between a day and an instant, two days leave no doubt."""
    if isinstance(opened, dt.datetime) == isinstance(closed, dt.datetime):
        return stop < start
    return dt.datetime(closed.year, closed.month, closed.day, tzinfo=dt.UTC) + 2 * DAY < start


def _within(rows: Iterable[Row], start: dt.datetime, end: dt.datetime) -> list[Row]:
    return [r for r in rows if (at := _instant(r["opened"])) is not None and start <= at < end]


def _sum(rows: list[Row]) -> int | None:
    known = [r["n"] for r in rows if r["n"] is not None]
    return sum(known) if known else None


def _median(numbers: list[float]) -> float | None:
    return statistics.median(numbers) if numbers else None


def _ages(rows: list[Row], end: dt.datetime) -> list[float]:
    return [(end - start).total_seconds() / 86400 for r in rows if (start := _instant(r["opened"])) is not None]


Oracle = Callable[[list[Row], dt.datetime], float | None]
STOCKS: Mapping[str, tuple[str, str, Oracle]] = {
    "backlog": ("count(*)", "count", lambda rows, _: len(rows)),
    "age": ("median(days_between(opened, period_end))", "days", lambda rows, end: _median(_ages(rows, end))),
    "age_in_all": ("sum(days_between(opened, period_end))", "days",
                   lambda rows, end: sum(_ages(rows, end)) if rows else None),
    "old": ("count_if(days_between(opened, period_end) > 30)", "count",
            lambda rows, end: sum(age > 30 for age in _ages(rows, end))),
    "total": ("sum(n)", "count", lambda rows, _: _sum(rows)),
    "kinds": ("count(distinct kind)", "count", lambda rows, _: len({r["kind"] for r in rows} - {None})),
}  # fmt: skip
WINDOWS: Mapping[str, tuple[str, str, Oracle]] = {
    "seen": ("count(*)", "count", lambda rows, _: len(rows)),
    "added": ("sum(n)", "count", lambda rows, _: _sum(rows)),
    "most": ("max(n)", "count", lambda rows, _: max((r["n"] for r in rows if r["n"] is not None), default=None)),
    "middle": ("median(n)", "count", lambda rows, _: _median([r["n"] for r in rows if r["n"] is not None])),
    "sorts": ("count(distinct kind)", "count", lambda rows, _: len({r["kind"] for r in rows} - {None})),
}


def _metric(one: str, formula: str, unit: str, **more: object) -> dict[str, object]:
    return {"version": 1, "kind": "metric", "id": one, "name": one, "dataset": "rows", "formula": formula,
            "unit": unit, "min_measured": "0%", "segments": ["kind"], **more}  # fmt: skip


def _project(root: Path, rows: list[Row], definitions: Iterable[Mapping[str, object]]) -> None:
    (root / "kpis").mkdir(parents=True)
    columns = {name: {"from": name, "type": kind} for name, kind in TYPES.items()}
    dataset = {
        "source": "rows.csv",
        "columns": columns,
        "time": "opened",
        "complete_from": "2024-01-01",
        "complete_through": "2026-04-30",
    }
    project = {"version": 1, "name": "Rows", "timezone": "Europe/London", "as_of": AS_OF.isoformat(),
               "datasets": {"rows": dataset}}  # fmt: skip
    (root / "kpi.yaml").write_text(json.dumps(project))
    for one in definitions:
        (root / f"kpis/{one['id']}.yaml").write_text(json.dumps(one))
    lines = [",".join("" if r[n] is None else str(r[n]) for n in TYPES) for r in rows]
    (root / "rows.csv").write_text("\n".join([",".join(TYPES), *lines]) + "\n")


def _measured(root: Path) -> tuple[Measurement, ...]:
    card = check(Options(ProjectRoot(root), dt.datetime.now(dt.UTC), periods=5)).scorecard
    assert card is not None
    assert not [f for f in card.diagnostics if f.severity.value == "error"]
    return card.measurements


def _compared(found: Iterable[Measurement], rows: list[Row], oracle: Callable[[Measurement, list[Row]], Any]) -> int:
    """Compare every measurement with an oracle over the rows of its segment; how many there were."""
    count = 0
    for one in found:
        part = [r for r in rows if all(r[c] == v for c, v in one.segment)]
        wanted = oracle(one, part)
        assert one.value == (None if wanted is None else pytest.approx(wanted, rel=1e-9)), one
        count += 1
    return count


def _end(one: Measurement) -> dt.datetime:
    return min(_midnight(one.period.end), UNTIL)


def _fresh(tmp_path: Path) -> Path:
    return tmp_path / str(len(list(tmp_path.iterdir())))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of, grain=st.sampled_from(["day", "week", "month"]))
def test_a_stock_holds_what_is_open_at_each_end(tmp_path: Path, rows: list[Row], grain: str) -> None:
    """Six formulas over open rows, by period and kind, whole and running periods, equal a count row by row."""
    root, between = _fresh(tmp_path), ["opened", "closed"]
    _project(root, rows, [_metric(i, f, u, open_between=between, period=grain) for i, (f, u, _) in STOCKS.items()])

    def oracle(one: Measurement, part: list[Row]) -> float | None:
        held = _open(part, _end(one))
        assert one.population == len(held), one
        return STOCKS[one.kpi][2](held, _end(one))

    assert _compared(_measured(root), rows, oracle) >= 6 * len(STOCKS) - len(STOCKS)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of)
def test_a_stock_may_be_dated_by_days(tmp_path: Path, rows: list[Row]) -> None:
    """Opened and closed on dates, or one of each kind: days begin at midnight on the project's wall."""
    root = _fresh(tmp_path)
    betweens = {"days_": ("opened_on", "closed_on"), "mixed": ("opened", "closed_on")}
    _project(root, rows, [_metric(i, "count(*)", "count", open_between=b) for i, b in betweens.items()])
    _compared(_measured(root), rows, lambda one, part: len(_open(part, _end(one), *betweens[one.kpi])))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of, grain=st.sampled_from(["day", "week", "month"]), length=st.sampled_from([1, 7, 30]))
def test_a_window_trails_each_end(tmp_path: Path, rows: list[Row], grain: str, length: int) -> None:
    """Five formulas over the calendar days before each period's end, across a change of the clocks."""
    root = _fresh(tmp_path)
    window = f"{length} days" if length > 1 else "1 day"
    _project(root, rows, [_metric(i, f, u, window=window, period=grain) for i, (f, u, _) in WINDOWS.items()])

    def oracle(one: Measurement, part: list[Row]) -> float | None:
        end = min(one.period.end, AS_OF + DAY)
        held = _within(part, _midnight(end - length * DAY), _midnight(end))
        assert one.population == len(held), one
        return WINDOWS[one.kpi][2](held, _end(one))

    assert _compared(_measured(root), rows, oracle) >= 5 * len(WINDOWS)


BASELINE = {"from": "2026-01-15", "to": "2026-03-14"}


def _kpi(one: str, formula: str, **more: object) -> dict[str, object]:
    return {"version": 1, "id": one, "name": one, "dataset": "rows", "formula": formula, "unit": "count",
            "owner": "a@example.com", "baseline": BASELINE, "target": {"at_most": 9}, "min_measured": "0%",
            "review": {"cadence": "monthly"}, "action": {"do": "Look."}, **more}  # fmt: skip


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of)
def test_baselines_of_stocks_and_windows(tmp_path: Path, rows: list[Row]) -> None:
    """A stock's is its value at the end of the days; a window's the mean of its periods, or over all the days.

    Of nothing none is frozen."""
    root = _fresh(tmp_path)
    _project(root, rows, [
        _kpi("stock", "count(*)", open_between=["opened", "closed"]),
        _kpi("rolling", "count(*)", window="7 days"),
        _kpi("level", "count(*) / count(*)", window="7 days", unit="ratio"),
    ])  # fmt: skip
    freeze(Options(ProjectRoot(root), dt.datetime.now(dt.UTC)))
    end = dt.date(2026, 3, 15)
    february = _within(rows, _midnight(dt.date(2026, 2, 22)), _midnight(dt.date(2026, 3, 1)))
    judged = {m.kpi: m for m in _measured(root) if m.judged and m.is_whole}
    still_open = _open(rows, _midnight(end))
    assert judged["stock"].baseline == len(still_open)
    assert judged["rolling"].baseline == len(february)
    everything = _within(rows, _midnight(dt.date(2026, 1, 15)), _midnight(end))
    assert judged["level"].baseline == (1 if everything else None)
    frozen = root / "baselines/stock.yaml"
    assert frozen.exists() is bool(still_open)
    assert not still_open or "end_of_range" in frozen.read_text()
