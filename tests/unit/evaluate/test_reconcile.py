"""A figure that the vendor reported: compared as it is written, and explained by the reading that gives it.

Every figure here is computed in plain Python from the same rows, never by the product.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft7Validator

from kpi_framework.evaluate import reconcile as module
from kpi_framework.model.measurement import Reconciliation, Scorecard
from kpi_framework.model.record import replace
from kpi_framework.report.formats.json import scorecard_json
from kpi_framework.report.pages.scorecard_markdown import scorecard_markdown
from kpi_framework.report.pages.show import SHOW_FORMATS, ShowReport
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas/scorecard.schema.json").read_text(encoding="utf-8"))
NEW_YORK = ZoneInfo("America/New_York")
Ticket = tuple[int, dt.datetime, dt.datetime, dt.datetime, dt.datetime, bool]


def _tickets() -> list[Ticket]:
    """A number, the creation, the first resolution, the last one, the closure, and whether it was merged."""
    draw = random.Random(11)  # noqa: S311 - rows, not secrets
    tickets = []
    for number in range(1, 201):
        created = dt.datetime(2026, 2, 1) + dt.timedelta(minutes=draw.randrange(89 * 1440))
        first = created + dt.timedelta(minutes=draw.randrange(30, 9_000))
        last = first + dt.timedelta(minutes=draw.choice([0, 0, draw.randrange(100, 20_000)]))
        tickets.append((number, created, first, last, last + dt.timedelta(days=7), draw.random() < 0.2))
    return tickets


TICKETS = _tickets()
KEPT = [t for t in TICKETS if not t[5]]
MARCH = [t for t in KEPT if t[1].month == 3]


def _minutes(start: dt.datetime, end: dt.datetime) -> float:
    """Elapsed minutes between two times on New York's wall, whose clocks go forward on 8 March."""
    return (_in_utc(end) - _in_utc(start)) / dt.timedelta(minutes=1)


def _worked(start: dt.datetime, end: dt.datetime) -> int:
    """Minutes from Monday to Friday, 09:00 to 17:00, counted one by one."""
    moment, minutes = start, 0
    while moment < end:
        minutes += moment.weekday() < 5 and 9 <= moment.hour < 17
        moment += dt.timedelta(minutes=1)
    return minutes


def _in_utc(wall: dt.datetime) -> dt.datetime:
    return wall.replace(tzinfo=NEW_YORK).astimezone(dt.UTC)


def _from_utc(wall: dt.datetime) -> dt.datetime:
    return wall.replace(tzinfo=dt.UTC).astimezone(NEW_YORK)


MERGED = "not coalesce(merged, false)"
RESOLUTION = {"formula": "median(minutes_between(created_at, resolved_at))", "unit": "minutes", "counts": "Elapsed."}
WORKED = {"formula": "median(business_minutes(created_at, resolved_at))", "unit": "minutes"}
VOLUME = {"formula": "count(*)", "unit": "count"}
GAP = dt.timedelta(hours=7)
"""From the wall of the zone Etc/GMT+7, which has no summer time, to UTC."""
HOURS = {"formula": "avg(extract(hour from created_at))", "unit": "score"}


def _project(root: Path, metric: Mapping[str, Any], *reported: Mapping[str, object], **project: object) -> Options:
    """Tickets, their history, and one definition over them that somebody else reported figures of."""
    for folder in ("kpis", "data"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    definition = {"version": 1, "kind": "metric", "id": "ours", "name": "Ours", "dataset": "tickets", "where": MERGED}
    definition |= {**metric, **({"reported": reported} if reported else {})}
    (root / "kpis/ours.yaml").write_text(json.dumps({k: v for k, v in definition.items() if v is not None}, indent=1))
    tickets = {
        "source": "data/tickets.csv", "key": "ticket_id", "time": "created_at", "complete_from": "2026-02-01",
        "complete_through": "2026-06-30", "rules": {},
    }  # fmt: skip
    config = {
        "version": 1, "name": "A desk", "timezone": "America/New_York", "as_of": "2026-06-30",
        "calendars": {"business": {"hours": {"mon-fri": ["09:00-17:00"]}}}, "datasets": {"tickets": tickets},
    }  # fmt: skip
    (root / "kpi.yaml").write_text(json.dumps({**config, **project}))
    rows = [f"{n},{c},{last},{closed},{str(m).lower()}" for n, c, _, last, closed, m in TICKETS]
    (root / "data/tickets.csv").write_text(
        "\n".join(["ticket_id,created_at,resolved_at,closed_at,merged", *rows]) + "\n"
    )
    events = [f"{n},{at},status,{status}" for n, *times, _ in TICKETS for at, status in _history(*times)]
    (root / "data/events.csv").write_text("\n".join(["ticket_id,at,field,value", *events]) + "\n")
    return Options(ProjectRoot(root), dt.datetime.now(dt.UTC), periods=5)


def _history(
    created: dt.datetime, first: dt.datetime, last: dt.datetime, closed: dt.datetime
) -> list[tuple[dt.datetime, str]]:
    """What happened to a ticket: some were opened again a minute before they were resolved for good."""
    again = [(last - dt.timedelta(minutes=1), "open"), (last, "resolved")] if last > first else []
    return [(created, "new"), (first, "resolved"), *again, (closed, "closed")]


def _card(options: Options) -> Scorecard:
    card = check(options).scorecard
    assert card is not None
    return card


def _figure(root: Path, metric: Mapping[str, Any], value: object, **project: object) -> Reconciliation:
    """The comparison with one figure of March."""
    figure = {"period": "2026-03", "value": value, "source": "The vendor"}
    (reconciliation,) = _card(_project(root, metric, figure, **project)).reported
    return reconciliation


def _names(reconciliation: Reconciliation) -> list[str]:
    return [attempt.variant for attempt in reconciliation.explanations]


def _tenths(minutes: float) -> str:
    return f"{minutes:.1f} min"


EXPLAINED: Mapping[str, tuple[Mapping[str, Any], Callable[[], object], str]] = {
    "elapsed": (WORKED, lambda: _tenths(median(_minutes(t[1], t[3]) for t in MARCH)), "elapsed"),
    "working": (RESOLUTION, lambda: _tenths(median(_worked(t[1], t[3]) for t in MARCH)), "calendar:business"),
    "closure": (RESOLUTION, lambda: _tenths(median(_minutes(t[1], t[4]) for t in MARCH)), "closure"),
    "merged left in": (VOLUME, lambda: sum(t[1].month == 3 for t in TICKETS), "merged_in"),
    "merged left out": ({**VOLUME, "where": None}, lambda: len(MARCH), "merged_out"),
    "by resolution": (HOURS, lambda: _mean([t[1].hour for t in KEPT if t[3].month == 3]), "by_resolution"),
    "by creation": ({**HOURS, "time": "resolved_at"}, lambda: _mean([t[1].hour for t in MARCH]), "by_creation"),
    "months of UTC": (
        {"formula": "max(minutes_between(period_start, created_at))", "unit": "minutes", "counts": "Elapsed."},
        lambda: _tenths(
            max(
                (_in_utc(t[1]) - dt.datetime(2026, 3, 1, tzinfo=dt.UTC)) / dt.timedelta(minutes=1)
                for t in KEPT
                if _in_utc(t[1]).month == 3
            )
        ),
        "periods:UTC",
    ),
    "times of UTC": (
        HOURS,
        lambda: _mean([_from_utc(t[1]).hour for t in KEPT if _from_utc(t[1]).month == 3]),
        "times:UTC",
    ),
}  # fmt: skip


def _mean(hours: list[int]) -> str:
    return f"{sum(hours) / len(hours):.4f}"


@pytest.mark.parametrize("case", EXPLAINED)
def test_the_reading_that_gives_the_vendors_figure_is_named(case: str, tmp_path: Path) -> None:
    """What a person computes in plain Python under another reading is explained by that reading, and by no other."""
    metric, figure, variant = EXPLAINED[case]
    reconciliation = _figure(tmp_path, metric, figure())
    assert reconciliation.differs
    assert _names(reconciliation) == [variant]


def test_the_zone_that_a_source_states_is_tried(tmp_path: Path) -> None:
    """The vendor's months begin where its times were written, ours in UTC; working hours stay where they were."""
    hours = {**HOURS, "formula": "avg(business_hours(created_at, resolved_at))", "unit": "hours"}
    worked = [_worked(t[1] + GAP, t[3] + GAP) / 60 for t in MARCH]
    figure = {"period": "2026-03", "value": f"{sum(worked) / len(worked):.3f} h", "source": "The vendor"}
    options = _project(tmp_path, hours, figure, timezone="UTC")
    path = tmp_path / "kpi.yaml"
    config = json.loads(path.read_text())
    config["datasets"]["tickets"]["source"] = {"path": "data/tickets.csv", "timezone": "Etc/GMT+7"}
    path.write_text(json.dumps(config))
    (reconciliation,) = _card(options).reported
    assert reconciliation.differs
    assert _names(reconciliation) == ["periods:Etc/GMT+7"]


HISTORY = {"source": "data/events.csv", "contract": "ticket_events"}


def _with_history(options: Options, clocks: Mapping[str, object]) -> None:
    path = options.project_root.folder / "kpi.yaml"
    config = json.loads(path.read_text())
    config["datasets"]["events"] = HISTORY
    config["datasets"]["tickets"] |= {"clocks": clocks}
    path.write_text(json.dumps(config))


@pytest.mark.parametrize("reopened", [True, False], ids=["the export's column", "a clock"])
def test_the_first_resolution_is_tried_where_a_history_knows_it(tmp_path: Path, *, reopened: bool) -> None:
    """Tickets that were opened again: the vendor counts to the first resolution, we to the last one."""
    ours = RESOLUTION if reopened else {**RESOLUTION, "formula": "median(minutes_between(created_at, done))"}
    vendor = _tenths(median(_minutes(t[1], t[2]) for t in MARCH))
    options = _project(tmp_path, ours, {"period": "2026-03", "value": vendor, "source": "The vendor"})
    _with_history(options, {} if reopened else {"done": {"history": "events", "last": "resolved"}})
    (reconciliation,) = _card(options).reported
    assert reconciliation.value == pytest.approx(median(_minutes(t[1], t[3]) for t in MARCH))
    assert _names(reconciliation) == ["first_resolution"]


def test_the_last_resolution_is_tried_where_ours_is_the_first(tmp_path: Path) -> None:
    """The other way round: a clock that takes the first one."""
    ours = {**RESOLUTION, "formula": "median(minutes_between(created_at, done))"}
    vendor = _tenths(median(_minutes(t[1], t[3]) for t in MARCH))
    options = _project(tmp_path, ours, {"period": "2026-03", "value": vendor, "source": "The vendor"})
    _with_history(options, {"done": {"history": "events", "first": "resolved"}})
    (reconciliation,) = _card(options).reported
    assert _names(reconciliation) == ["last_resolution"]


def test_a_derived_value_is_explained_by_what_it_stands_on(tmp_path: Path) -> None:
    """A share of two counts: the vendor's merged tickets are in its inputs."""
    figure = {"period": "2026-03", "source": "The vendor"}
    everything = [t for t in TICKETS if t[1].month == 3]
    vendor = sum(_minutes(t[1], t[3]) < 4_000 for t in everything) / len(everything)
    derived = {"formula": "quick / volume", "unit": "ratio", "dataset": None, "where": None}
    options = _project(tmp_path, derived, {**figure, "value": f"{vendor:.5f}"})
    base = {
        "version": 1,
        "kind": "metric",
        "dataset": "tickets",
        "where": MERGED,
        "unit": "count",
        "counts": "Elapsed.",
    }
    quick = "count_if(minutes_between(created_at, resolved_at) < 4000)"
    for name, formula in (("quick", quick), ("volume", "count(*)")):
        (tmp_path / f"kpis/{name}.yaml").write_text(json.dumps({**base, "id": name, "name": name, "formula": formula}))
    (reconciliation,) = _card(options).reported
    assert _names(reconciliation) == ["merged_in"]


def test_a_figure_that_nothing_explains_is_told(tmp_path: Path) -> None:
    """The finding stands at the figure; every reading that was tried is there with its value, and none is named."""
    card = _card(_project(tmp_path, VOLUME, {"period": "2026-03", "value": 99_999, "source": "The vendor"}))
    (finding,) = [f for f in card.diagnostics if f.rule == "reported-differs"]
    assert (finding.kpi, finding.span.path, finding.severity) == ("ours", "kpis/ours.yaml", "warning")
    (reconciliation,) = card.reported
    assert _names(reconciliation) == []
    assert {a.variant: a.value for a in reconciliation.attempts}["merged_in"] == sum(t[1].month == 3 for t in TICKETS)
    assert reconciliation.difference == len(MARCH) - 99_999


def test_only_readings_that_change_the_definition_are_tried(tmp_path: Path) -> None:
    """A count has no working time and no time of resolution; a stock has no other date."""
    counted = {a.variant for a in _figure(tmp_path / "count", VOLUME, 99_999).attempts}
    assert counted == {"periods:UTC", "times:UTC", "merged_in", "by_resolution", "by_closure"}
    stock = {**VOLUME, "open_between": ["created_at", "resolved_at"]}
    tried = {a.variant for a in _figure(tmp_path / "stock", stock, 99_999).attempts}
    assert tried == {"periods:UTC", "times:UTC", "merged_in", "closure"}


def test_nothing_is_tried_where_the_figures_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure as it was rounded by its publisher costs no further run; neither does a project without any."""
    monkeypatch.setattr(module, "evaluate", lambda *_: pytest.fail("nothing has to be tried"))
    value = median(_minutes(t[1], t[3]) for t in MARCH)
    for count, figure in enumerate([f"{value:.0f} min", f"{value / 60:.1f} h", f"{value / 1440:.2f} days"]):
        reconciliation = _figure(tmp_path / str(count), RESOLUTION, figure)
        assert reconciliation.agrees
        assert reconciliation.attempts == ()
    assert _card(_project(tmp_path / "without", RESOLUTION)).reported == ()


def test_a_figure_changes_nothing_else(tmp_path: Path) -> None:
    """Values, statuses, hashes and the verdict are byte for byte those of the project without the figure."""
    with_figure = _card(_project(tmp_path, VOLUME, {"period": "2026-03", "value": 1, "source": "The vendor"}))
    without = _card(_project(tmp_path, VOLUME))
    findings = tuple(f for f in with_figure.diagnostics if f.rule != "reported-differs")
    assert "reported" not in json.loads(scorecard_json(without))
    assert scorecard_json(replace(with_figure, reported=(), diagnostics=findings)) == scorecard_json(without)


def test_a_period_that_is_not_shown_is_compared_all_the_same(tmp_path: Path) -> None:
    """How many periods are shown changes no comparison: February is compared where June alone is shown."""
    vendor = sum(t[1].month == 2 for t in TICKETS)
    options = _project(tmp_path, VOLUME, {"period": "2026-02", "value": vendor, "source": "The vendor"})
    (long,), (short,) = (_card(replace(options, periods=n)).reported for n in (12, 1))
    assert long == short
    assert (short.value, _names(short)) == (sum(t[1].month == 2 for t in KEPT), ["merged_in"])


def test_a_value_that_is_unknown_is_compared_with_nothing(tmp_path: Path) -> None:
    """Before the data begin, and in a period that is still to come, ours is unknown: it neither agrees nor differs."""
    figures = [{"period": p, "value": 5, "source": "The vendor"} for p in ("2025-03", "2027-03")]
    card = _card(_project(tmp_path, VOLUME, *figures))
    assert [(r.value, r.agrees, r.differs, r.attempts) for r in card.reported] == [(None, False, False, ())] * 2
    assert "reported-differs" not in {f.rule for f in card.diagnostics}


def test_a_value_that_is_not_final_is_compared_and_not_told(tmp_path: Path) -> None:
    """In the running month the figures may differ because it goes on: no finding, and the page says "so far"."""
    options = _project(
        tmp_path, VOLUME, {"period": "2026-04", "value": 99_999, "source": "Zendesk"}, as_of="2026-04-20"
    )
    card = _card(options)
    (reconciliation,) = card.reported
    assert (reconciliation.differs, reconciliation.is_final) == (True, False)
    assert "reported-differs" not in {f.rule for f in card.diagnostics}
    assert "so far" in SHOW_FORMATS["markdown"](ShowReport(card, "ours"))


def test_what_was_compared_is_in_the_scorecard(tmp_path: Path) -> None:
    """The JSON keeps its schema, and the page names the vendor, both figures and the explanation."""
    card = _card(_project(tmp_path, VOLUME, {"period": "2026-03", "value": len(MARCH) + 1, "source": "Zendesk"}))
    written = json.loads(scorecard_json(card))
    Draft7Validator(SCHEMA).validate(written)
    assert written["reported"][0]["difference"] == -1
    vendor = sum(t[1].month == 3 for t in TICKETS)
    page = scorecard_markdown(
        _card(_project(tmp_path, VOLUME, {"period": "2026-03", "value": vendor, "source": "Zendesk"}))
    )
    row = next(line for line in page.splitlines() if "Zendesk" in line)
    assert all(text in row for text in (str(vendor), str(len(MARCH)), "merged tickets left in"))


WRONG: Mapping[str, tuple[Mapping[str, object], str]] = {
    "a year of months": ({"period": "2026", "value": 5}, "wrong-type"),
    "a day within a month": ({"period": "2026-03-10", "value": 5}, "wrong-type"),
    "no month of a year": ({"period": "2026-13", "value": 5}, "wrong-type"),
    "another unit": ({"period": "2026-03", "value": "5 min"}, "target-unit"),
    "relative": ({"period": "2026-03", "value": "90% of baseline"}, "target-unit"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_figure_that_cannot_be_read_is_a_finding(case: str, tmp_path: Path) -> None:
    """Its period is one of the definition's, its value a number in its unit; else nothing is compared."""
    figure, rule = WRONG[case]
    card = _card(_project(tmp_path, VOLUME, {**figure, "source": "The vendor"}))
    assert [f.rule for f in card.diagnostics if f.kpi == "ours"] == [rule]
    assert card.reported == ()


@pytest.mark.parametrize(
    ("grain", "names"),
    [("month", ["2026-03", "2026-03-01"]), ("week", ["2026-03-02"]), ("quarter", ["2026-04", "2026-04-01"]),
     ("year", ["2026", "2026-01", "2026-01-01"])],
)  # fmt: skip
def test_a_period_has_its_names(grain: str, names: list[str], tmp_path: Path) -> None:
    """Its first day, and the month or year in which no other one of its kind begins."""
    figures = [{"period": name, "value": 5, "source": "The vendor"} for name in names]
    card = _card(_project(tmp_path, {**VOLUME, "period": grain}, *figures))
    assert len({(r.period.grain, r.period.start) for r in card.reported}) == 1
    assert len(card.reported) == len(names)
