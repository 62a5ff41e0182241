"""From a number to its rows: they add up to what the measurement counts, and say why they count as they do."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from kpi_framework.compile.catalog import Compilation
from kpi_framework.compile.plan.cube import OTHER
from kpi_framework.evaluate.rows import Tracing, trace
from kpi_framework.evaluate.run import Run
from kpi_framework.evaluate.session import Session
from kpi_framework.model.measurement import Measurement
from kpi_framework.model.record import replace
from kpi_framework.model.rows import InputRows, RowCounts, Standing, TracedRow, TracedRows
from kpi_framework.workflow.project import ProjectRoot, load_unlinked, reporting_periods_of
from kpi_framework.workflow.run import Options

pytestmark = pytest.mark.usefixtures("engine_inside")

HERE = Path(__file__).resolve()
SAMPLES = (HERE.parents[3], HERE.parents[3] / "examples" / "it-department")


@contextmanager
def traced(folder: Path) -> Iterator[Tracing]:
    """A project that has been measured, and whose rows can be looked at."""
    options = Options(ProjectRoot(folder), dt.datetime.now(dt.UTC))
    catalog = load_unlinked(options.project_root)
    setting = replace(options.setting(reporting_periods_of(catalog, None, options.now)), tells_flaws=True)
    with Session(options.open_engine) as session:
        yield trace(Run(setting, session), Compilation(catalog))


def counted(measurement: Measurement) -> RowCounts:
    """What the measurement says of its rows."""
    counts = (measurement.population, measurement.measured, measurement.missing, measurement.excluded)
    assert None not in counts
    return RowCounts(*(count or 0 for count in counts))


def looked_at(tracing: Tracing) -> list[Measurement]:
    """The judged measurements with all their segments, and the whole of some other periods, the running one too."""
    shown = sorted({m.period for m in tracing.judged.measurements})
    others = {*shown[:1], *shown[-3:]}
    return [
        m for m in tracing.judged.measurements
        if m.judged or (m.is_whole and m.period in others)
    ]  # fmt: skip


@pytest.mark.parametrize("folder", SAMPLES, ids=["service-desk", "it-department"])
def test_rows_of_every_definition_of_the_samples_add_up(folder: Path) -> None:
    """Rows of every KPI add up to population, measured, missing, excluded; a derived one names where its rows are."""
    with traced(folder) as tracing:
        derived = tracing.judged.wanted.computable.derived
        measurements = looked_at(tracing)
        assert {m.kpi for m in measurements} == set(tracing.judged.wanted.metrics)
        for measurement in measurements:
            rows = tracing.rows_of(measurement, 2)
            if measurement.kpi in derived:
                assert isinstance(rows, InputRows)
                assert rows.inputs
                assert derived.keys().isdisjoint(rows.inputs)
                assert rows.values == measurement.inputs
            else:
                assert isinstance(rows, TracedRows), measurement
                assert rows.counts == counted(measurement), measurement
                assert sum(rows.standings.values()) == rows.counts.population + rows.counts.excluded


TICKETS = """id,opened,closed,replied,prio,merged,user,changed
1,2026-03-02 09:00,2026-03-02 11:00,2026-03-02 09:10,high,false,ann,2026-03-02 12:00
1,2026-03-02 09:00,2026-03-02 10:00,2026-03-02 09:10,high,false,ann,2026-03-02 10:30
2,2026-03-05 09:00,,2026-03-05 11:00,low,false,bob,2026-03-05 12:00
3,2026-03-06 17:00,2026-03-09 10:00,soon,low,false,,2026-03-09 12:00
4,2026-02-27 09:00,2026-03-01 09:00,2026-02-27 08:00,,false,dan,2026-03-01 12:00
5,2026-03-10 09:00,2026-03-10 10:00,,high,true,eve,2026-03-10 12:00
6,2026-03-11 09:00,2026-04-01 10:00,2026-03-12 09:00,high,false,fay,2026-04-01 12:00
7,2026-02-20 09:00,2026-03-31 22:30,2026-02-20 09:30,low,,gus,2026-03-31 23:00
"""
OUTAGES = """began,ended
2026-02-28 22:00,2026-03-01 04:00
2026-03-08 10:00,2026-03-08 09:00
2026-03-20 10:00,
2026-02-01 10:00,2026-02-01 11:00
"""
EVENTS = """ticket_id,at,field,value,by
1,2026-03-02 09:00,status,new,requester
1,2026-03-02 10:00,status,resolved,agent
2,2026-03-05 09:00,status,new,requester
2,2026-03-05 10:00,status,pending,agent
6,2026-03-11 09:00,status,new,requester
6,2026-03-20 09:00,status,resolved,agent
"""
PROJECT = {
    "version": 1, "name": "Rows", "timezone": "Europe/London", "as_of": "2026-04-03",
    "calendars": {"business": {"hours": {"mon-fri": ["09:00-17:00"]}}},
    "datasets": {
        "tickets": {
            "source": "tickets.csv", "key": "ticket_id", "latest_by": ["updated_at"], "time": "created_at",
            "max_bad_rows": 5, "complete_from": "2026-01-01", "complete_through": "2026-04-02",
            "columns": {
                "ticket_id": "id", "created_at": "opened", "resolved_at": "closed", "first_response_at": "replied",
                "priority": "prio", "merged": "merged", "requester": "user",
                "updated_at": {"from": "changed", "type": "timestamp"},
            },
            "derive": {"wait": "minutes_between(created_at, first_response_at)"},
            "clocks": {"work": {"history": "ticket_events", "running": ["new"], "calendar": "business"}},
        },
        "ticket_events": {"source": "events.csv", "complete_through": "2026-04-02"},
        "outages": {
            "source": "outages.csv", "time": "began", "complete_from": "2026-01-01", "complete_through": "2026-04-02",
            "columns": {name: {"from": name, "type": "timestamp"} for name in ("began", "ended")},
        },
    },
}  # fmt: skip
KPIS: dict[str, dict[str, object]] = {
    "wait_median": {"formula": "median(wait)", "unit": "minutes", "where": "not coalesce(merged, false)",
                    "target": {"at_most": "30 min"}, "segments": ["priority"]},
    "quick": {"formula": "share(wait <= 30)", "unit": "percent", "target": {"at_least": "95%"}},
    "slow": {"formula": "share(wait > 30)", "unit": "percent", "target": {"at_most": "5%"}},
    "business": {"formula": "avg(business_hours(created_at, resolved_at))", "unit": "hours", "time": "resolved_at",
                 "target": {"between": ["0.5 h", "2 h"]}},
    "backlog": {"formula": "count(*)", "unit": "count", "open_between": ["created_at", "resolved_at"]},
    "backlog_age": {"formula": "avg(days_between(created_at, period_end))", "unit": "days",
                    "open_between": ["created_at", "resolved_at"], "target": {"at_most": "10 days"}},
    "recent": {"formula": "count(*) filter (where priority = 'high')", "unit": "count", "window": "45 days"},
    "both": {"formula": "avg(wait) / max(hours_between(created_at, resolved_at))", "unit": "ratio"},
    "worked": {"formula": "avg(work)", "unit": "minutes", "target": {"at_most": "90 min"}},
    "people": {"formula": "count(distinct requester)", "unit": "count"},
    "down": {"dataset": "outages", "formula": "sum(overlap_minutes())", "unit": "minutes", "spans": ["began", "ended"]},
}  # fmt: skip


def written(folder: Path, texts: dict[str, str], definitions: dict[str, dict[str, object]]) -> Path:
    """A project of these tables and definitions."""
    (folder / "kpis").mkdir()
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)
    (folder / "kpi.yaml").write_text(yaml.safe_dump(PROJECT))
    for kpi_id, fields in definitions.items():
        own = {"version": 1, "id": kpi_id, "name": kpi_id, "dataset": "tickets", "min_measured": "0%", **fields}
        (folder / f"kpis/{kpi_id}.yaml").write_text(yaml.safe_dump(own))
    return folder


@pytest.fixture(scope="module")
def tracing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracing]:
    """Stocks, spans, a window, a clock, working time, personal columns, bad cells, states of one key."""
    texts = {"tickets": TICKETS, "outages": OUTAGES, "events": EVENTS}
    with traced(written(tmp_path_factory.mktemp("rows"), texts, KPIS)) as tracing:
        yield tracing


def test_the_rest_of_a_large_segment_adds_up(tmp_path: Path) -> None:
    """Of more than 50 values the smaller ones are `(other)`: its rows are those of no value that is shown."""
    head, *_ = TICKETS.splitlines()
    lines = [f"{n},2026-03-02 09:00,,2026-03-02 09:10,p{n % 57},{n % 3 == 0},u,2026-03-03 09:00" for n in range(200)]
    texts = {"tickets": "\n".join((head, *lines)), "outages": OUTAGES, "events": EVENTS}
    with traced(written(tmp_path, texts, {"wait_median": KPIS["wait_median"]})) as tracing:
        parts = [m for m in tracing.judged.measurements if m.judged]
        assert ((("priority", OTHER),)) in [m.segment for m in parts]
        for measurement in parts:
            rows = tracing.rows_of(measurement, 5)
            assert isinstance(rows, TracedRows)
            assert rows.counts == counted(measurement), measurement


def rows_of(tracing: Tracing, kpi_id: str, limit: int = 50) -> TracedRows:
    """The rows of March."""
    measurement = next(m for m in tracing.judged.measurements if m.kpi == kpi_id and m.judged and m.is_whole)
    rows = tracing.rows_of(measurement, limit)
    assert isinstance(rows, TracedRows)
    return rows


def keys(rows: TracedRows, standing: Standing) -> list[str | None]:
    """The keys of the rows of a standing, in their order."""
    return [row.cells[0] for row in rows.rows if row.standing is standing]


def row(rows: TracedRows, key: str) -> TracedRow:
    """The row of a key."""
    return next(row for row in rows.rows if row.cells[0] == key)


def test_rows_add_up_in_every_period_and_segment(tracing: Tracing) -> None:
    """Also for stocks, windows, spans, clocks, working time and several aggregates: whatever the period and segment."""
    assert {m.kpi for m in tracing.judged.measurements} == set(KPIS)
    for measurement in (m for m in tracing.judged.measurements if m.period.start >= dt.date(2026, 1, 1)):
        rows = tracing.rows_of(measurement, 50)
        assert isinstance(rows, TracedRows), (measurement, tracing.diagnostics)
        assert rows.counts == counted(measurement), measurement
        assert Counter(r.standing for r in rows.rows) == Counter({s: n for s, n in rows.standings.items() if n})


def test_misses_are_the_rows_past_the_target(tracing: Tracing) -> None:
    """Of an average or a quantile the rows past its limit, worst first; of a share those on its losing side."""
    assert keys(rows_of(tracing, "wait_median"), Standing.MISSED) == ["6", "2"]
    assert [r.value for r in rows_of(tracing, "wait_median").rows if r.standing is Standing.MISSED] == [1440, 120]
    assert sorted(map(str, keys(rows_of(tracing, "quick"), Standing.MISSED))) == ["2", "6"]
    assert sorted(map(str, keys(rows_of(tracing, "slow"), Standing.MISSED))) == ["2", "6"]
    assert keys(rows_of(tracing, "business"), Standing.MISSED) == ["7", "4"]
    assert keys(rows_of(tracing, "backlog_age"), Standing.MISSED) == ["2", "6"]


def test_a_formula_of_many_rows_says_that_none_misses_alone(tracing: Tracing) -> None:
    """Where no row has a value of its own, or no target is in force, it is said instead of guessed."""
    assert "No target" in rows_of(tracing, "both").no_misses
    assert rows_of(tracing, "wait_median").no_misses == ""


def test_rows_that_are_left_out_say_why(tracing: Tracing) -> None:
    """An empty cell, a cell that does not fit, times in the wrong order, a filter, the condition: each is told."""
    wait = rows_of(tracing, "wait_median")
    assert row(wait, "5").standing is Standing.EXCLUDED
    assert row(wait, "3").lacks == ("the cell in first_response_at does not fit its type or its bounds",)
    assert row(rows_of(tracing, "quick"), "5").lacks == ("wait has no value",)
    assert row(rows_of(tracing, "recent"), "2").standing is Standing.FILTERED
    assert row(rows_of(tracing, "people"), "3").lacks == ("requester is empty",)
    backwards = row(rows_of(tracing, "down"), "2026-03-08 10:00:00")
    assert (backwards.standing, backwards.lacks) == (Standing.MISSING, ("it ends before it begins",))


def test_a_time_in_the_wrong_order_is_told(tracing: Tracing) -> None:
    """Ticket 4 was answered before it was created: the contract's order makes the cell missing."""
    february = next(m for m in tracing.judged.measurements if m.kpi == "wait_median" and m.period.start.month == 2)
    rows = tracing.rows_of(february, 50)
    assert isinstance(rows, TracedRows)
    assert row(rows, "4").lacks == ("first_response_at lies before the time that it must follow",)


def test_personal_columns_are_never_shown(tracing: Tracing) -> None:
    """A formula may count people; their names are in no row, and it is said that they are left out."""
    rows = rows_of(tracing, "people")
    assert (rows.columns, rows.personal) == (("ticket_id", "created_at"), ("requester",))
    names = {user for user in (line["user"] for line in csv.DictReader(TICKETS.splitlines())) if user}
    for kpi_id in KPIS:
        cells = {cell for r in rows_of(tracing, kpi_id).rows for cell in r.cells}
        assert names.isdisjoint(cells)


def test_times_stand_on_the_wall_of_the_project(tracing: Tracing) -> None:
    """On 31 March clocks are an hour ahead: what the source wrote there is shown as it was written."""
    rows = rows_of(tracing, "business")
    assert row(rows, "7").cells[rows.columns.index("resolved_at")] == "2026-03-31 22:30:00"


def test_numbers_are_shown_without_idle_zeros() -> None:
    """Money of 795.000000 is 795; a text such as a version 1.10 stays as it is."""
    with traced(SAMPLES[0]) as tracing:
        cost = rows_of(tracing, "support_cost")
    position = cost.columns.index("cost")
    assert {r.cells[position] for r in cost.rows} >= {"795", "5953.67"}


def test_a_limit_shortens_the_lists_and_no_count(tracing: Tracing) -> None:
    """At most so many rows of each standing are listed; all are counted."""
    rows = rows_of(tracing, "backlog", limit=1)
    assert len(rows.rows) == 1 < rows.standings[Standing.MEASURED]
