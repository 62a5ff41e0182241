"""Whatever is wrong with a file gets one clear finding with its place and remedy, and nothing else breaks."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.recorder import Recorder
from kpi_framework.workflow.checking.check import Options, check
from kpi_framework.workflow.project import ProjectRoot
from tests.cli.projects import DATA, FORMULA, KPI, kpi, project, text
from tests.history.repository import Repository

pytestmark = pytest.mark.usefixtures("engine_inside")


def spoiled(old: str, new: str) -> str:
    """The KPI with one piece replaced."""
    assert old in text(KPI)
    return text(KPI).replace(old, new, 1)


def formula(sql: str) -> str:
    """The KPI with another formula; its example fails with it."""
    return spoiled(FORMULA, f"formula: {sql}")


def checked(folder: Path) -> tuple[int, dict[str, Any]]:
    """The exit code and the scorecard of a check."""
    ended = kpi(folder, "check", "--format", "json")
    assert "Traceback" not in ended.err
    return ended.code, ended.json


BAD_DEFINITIONS = {
    "half-written YAML": (text(KPI)[:90] + "\nsegments: [priority\n", "yaml-syntax"),
    "a tab": (spoiled("unit: hours", "unit:\thours\n\tperiod: month"), "yaml-syntax"),
    "a conflict marker": ("<<<<<<< HEAD\n" + text(KPI), "yaml-syntax"),
    "a duplicate key": (text(KPI) + "unit: minutes\n", "duplicate-key-in-yaml"),
    "an unknown field": (text(KPI) + "targets: 5\n", "unknown-field"),
    "a wrong type": (spoiled("segments: [priority]", "segments: 5"), "wrong-type"),
    "a typo in a column": (formula("median(hours_between(creatd_at, resolved_at))"), "unknown-column"),
    "an unknown function": (formula("sum(sleep(created_at))"), "forbidden-function"),
    "two expressions": (formula("count(*); count(*)"), "formula-syntax"),
    "a missing parenthesis": (formula("median(hours_between(created_at, resolved_at)"), "formula-syntax"),
    "no aggregate": (formula("hours_between(created_at, resolved_at)"), "not-an-aggregate"),
    "a type error": (formula("max(length(priority)) + 'a'"), "type-mismatch"),
    "hours over minutes": (formula("median(minutes_between(created_at, resolved_at))"), "type-mismatch"),
    "a target on the wrong side": (spoiled("near: 5 h", "near: 3 h"), "near-on-wrong-side"),
    "a target in the wrong unit": (spoiled("at_most: 4 h, near: 5 h", "at_most: 4 GBP"), "target-unit"),
    "two targets from one date": (
        spoiled("{at_most: 4 h, near: 5 h}", "[{from: 2026-01-01, at_most: 4 h}, {from: 2026-01-01, at_most: 5 h}]"),
        "target-overlap",
    ),
    "an expectation that is no value": (spoiled("expect: 4 h", "expect: trees"), "example-failed"),
    "an expectation in another unit": (spoiled("expect: 4 h", "expect: 4 GBP"), "example-failed"),
    "a reference to nothing": (spoiled("read_with: [volume]", "read_with: [speed]"), "unknown-reference"),
    "a file that is read": (formula("(select count(*) from read_csv('data/tickets.csv'))"), "forbidden-function"),
    "the network": (formula("max(http_get('example.com'))"), "forbidden-function"),
    "a setting": (formula("set memory_limit = '1GB'"), "forbidden-function"),
    "a week's difference": (formula("sum(date_diff('week', created_at, resolved_at))"), "forbidden-function"),
    "a type of its own": (formula("count(distinct cast(priority as uuid))"), "forbidden-function"),
    "the environment": (formula("max(getenv('HOME'))"), "forbidden-function"),
}


def test_a_failing_example_of_a_formula_that_compiles_is_told(tmp_path: Path) -> None:
    """Only where the formula itself is refused do its examples say nothing new."""
    code, card = checked(project(tmp_path, {KPI: spoiled("expect: 4 h", "expect: 5 h")}))
    assert code == 1
    assert [d["rule"] for d in card["diagnostics"] if d["severity"] == "error"] == ["example-failed"]


@pytest.mark.parametrize("name", BAD_DEFINITIONS)
def test_a_bad_definition_gets_its_finding(name: str, tmp_path: Path) -> None:
    """One rule, its file and line and a remedy; the KPI is unknown, the other definition is computed."""
    content, rule = BAD_DEFINITIONS[name]
    code, card = checked(project(tmp_path, {KPI: content}))
    errors = [d for d in card["diagnostics"] if d["severity"] == "error"]
    assert code == 1
    assert {d["rule"] for d in errors} == {rule}
    assert all(d["path"] == KPI and d["line"] >= 1 and d["hint"] for d in errors)
    values = {m["kpi"]: m["value"] for m in card["measurements"] if m["judged"] and not m["segment"]}
    assert values["volume"] == 24
    judged = [m for m in card["measurements"] if m["kpi"] == "fix_time" and m["judged"]]
    assert not any(m["status"] in ("met", "near") for m in judged if rule.startswith(("formula", "unknown-col")))


def test_a_share_times_a_hundred_is_no_percent(tmp_path: Path) -> None:
    """100 × a share is refused for a percent KPI, with the fix."""
    content = formula("share(priority = 'high') * 100").replace("unit: hours", "unit: percent")
    code, card = checked(project(tmp_path, {KPI: content.replace("at_most: 4 h, near: 5 h", "at_most: 90%")}))
    [error] = [d for d in card["diagnostics"] if d["severity"] == "error"]
    assert (code, error["rule"]) == (1, "type-mismatch")
    assert "100" in error["hint"]


CSV = text(DATA)
HEADER, *ROWS = CSV.splitlines()
BAD_DATA: dict[str, tuple[str | bytes | None, str]] = {
    "missing": (None, "source-unreadable"),
    "empty": ("", "source-unreadable"),
    "header only": (f"{HEADER}\n", "source-unreadable"),
    "ragged": (CSV + "301,2026-03-01 09:00\n", "source-unreadable"),
    "Latin-1": ((CSV + "399,2026-03-01 09:00,,high,Zoë\n").encode("latin-1"), "source-unreadable"),
    "an open quote": (CSV + '399,2026-03-01 09:00,,"high,user\n', "source-unreadable"),
    "a bad timestamp in the last row": (CSV + "399,2026-03-40 09:00,,high,user\n", "contract-violation"),
    "a column that is gone": (CSV.replace("closed", "shut", 1), "unknown-column"),
}


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data_are_never_green(name: str, tmp_path: Path) -> None:
    """The finding stands at the dataset in kpi.yaml; what reads the data is unknown, nothing is met."""
    content, rule = BAD_DATA[name]
    code, card = checked(project(tmp_path, {DATA: content}))
    errors = [d for d in card["diagnostics"] if d["severity"] == "error"]
    assert code == 1
    assert rule in {d["rule"] for d in errors}
    assert all(d["hint"] and d["line"] >= 1 for d in errors)
    assert "Zoë" not in str(card)
    assert not any(m["status"] in ("met", "near", "missed") for m in card["measurements"])


@pytest.mark.parametrize(
    "name", ["a byte order mark", "another order of columns", "Windows line ends", "no last line end"]
)
def test_harmless_differences_change_nothing(name: str, tmp_path: Path) -> None:
    """CSV headers are compared by name, and a mark or a line end is no data."""
    turned = "\n".join(",".join(reversed(line.split(","))) for line in CSV.splitlines()) + "\n"
    variants: dict[str, str | bytes] = {
        "a byte order mark": ("\ufeff" + CSV).encode(), "another order of columns": turned,
        "Windows line ends": CSV.replace("\n", "\r\n"), "no last line end": CSV.rstrip("\n"),
    }  # fmt: skip
    _, usual = checked(project(tmp_path / "usual"))
    code, card = checked(project(tmp_path / "variant", {DATA: variants[name]}))
    assert code == 0
    assert card["measurements"] == usual["measurements"]


def test_a_truncated_parquet_file_is_unreadable(tmp_path: Path) -> None:
    """Half a file is no file."""
    import duckdb  # noqa: PLC0415 - only to make the file

    project(tmp_path, {"kpi.yaml": text("kpi.yaml").replace("tickets.csv", "tickets.parquet")})
    whole = tmp_path / "whole.parquet"
    duckdb.read_csv(str(tmp_path / DATA), all_varchar=True).write_parquet(str(whole))
    (tmp_path / "data/tickets.parquet").write_bytes(whole.read_bytes())
    assert checked(tmp_path)[0] == 0
    (tmp_path / "data/tickets.parquet").write_bytes(whole.read_bytes()[:-200])
    code, card = checked(tmp_path)
    assert (code, [d["rule"] for d in card["diagnostics"] if d["severity"] == "error"]) == (1, ["source-unreadable"])


def test_a_column_that_changed_its_type_is_found(tmp_path: Path) -> None:
    """Numbers where times were: every cell is a misfit, and the KPI that needs them is unknown."""
    rows = [",".join([r.split(",")[0], "17", *r.split(",")[2:]]) for r in ROWS]
    code, card = checked(project(tmp_path, {DATA: "\n".join([HEADER, *rows]) + "\n"}))
    assert code == 1
    assert "contract-violation" in {d["rule"] for d in card["diagnostics"]}
    assert not any(m["status"] == "met" for m in card["measurements"])


STATES = {
    "no rows in the period": ("2026-05-02", "2026-05-02", "no_data"),
    "data that stop in the middle of the period": ("2026-04-02", "2026-03-15", "stale"),
}


@pytest.mark.parametrize("name", STATES)
def test_what_the_data_cannot_say_is_unknown(name: str, tmp_path: Path) -> None:
    """No rows, or data that end too early: unknown with its reason, never zero and never green."""
    as_of, through, reason = STATES[name]
    config = text("kpi.yaml").replace("as_of: 2026-04-02", f"as_of: {as_of}")
    config = config.replace("complete_through: 2026-04-02", f"complete_through: {through}")
    code, card = checked(project(tmp_path, {"kpi.yaml": config}))
    [judged] = [m for m in card["measurements"] if m["kpi"] == "fix_time" and m["judged"] and not m["segment"]]
    assert (code, judged["status"], judged["reason"]) == (1, "unknown", reason)


def test_a_period_that_is_not_over_is_provisional(tmp_path: Path) -> None:
    """Its value is shown, and nothing judges it; the last whole period is judged."""
    config = text("kpi.yaml").replace("as_of: 2026-04-02", "as_of: 2026-03-20")
    code, card = checked(project(tmp_path, {"kpi.yaml": config}))
    by_start = {m["period"]["start"]: m for m in card["measurements"] if m["kpi"] == "fix_time" and not m["segment"]}
    running, whole = by_start["2026-03-01"], by_start["2026-02-01"]
    assert (running["status"], running["reason"], running["judged"]) == ("unknown", "provisional", False)
    assert running["value"] is not None
    assert (code, whole["status"], whole["judged"]) == (0, "met", True)


def test_a_cycle_is_named(tmp_path: Path) -> None:
    """Two derived definitions that need each other are found, once each."""
    files = {
        f"kpis/{a}.yaml": f"version: 1\nkind: metric\nid: {a}\nname: {a}\nformula: {b} + 1\nunit: count\n"
        for a, b in (("one", "two"), ("two", "one"))
    }
    code, card = checked(project(tmp_path, files))
    assert code == 1
    assert [d["rule"] for d in card["diagnostics"] if d["severity"] == "error"] == ["reference-cycle"] * 2


def test_an_empty_folder_says_how_to_begin(tmp_path: Path) -> None:
    """No project: nothing in a file to point at, exit 2, and the way to begin."""
    for command in ("lint", "check", "test"):
        ended = kpi(tmp_path, command)
        assert (ended.code, ended.out) == (2, "")
        assert "kpi init" in ended.err


def test_deleting_a_required_kpi_fails(tmp_path: Path) -> None:
    """A KPI that kpi.yaml requires cannot vanish."""
    config = text("kpi.yaml").replace("objectives:", "required: [fix_time]\nobjectives:")
    code, card = checked(project(tmp_path, {"kpi.yaml": config, KPI: None}))
    assert (code, {d["rule"] for d in card["diagnostics"]}) == (1, {"missing-required-kpi", "data-begin"})


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--as-of", "yesterday"],
        ["check", "--format", "xml"],
        ["check", "--gate", "none"],
        ["check", "--fail-on", "sometimes"],
        ["check", "--output", "data/tickets.csv/x.txt"],
        ["check", "--project", "nowhere"],
        ["show", "nothing"],
        ["explain", "nothing"],
        ["baseline", "freeze", "nothing"],
        ["diff"],
        ["check", "--periods", "0"],
        ["nothing"],
    ],
)
def test_usage_and_the_world_end_with_two(arguments: list[str], tmp_path: Path) -> None:
    """What is wrong stands in no file: exit 2, a message on stderr, no traceback, no payload."""
    ended = kpi(project(tmp_path), *arguments)
    assert ended.code == 2
    assert ended.err.strip()
    assert "Traceback" not in ended.err


def test_a_real_process_ends_like_that_too(tmp_path: Path) -> None:
    """The installed command, with a closed pipe and without: no traceback."""
    import sys  # noqa: PLC0415

    command = [str(Path(sys.executable).with_name("kpi")), "check", "--project", str(project(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    piped = subprocess.run(["sh", "-c", f"{' '.join(command)} | head -1"], capture_output=True, text=True, check=False)
    assert "Traceback" not in piped.stderr


# what a stranger's pull request may try


@pytest.mark.parametrize(
    "field", ['key: "{sql}"', 'key: [ticket_id, "{sql}"]', 'key: ticket_id\n    latest_by: ["{sql}"]']
)
def test_a_name_is_never_run_as_sql(field: str, tmp_path: Path) -> None:
    """A key that is an expression names no column: it gets its finding, and the engine never sees it."""
    sql = "(select max(content) from read_text('kpi.yaml'))"
    config = text("kpi.yaml").replace("key: ticket_id", field.replace("{sql}", sql))
    assert sql in config
    root, ran = project(tmp_path, {"kpi.yaml": config}), list[str]()
    options = Options(
        ProjectRoot(root), dt.datetime.now(dt.UTC), open_engine=lambda: Recorder(DuckWorker(WorkerLimits()), ran)
    )
    outcome = check(options)
    assert not outcome.passed
    assert "unknown-column" in {d.rule for d in outcome.diagnostics}
    assert not any("read_text" in statement.lower() for statement in ran)


def test_columns_may_be_named_as_sql_names_its_words(tmp_path: Path) -> None:
    """Order, Group, Select and End are headers of real exports."""
    files = {
        "kpi.yaml": "version: 1\nname: R\nas_of: 2026-04-01\ndatasets:\n  t:\n    source: t.csv\n    time: created_at\n"
        "    key: [order, group]\n    latest_by: [created_at]\n    complete_through: 2026-04-01\n"
        "    complete_from: 2025-01-01\n    columns:\n"
        "      created_at: {from: created_at, type: date}\n      end: {from: End, type: integer}\n",
        "t.csv": "Order,Group,Select,created_at,End\n1,a,x,2026-03-01,2\n1,a,x,2026-03-02,3\n2,b,y,2026-03-02,4\n",
        "kpis/sum.yaml": 'version: 1\nkind: metric\nid: sum\nname: S\ndataset: t\nformula: sum("end")\nunit: count\n'
        "segments: [group, select]\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    _, card = checked(tmp_path)
    assert card["diagnostics"] == []
    found = {tuple(m["segment"].items()): m["value"] for m in card["measurements"] if m["value"] is not None}
    assert found == {(): 7, (("group", "a"),): 3, (("group", "b"),): 4, (("select", "x"),): 3, (("select", "y"),): 4}


@pytest.mark.parametrize("command", [
    "lint", "check", "test", "due", "show fix_time", "baseline verify", "baseline freeze", "diff HEAD",
    "add reopened_rate --owner x", "review fix_time --note x --by y", "history",
])  # fmt: skip
def test_a_zone_that_does_not_exist_is_said_by_every_command(command: str, tmp_path: Path) -> None:
    """Its finding at its line, or one sentence where there is no list of findings; never a traceback."""
    one = Repository(project(tmp_path))
    one.git("init", "-q")
    one.commit("The project")
    one.edit("kpi.yaml", ("timezone: Europe/London", "timezone: Nowhere"))
    ended = kpi(one.root, *command.split())
    assert "Traceback" not in ended.err
    assert ended.code == {"history": 0, "lint": 1, "check": 1, "test": 1}.get(command, 2)
    one.commit("Nowhere")
    one.edit("kpi.yaml", ("timezone: Nowhere", "timezone: Europe/London"))
    one.commit("back")
    told = kpi(one.root, "history", "--format", "json").json["changes"]
    after = [c["after"] for c in told if c["field"] == "kpi.yaml"]
    assert [text if isinstance(text, str) else text["name"] for text in after] == [
        "A small desk",
        "unreadable",
        "readable",
    ]
