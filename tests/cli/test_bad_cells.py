"""A bad cell is found: its file, its line, its column, what it looks like, and what to write; never its value."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpi_framework.evaluate import cell_locations
from kpi_framework.evaluate.engine.interface import EngineError
from kpi_framework.evaluate.session import Session
from tests.cli.projects import kpi

pytestmark = pytest.mark.usefixtures("engine_inside")
PROJECT = """
version: 1
name: desk
timezone: UTC
as_of: 2026-03-01
datasets:
  requests:
    source: {SOURCE}
    key: id
    time: opened
    complete_from: 2026-01-01
    complete_through: 2026-03-01
    columns:
      id: No
      opened: {from: Opened on, type: timestamp}
      closed: {from: Closed on, type: timestamp}
      minutes: {from: Minutes, type: double}
      agent: {from: Agent, type: integer, personal: true}
"""
METRIC = """
version: 1
kind: metric
id: {ID}
name: {ID}
description: Something about tickets.
family: productivity
dataset: requests
formula: {FORMULA}
unit: {UNIT}
"""
HEADER = "No,Opened on,Closed on,Minutes,Agent"
FORMULAS = {"volume": ("count(*)", "count"), "handled": ("sum(minutes)", "count"), "agents": ("count(agent)", "count"),
            "took": ("sum(hours_between(opened, closed))", "hours")}  # fmt: skip


def desk(folder: Path, source: str, **files: str | bytes) -> Path:
    """A project over these files of rows."""
    (folder / "kpis").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "kpi.yaml").write_text(PROJECT.replace("{SOURCE}", source), encoding="utf-8")
    for name, (formula, unit) in FORMULAS.items():
        text = METRIC.replace("{ID}", name).replace("{FORMULA}", formula).replace("{UNIT}", unit)
        (folder / "kpis" / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        path = folder / "data" / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def rows(first: int, count: int, bad: dict[int, str]) -> list[str]:
    """Rows of tickets by their numbers, some of them in other words."""
    return [bad.get(n, f"{n},2026-01-{n % 28 + 1:02} 10:00,,5,1") for n in range(first, first + count)]


def findings(folder: Path, rule: str = "contract-violation") -> list[dict[str, Any]]:
    """The findings of a rule on the data."""
    ended = kpi(folder, "check", "--format", "json")
    assert "Traceback" not in ended.err
    return [d for d in ended.json["diagnostics"] if d["rule"] == rule]


def test_a_bad_cell_is_told_by_file_line_and_column(tmp_path: Path) -> None:
    """The line is the one in which the row begins; empty lines and cells of several lines are counted as lines."""
    lines = rows(1, 9, {4: "4,14/01/2026 2:05 PM,,5,1", 9: "9,15/01/2026 11:00 AM,,5,1"})
    lines[1] = '2,2026-01-02 10:00,,5,"1\n"'  # lines 3 and 4
    lines.insert(2, "")  # line 5
    text = "\n".join([HEADER, *lines]) + "\n"
    [finding] = [d for d in findings(desk(tmp_path, "data/t.csv", t__csv=text)) if "opened" in d["message"]]
    # Row 4 stands after the header, row 1, the two lines of row 2, the empty line and row 3: line 7. Row 9: line 12.
    assert "`Opened on`" in finding["message"]
    assert "data/t.csv:7, data/t.csv:12;" in finding["message"]
    assert "`99/99/9999 99:99 AA` or `99/99/9999 9:99 AA`" in finding["message"]
    assert "'%d/%m/%Y %I:%M %p'" in finding["hint"]
    assert "14/01/2026" not in json.dumps(finding)


def test_five_places_of_a_column_are_told_and_the_others_counted(tmp_path: Path) -> None:
    """The first five by file and line; then how many more there are."""
    bad = {n: f"{n},tomorrow,,5,1" for n in (2, 5, 7, 11, 13, 17, 19)}
    text = "\n".join([HEADER, *rows(1, 20, bad)]) + "\n"
    [finding] = findings(desk(tmp_path, "data/t.csv", t__csv=text))
    places = [f"data/t.csv:{n + 1}" for n in (2, 5, 7, 11, 13)]
    assert "in 7 rows, the value does not fit" in finding["message"]
    assert f"{', '.join(places)} and 2 more" in finding["message"]


def test_places_are_looked_for_in_every_file_of_a_source(tmp_path: Path) -> None:
    """Each file has its own lines; files without bad cells are passed over."""
    good, first, second = (
        "\n".join([HEADER, *rows(start, 10, bad)]) + "\n"
        for start, bad in ((1, {}), (11, {12: "12,x y,,5,1"}), (21, {25: "25,z,,5,1"}))
    )
    folder = desk(tmp_path, "data/*.csv", a__csv=good, b__csv=first, c__csv=second)
    [finding] = findings(folder)
    assert "data/b.csv:3, data/c.csv:6;" in finding["message"]


def test_a_place_is_that_of_rows_which_were_read(tmp_path: Path) -> None:
    """Rows at or after as_of are not read, and their cells are not looked for; nor are those of empty rows."""
    bad = {2: "2,2026-04-02 10:00,,many,1", 3: ",,,,", 6: "6,2026-01-06 10:00,,many,1"}
    text = "\n".join([HEADER, *rows(1, 8, bad)]) + "\n"
    [finding] = findings(desk(tmp_path, "data/t.csv", t__csv=text))
    assert "in 1 row, " in finding["message"]
    assert "data/t.csv:7;" in finding["message"]


def test_of_a_personal_column_the_place_alone_is_told(tmp_path: Path) -> None:
    """Its shape could tell who it is."""
    text = "\n".join([HEADER, *rows(1, 4, {3: "3,2026-01-03 10:00,,5,Zoe O."})]) + "\n"
    [finding] = findings(desk(tmp_path, "data/t.csv", t__csv=text))
    assert "data/t.csv:4." in finding["message"]
    assert "Aaa" not in finding["message"]


def test_a_total_row_is_one_finding(tmp_path: Path) -> None:
    """The last row without a key, or with a word for a sum in its place: one finding, with its line."""
    text = "\n".join([HEADER, *rows(1, 4, {}), "Total,4 tickets,,sum: 20,4x"]) + "\n"
    [finding] = findings(desk(tmp_path, "data/t.csv", t__csv=text))
    assert "data/t.csv:6 looks like a total row" in finding["message"]


def test_a_last_row_with_a_key_is_no_total_row(tmp_path: Path) -> None:
    """A bad cell in the last row is a bad cell."""
    text = "\n".join([HEADER, *rows(1, 4, {4: "4,total,,5,1"})]) + "\n"
    [finding] = findings(desk(tmp_path, "data/t.csv", t__csv=text))
    assert "total row" not in finding["message"]


def test_times_in_the_wrong_order_are_told_by_their_places(tmp_path: Path) -> None:
    """With the date that stands for none, where it is one that programs write."""
    bad = {n: f"{n},2026-01-05 10:00,1900-01-01 00:00:00,5,1" for n in (2, 4)}
    text = "\n".join([HEADER.replace("Opened on", "created_at").replace("Closed on", "resolved_at"), *rows(1, 5, bad)])
    folder = desk(tmp_path, "data/t.csv", t__csv=text + "\n")
    project = (
        (folder / "kpi.yaml").read_text(encoding="utf-8").replace("    key: id", "    contract: tickets\n    key: id")
    )
    project = project.replace("id: No", "ticket_id: No").replace("key: id", "key: ticket_id")
    project = project.replace("time: opened", "time: created_at").replace("opened:", "created_at:")
    project = project.replace("Opened on", "created_at").replace("Closed on", "resolved_at")
    (folder / "kpi.yaml").write_text(project.replace("closed:", "resolved_at:"), encoding="utf-8")
    formula = METRIC.replace("{ID}", "took").replace("{FORMULA}", "sum(hours_between(created_at, resolved_at))")
    (folder / "kpis" / "took.yaml").write_text(formula.replace("{UNIT}", "hours"), encoding="utf-8")
    [finding] = findings(folder, "impossible-time")
    assert "in 2 rows" in finding["message"]
    assert "data/t.csv:3, data/t.csv:5" in finding["message"]
    assert '`nulls: ["", "1900-01-01 00:00:00"]`' in finding["hint"]


def test_rows_dated_long_before_all_others_are_told_by_their_lines(tmp_path: Path) -> None:
    """Strays do not move the beginning of the data; a finding tells where they are."""
    text = "\n".join([HEADER, *rows(1, 400, {7: "7,1970-01-01 00:00,,5,1", 9: "9,2019-06-01 10:00,,5,1"})]) + "\n"
    [finding] = findings(desk(tmp_path, "data/t.csv", t__csv=text), "impossible-time")
    assert "2 rows dated long before" in finding["message"]
    assert "data/t.csv:8, data/t.csv:10" in finding["message"]


def json_list(cells: list[dict[str, Any]], path: Path) -> None:
    """Rows as a list of objects."""
    path.write_text(json.dumps(cells, indent=1), encoding="utf-8")


def parquet(cells: list[dict[str, Any]], path: Path) -> None:
    """Rows as a Parquet file whose cells are texts."""
    table = duckdb.connect()
    table.execute(f"create table cells ({', '.join(f'{chr(34)}{name}{chr(34)} varchar' for name in cells[0])})")
    table.executemany("insert into cells values (?, ?, ?, ?, ?)", [list(row.values()) for row in cells])
    table.table("cells").write_parquet(str(path))


@pytest.mark.parametrize(("ending", "write", "place"), [("json", json_list, "record 3"), ("parquet", parquet, "row 3")])
def test_records_and_rows_are_counted_where_a_format_has_no_lines(
    ending: str, write: Callable[[list[dict[str, Any]], Path], None], place: str, tmp_path: Path
) -> None:
    """The number of the record in a JSON file, of the row in a Parquet file, counted from 1."""
    folder = desk(tmp_path, f"data/t.{ending}")
    names = HEADER.split(",")
    write(
        [dict(zip(names, row.split(","), strict=True)) for row in rows(1, 5, {3: "3,2026-01-03 10:00,,a few,1"})],
        folder / "data" / f"t.{ending}",
    )
    [finding] = [d for d in findings(folder) if "minutes" in d["message"]]
    assert f"data/t.{ending}:{place};" in finding["message"]


def test_a_clean_run_looks_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of finding places is paid only where there is a bad cell."""

    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(cell_locations._Look, "at", refused)
    text = "\n".join([HEADER, *rows(1, 9, {})]) + "\n"
    assert findings(desk(tmp_path, "data/t.csv", t__csv=text)) == []


def test_a_wrong_delimiter_is_one_finding(tmp_path: Path) -> None:
    """Not one for each column and each definition that is then without its columns."""
    text = "\n".join([HEADER, *rows(1, 9, {})]).replace(",", ";") + "\n"
    ended = kpi(desk(tmp_path, "data/t.csv", t__csv=text), "check", "--format", "json")
    [finding] = [d for d in ended.json["diagnostics"] if d["severity"] == "error"]
    assert finding["rule"] == "source-unreadable"
    assert "the delimiter seems to be `;`" in finding["message"]
    assert '`delimiter: ";"`' in finding["hint"]
    assert {m["reason"] for m in ended.json["measurements"] if m["judged"]} == {"source_error"}


def test_a_column_whose_name_holds_a_delimiter_is_read_where_it_is_mapped(tmp_path: Path) -> None:
    """A file may have one column, and its name a comma."""
    folder = desk(tmp_path, "{path: data/t.csv, delimiter: '|'}", t__csv='"No, old"\n1\n2\n')
    project = (folder / "kpi.yaml").read_text(encoding="utf-8").split("    key:")[0]
    (folder / "kpi.yaml").write_text(project + "    columns: {id: {from: 'No, old'}}\n", encoding="utf-8")
    assert findings(folder, "source-unreadable") == []


def test_where_nobody_can_look_again_the_count_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place is a help: the finding does not depend on it."""

    def lost(*_: object) -> None:
        raise EngineError("worker-died", died=True)

    monkeypatch.setattr(Session, "beside", lost)
    text = "\n".join([HEADER, *rows(1, 9, {3: "3,tomorrow,,5,1"})]) + "\n"
    [finding] = findings(desk(tmp_path, "data/t.csv", t__csv=text))
    assert "in 1 row, the value does not fit" in finding["message"]
    assert "data/t.csv:" not in finding["message"]
