"""Laws of formulas: one meaning, one hash; a cube rolled up gives what a direct query gives."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_framework.compile.language.canonical import canonical, canonical_text, one_text
from kpi_framework.compile.language.syntax import parse
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.report.formats.json import scorecard_json
from kpi_framework.workflow.checking.check import Options, check, run_tests
from kpi_framework.workflow.project import ProjectRoot

pytestmark = pytest.mark.usefixtures("engine_inside")

ROOT = Path(__file__).parent.parent.parent

leaves = st.sampled_from(["a", "b", "c", "1", "2.5", "'x'", "true"])


def _joined(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(children, children)
    return st.one_of(
        pairs.map(lambda p: f"({p[0]} = {p[1]})"),
        pairs.map(lambda p: f"({p[0]} < {p[1]})"),
        pairs.map(lambda p: f"(({p[0]}) and ({p[1]}))"),
        pairs.map(lambda p: f"({p[0]} or {p[1]})"),
        pairs.map(lambda p: f"coalesce({p[0]}, {p[1]})"),
        children.map(lambda c: f"not ({c})"),
        children.map(lambda c: f"(case when {c} then 1 else 0 end)"),
    )


expressions = st.recursive(leaves, _joined, max_leaves=12)


@given(expressions, st.randoms(use_true_random=False))
def test_spelling_means_nothing(sql: str, random: Any) -> None:
    """White space, letter case of words, and redundant brackets leave one text."""
    spaced = "".join(c.upper() if c.isalpha() and random.random() < 0.5 and "'" not in sql else c for c in sql)
    loose = f"(( {spaced.replace(' ', chr(10) + '  ')} ))"
    assert one_text(sql) == one_text(loose)


@given(expressions)
def test_canonical_form_is_a_fixed_point(sql: str) -> None:
    """What is canonical stays as it is."""
    once = canonical(parse(sql))
    assert canonical_text(canonical(once)) == canonical_text(once)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a = 1 and b = 2", "b = 2 AND (1 = a)", True),
        ("x in (2, 1)", "x in (1, 2, 1)", True),
        ("a >= b", "b <= a", True),
        ("x between 1 and 2", "x >= 1 and x <= 2", True),
        ("x not like 'a%'", "not (x like 'a%')", True),
        ("count(1)", "count(*)", True),
        ("median(x)", "quantile_cont(x, 0.50)", True),
        ("if(a, 1, 2)", "case when a then 1 else 2 end", True),
        ("a - b", "b - a", False),
        ("a < b", "b < a", False),
        ("a < b", "a <= b", False),
        ("sum(a) / sum(b)", "sum(b) / sum(a)", False),
        ("a and b or c", "a and (b or c)", False),
        ("coalesce(a, b)", "coalesce(b, a)", False),
        ("x = 'A'", "x = 'a'", False),
        ("count(a)", "count(distinct a)", False),
        ("quantile_cont(x, 0.9)", "quantile_disc(x, 0.9)", False),
    ],
)
def test_equal_texts_mean_the_same_and_others_do_not(one: str, other: str, same: bool) -> None:
    """Rewritten formulas keep their hash; a change of meaning never does."""
    assert (one_text(one) == one_text(other)) is same


# numbers over random rows

cells = st.fixed_dictionaries({
    "day": st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
    "kind": st.sampled_from([None, "a", "b", "c"]), "place": st.sampled_from([None, "x", "y"]),
    "n": st.one_of(st.none(), st.integers(-5, 5)), "ok": st.sampled_from([None, True, False]),
})  # fmt: skip
FORMULAS = {
    "rows_": ("count(*)", "count", "count(*)"),
    "total": ("sum(n)", "count", "sum(n)"),
    "mean": ("avg(n)", "score", "avg(n)"),
    "least_": ("min(n)", "score", "min(n)"),
    "kinds": ("count(distinct kind)", "count", "count(distinct kind)"),
    "good": ("share(ok)", "percent", "avg(ok)"),
    "ratio": ("sum(n) / count_if(ok)", "ratio", "1.0 * sum(n) / nullif(sum(ok), 0)"),
}
PARTS = ((), ("kind",), ("place",), ("kind", "place"))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, min_size=1, max_size=60))
def test_a_rolled_up_cube_gives_what_a_direct_query_gives(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    """Every value of every month and part, of seven formulas, equals what SQLite counts over the same rows."""
    root = tmp_path / str(len(list(tmp_path.iterdir())))
    _project(root, rows)
    card = check(Options(ProjectRoot(root), dt.datetime.now(dt.UTC))).scorecard
    assert card is not None
    found = {
        (m.kpi, m.period.start.strftime("%Y-%m"), m.segment): m.value
        for m in card.measurements
        if m.period.start.year == 2026
    }
    assert all(found[k, f"2026-0{m}", ()] is not None for k in ("rows_", "kinds") for m in (1, 2, 3))
    for key, wanted in _counted(rows):
        assert found[key] == (None if wanted is None else pytest.approx(wanted, rel=1e-9)), key


def _project(root: Path, rows: list[dict[str, Any]]) -> None:
    (root / "kpis").mkdir(parents=True)
    types = {"day": "date", "kind": "text", "place": "text", "n": "integer", "ok": "boolean"}
    columns = {name: {"from": name, "type": kind} for name, kind in types.items()}
    dataset = {
        "source": "rows.csv",
        "columns": columns,
        "time": "day",
        "complete_from": "2024-01-01",
        "complete_through": "2026-04-30",
    }
    project = {
        "version": 1,
        "name": "Rows",
        "timezone": "Europe/London",
        "as_of": "2026-04-10",
        "datasets": {"rows": dataset},
    }
    (root / "kpi.yaml").write_text(json.dumps(project))
    for one, (formula, unit, _) in FORMULAS.items():
        metric = {"version": 1, "kind": "metric", "id": one, "name": one, "dataset": "rows", "formula": formula,
                  "unit": unit, "min_measured": "0%", "segments": ["kind", "place", ["kind", "place"]]}  # fmt: skip
        (root / f"kpis/{one}.yaml").write_text(json.dumps(metric))
    lines = [",".join("" if c is None else str(c).lower() for c in (row[n] for n in types)) for row in rows]
    (root / "rows.csv").write_text("\n".join([",".join(types), *lines]) + "\n")


def _counted(rows: list[dict[str, Any]]) -> Iterable[tuple[tuple[str, str, Any], float | None]]:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (month, kind, place, n, ok)")
    connection.executemany(
        "insert into t values (?, ?, ?, ?, ?)",
        [(r["day"].strftime("%Y-%m"), r["kind"], r["place"], r["n"], r["ok"]) for r in rows],
    )
    for part in PARTS:
        for one, (_, _, sql) in FORMULAS.items():
            keys = ", ".join(("month", *part))
            for row in connection.execute(f"select {keys}, {sql} from t group by {keys}"):  # noqa: S608
                yield (one, row[0], tuple(zip(part, row[1:-1], strict=True))), row[-1]
    connection.close()


# the same number on any thread count, from any format


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample project over its CSV files, and over Parquet files of the same rows."""
    found = {}
    for kind in ("csv", "parquet"):
        root = tmp_path_factory.mktemp(kind)
        for part in ("kpis", "baselines", "data"):
            shutil.copytree(ROOT / part, root / part)
        text = (ROOT / "kpi.yaml").read_text(encoding="utf-8")
        (root / "kpi.yaml").write_text(text.replace(".csv", f".{kind}"), encoding="utf-8")
        for path in (root / "data").glob("*.csv") if kind == "parquet" else ():
            duckdb.read_csv(str(path), all_varchar=True).write_parquet(str(path.with_suffix(".parquet")))
        found[kind] = root
    return found


def _card(root: Path, threads: int) -> dict[str, Any]:
    options = Options(
        ProjectRoot(root), dt.datetime.now(dt.UTC), open_engine=lambda: DuckWorker(WorkerLimits(threads=threads))
    )
    card = check(options).scorecard
    assert card is not None
    found: dict[str, Any] = json.loads(scorecard_json(card))
    return {k: v for k, v in found.items() if k not in ("engine", "isolation")}


def test_threads_and_formats_leave_the_scorecard_as_it_is(sample: dict[str, Path]) -> None:
    """One and two threads, CSV and Parquet of the same rows: the same scorecard but for the engine's own fields."""
    first = _card(sample["csv"], 1)
    assert first["measurements"]
    assert _card(sample["csv"], 2) == first
    assert _card(sample["parquet"], 1) == first
    assert _card(sample["parquet"], 2) == first


HELD = {
    "reply": "formula: median(minutes_between(created_at, first_response_at))\nunit: minutes",
    "agents": "formula: count(distinct agent)\nunit: count",
    "reply_of_a_week": "formula: median(minutes_between(created_at, first_response_at))\nunit: minutes\nwindow: 7 days",
    "age_of_open": "formula: median(hours_between(created_at, period_end))\nunit: hours\n"
    "open_between: [created_at, resolved_at]",
    "time_inside": "formula: sum(overlap_minutes())\nunit: minutes\nspans: [created_at, resolved_at]",
}
"""Of rows of one period, of rows that belong to several, and of what looks at the periods' ends."""


def test_how_much_is_held_at_once_leaves_the_scorecard_as_it_is(
    sample: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quantiles and distinct counts taken a period at a time are those taken of all periods at once."""
    root = tmp_path / "held"
    shutil.copytree(sample["csv"], root)
    for one, text in HELD.items():
        head = f"version: 1\nkind: metric\nid: {one}\nname: {one}\ndataset: tickets\n"
        (root / f"kpis/{one}.yaml").write_text(f"{head}{text}\nsegments: [priority, channel]\n", encoding="utf-8")
    at_once = _card(root, 2)
    monkeypatch.setattr("kpi_framework.compile.plan.non_additive.VALUES_AT_ONCE", 1)
    assert _card(root, 2) == at_once
    values = [m["value"] for m in at_once["measurements"] if m["kpi"] in HELD and not m["segment"]]
    assert len(values) >= 12 * len(HELD)
    assert None not in values


def test_a_narrow_number_is_reckoned_with_as_a_wide_one(tmp_path: Path) -> None:
    """A Parquet column of one byte: what a formula makes of it may be larger than a byte holds."""
    rows = (
        "SELECT DATE '2026-03-01' + CAST(i AS INTEGER) AS day, CAST(100 + i AS TINYINT) AS minutes FROM range(20) r(i)"
    )
    duckdb.connect().sql(rows).write_parquet(str(tmp_path / "calls.parquet"))
    dataset = {
        "source": "calls.parquet",
        "time": "day",
        "complete_from": "2024-01-01",
        "complete_through": "2026-04-01",
    }
    (tmp_path / "kpi.yaml").write_text(
        json.dumps({"version": 1, "name": "N", "as_of": "2026-04-01", "datasets": {"calls": dataset}})
    )
    (tmp_path / "kpis").mkdir()
    metric = {"version": 1, "kind": "metric", "id": "squares", "name": "S", "dataset": "calls", "unit": "count"}
    (tmp_path / "kpis/squares.yaml").write_text(json.dumps({**metric, "formula": "sum(minutes * minutes + 1)"}))
    [found] = [m["value"] for m in _card(tmp_path, 2)["measurements"] if m["population"]]
    assert found == sum((100 + i) ** 2 + 1 for i in range(20))


# an example is a check of its rows


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, min_size=1, max_size=20))
def test_an_example_gives_what_a_check_of_its_rows_gives(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    """The rows of one month, as an example: value, population, measured and missing are those of the check."""
    root = tmp_path / str(len(list(tmp_path.iterdir())))
    month = [row | {"day": row["day"].replace(month=3)} for row in rows]
    _project(root, month)
    card = check(Options(ProjectRoot(root), dt.datetime.now(dt.UTC))).scorecard
    assert card is not None
    given_rows = [row | {"day": row["day"].isoformat()} for row in month]
    for one in (m for m in card.judged() if not m.segment):
        path = root / f"kpis/{one.kpi}.yaml"
        counts = {"population": one.population, "measured": one.measured, "missing": one.missing}
        value = f"{one.value * 100:.12g}%" if one.unit == "percent" and one.value is not None else one.value
        example = {"name": "the month", "given": given_rows, "expect": {"value": value, **counts}}
        path.write_text(json.dumps(json.loads(path.read_text()) | {"examples": [example]}))
    outcome = run_tests(Options(ProjectRoot(root), dt.datetime.now(dt.UTC)))
    assert outcome.examples is not None
    assert len(outcome.examples) == len(FORMULAS)
    assert [d.message for d in outcome.diagnostics if d.severity == "error"] == []
