"""Data that break their contract are counted, by column, and no value of a row is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.projects import kpi
from tests.cli.warehouse import write_data

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
    assert "1 row " in found[0]["message"]
    assert bad not in ended.out + ended.err
