"""Data that break their contract are counted, by column, and no value of a row is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import Ended, kpi, project, text
from tests.cli.warehouse import write_data

pytestmark = pytest.mark.usefixtures("engine_inside")

EARLY = "2019-12-31 23:59"
BAD = {
    "resolved before it was created": ("tickets", "resolved_at", EARLY, "impossible-time", "warning"),
    "a reply before creation": ("tickets", "first_response_at", EARLY, "impossible-time", "warning"),
    "a recovery before the disaster": ("recoveries", "recovered_at", EARLY, "impossible-time", "warning"),
    "a status nobody declared": ("tickets", "status", "Parked by Eve", "contract-violation", "error"),
    "an unknown severity": ("security_incidents", "severity", "Sev by Eve", "contract-violation", "error"),
    "negative costs": ("costs", "cost", "-123456.75", "contract-violation", "error"),
    "a negative score": ("surveys", "score", "-77", "contract-violation", "error"),
    "a score above the scale": ("surveys", "score", "7777", "contract-violation", "error"),
    "negative licences": ("licences", "in_use", "-4321", "contract-violation", "error"),
    "a word where a number belongs": ("users", "users", "Eve's", "contract-violation", "error"),
}
KPI = """version: 1
kind: metric
id: rows
name: Rows
dataset: {dataset}
formula: {formula}
unit: {unit}
"""


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_counted_and_not_quoted(case: str, tmp_path: Path) -> None:
    """One row is spoiled: one finding says the column and "1 row", under its rule."""
    name, column, bad, rule, severity = BAD[case]
    (tmp_path / "data").mkdir()
    write_data(tmp_path / "data", (name,))
    path = tmp_path / "data" / f"{name}.csv"
    head, first, *rest = path.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(head.split(","), first.split(","), strict=True)) | {column: bad}
    path.write_text("\n".join([head, ",".join(cells.values()), *rest]) + "\n", encoding="utf-8")
    used = [column, "max_score"] if column == "score" else [column]
    formula = " + ".join(f"count({c})" for c in used)
    (tmp_path / "kpi.yaml").write_text(
        f"version: 1\nname: Bad\nas_of: 2026-04-30\ndatasets:\n  {name}: {{source: data/{name}.csv, max_bad_rows: 9}}\n"
    )
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis/rows.yaml").write_text(KPI.format(dataset=name, formula=formula, unit="count"))
    ended = kpi(tmp_path, "check", "--format", "json")
    found = [d for d in ended.json["diagnostics"] if d["rule"] == rule]
    assert [(d["severity"], d["message"].partition(":")[0]) for d in found] == [(severity, f"{name}.{column}")]
    assert "in 1 row," in found[0]["message"]
    assert bad not in ended.out + ended.err


# asked, but not answered

ASKED = "answer_id,asked_at,answered_at,question,score,max_score\n"
DATASET = """datasets:
  surveys:
    {source: data/surveys.csv, contract: surveys, key: answer_id, complete_from: 2025-01-01,
     complete_through: 2026-04-02}
"""
SURVEYS = """version: 1
id: csat
name: Satisfaction
description: Points of those that could be given.
owner: desk@example.com
kind: metric
dataset: surveys
time: answered_at
formula: sum(score) / sum(max_score) filter (where score is not null)
unit: percent
"""


def surveyed(folder: Path, rows: str) -> Ended:
    """A check of a project with a metric on surveys of these rows."""
    config = text("kpi.yaml").replace("datasets:\n", DATASET, 1)
    files = {"kpi.yaml": config, "kpis/csat.yaml": SURVEYS, "data/surveys.csv": ASKED + rows}
    return kpi(project(folder, files), "check", "--only", "csat", "--format", "json", "--as-of", "2026-02-10")


def test_a_survey_may_be_unanswered(tmp_path: Path) -> None:
    """A row that was asked and not answered belongs to no period, and nothing is wrong with it."""
    ended = surveyed(tmp_path, "1,2026-01-05 09:00,2026-01-06 10:00,csat,4,5\n2,2026-01-05 09:00,,csat,,\n")
    assert not [d for d in ended.json["diagnostics"] if d["code"].startswith("KPI6")]
    january = next(m for m in ended.json["measurements"] if m["kpi"] == "csat" and m["period"]["start"] == "2026-01-01")
    assert (january["value"], january["population"]) == (0.8, 1)


def test_an_empty_cell_is_not_said_to_be_of_a_wrong_type(tmp_path: Path) -> None:
    """Empty where the contract requires a value, and filled with what does not fit: two findings, two remedies."""
    rows = "1,2026-01-05 09:00,2026-01-06 10:00,csat,4,5\n,2026-01-05 09:00,yesterday,csat,4,5\n"
    found = {
        d["message"].split(":")[0]: d for d in surveyed(tmp_path, rows).json["diagnostics"]
        if d["rule"] == "contract-violation"
    }  # fmt: skip
    assert set(found) == {"surveys.answer_id", "surveys.answered_at"}
    assert "empty" in found["surveys.answer_id"]["message"]
    assert "`nulls`" not in found["surveys.answer_id"]["hint"]
    assert "empty" not in found["surveys.answered_at"]["message"]


@pytest.mark.parametrize("width", [1, 8, 33, 90])
def test_a_wide_table_has_a_mark_for_each_column(width: int, tmp_path: Path) -> None:
    """Column i has i cells that are no number: so many are counted there, and each row with one is counted once."""
    names = [f"part_{i}" for i in range(width)]
    rows = [["2026-01-05 09:00", *("x" if r < i else "1" for i in range(width))] for r in range(width)]
    (tmp_path / "data").mkdir()
    table = "\n".join(",".join(cells) for cells in [["at", *names], *rows]) + "\n"
    (tmp_path / "data/wide.csv").write_text(table, encoding="utf-8")
    columns = ", ".join(f"{n}: {{from: {n}, type: integer}}" for n in names)
    (tmp_path / "kpi.yaml").write_text(
        "version: 1\nname: Wide\nas_of: 2026-02-10\ndatasets:\n  wide:\n    source: data/wide.csv\n    time: at\n"
        f"    complete_from: 2025-01-01\n    max_bad_rows: {width - 1}\n"
        f"    columns: {{at: {{from: at, type: timestamp}}, {columns}}}\n"
    )
    (tmp_path / "kpis").mkdir()
    formula = " + ".join(f"count({n})" for n in names)
    (tmp_path / "kpis/rows.yaml").write_text(KPI.format(dataset="wide", formula=formula, unit="count"))
    ended = kpi(tmp_path, "check", "--format", "json").json
    said = [d["message"].split() for d in ended["diagnostics"] if d["rule"] == "contract-violation"]
    assert {words[0]: words[2] for words in said} == {f"wide.part_{i}:": str(i) for i in range(1, width)}
    assert not [d for d in ended["diagnostics"] if d["rule"] == "source-unreadable"]
    january = next(m for m in ended["measurements"] if m["period"]["start"] == "2026-01-01")
    assert january["value"] == sum(width - i for i in range(width))
