"""`kpi export`: the same numbers in every format, those of scorecard.json; texts come back, and are inert."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from kpi_framework.model.diagnostic import KpiError
from kpi_framework.model.measurement import Goal, Scorecard
from kpi_framework.report.exports import EXPORTS, export
from kpi_framework.report.formats.measurement_table import COLUMNS, ColumnKind
from tests.cli.projects import kpi, project
from tests.unit.report.scorecards import kpi as kpi_of
from tests.unit.report.scorecards import measure, scorecard

ROOT = Path(__file__).parent.parent.parent
Row = Mapping[str, Any]
SHARED = (
    "kpi", "unit", "status", "reason", "value", "population", "measured", "missing", "excluded", "definition", "judged",
    "waived", "frozen", "baseline", "previous",
)  # fmt: skip
"""What a row and a measurement of scorecard.json have by one name."""
HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "a,b", 'a "b"', "a\nb", "a\rb", "a\r\nb", "::error::x",
    "##[error]x", "<script>", "Grüße 😀 שלום", "\u202eevil", " =1", "_x0041_", "1e5", "NULL", "true", "x" * 2_000,
    "a\0b",
)  # fmt: skip


def of_csv(content: bytes) -> list[Row]:
    """The rows of a CSV file, as Python's own reader has them; numbers are numbers, and nothing is None."""
    text = io.StringIO(content.decode(), newline="")
    return [{c.name: _number(row[c.name], c.kind) for c in COLUMNS} for row in csv.DictReader(text)]


def _number(cell: str, kind: ColumnKind) -> Any:
    if cell == "":
        return None
    match kind:
        case ColumnKind.NUMBER | ColumnKind.COUNT:
            return float(cell)
        case ColumnKind.FLAG:
            return {"true": True, "false": False}[cell]
        case ColumnKind.DAY:
            return dt.date.fromisoformat(cell)
    return cell


def of_xlsx(content: bytes) -> list[Row]:
    """The rows of the workbook's only sheet, as calamine reads them."""
    (sheet,) = (w := load_workbook(io.BytesIO(content))).sheet_names
    head, *rows = w.get_sheet_by_name(sheet).to_python()
    return [{str(n): None if cell == "" else cell for n, cell in zip(head, row, strict=True)} for row in rows]


def of_parquet(content: bytes, folder: Path) -> list[Row]:
    """The rows of a Parquet file, as DuckDB reads them."""
    path = folder / "read.parquet"
    path.write_bytes(content)
    with duckdb.connect() as connection:
        relation = connection.execute("select * from read_parquet(?)", [str(path)])
        names = [column[0] for column in relation.description or ()]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def written(card: Scorecard, suffix: str) -> bytes:
    """A file of this format."""
    content = export(suffix)(card)
    return content.encode() if isinstance(content, str) else content


def without_guard(cell: str | None) -> str | None:
    """The text that was meant: the apostrophe before a formula is no part of it."""
    is_guarded = (
        cell is not None and cell.startswith("'") and cell[1:2] in ("=", "+", "-", "@", "\t", "\r") and cell[1:]
    )
    return cell[1:] if cell is not None and is_guarded else cell


@pytest.mark.usefixtures("engine_inside")
def test_every_format_has_the_numbers_of_the_scorecard(tmp_path: Path) -> None:
    """A row a measurement, in its order; numbers, counts, days and states are those of scorecard.json, in all three."""
    for name in ("kpis", "data", "baselines"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "kpi.yaml", tmp_path)
    options = ("--only", "csat", "--only", "cost_per_ticket", "--periods", "14")
    checked = kpi(tmp_path, "check", *options, "--format", "json", "--fail-on", "never").json["measurements"]
    for suffix in EXPORTS:
        ended = kpi(tmp_path, "export", f"out/x{suffix}", *options)
        assert (ended.code, ended.out) == (
            0,
            f"out/x{suffix}: {len(checked):,} rows of {len({m['kpi'] for m in checked})} definitions\n",
        )
    files = {suffix: (tmp_path / "out" / f"x{suffix}").read_bytes() for suffix in EXPORTS}
    tables = of_csv(files[".csv"]), of_xlsx(files[".xlsx"]), of_parquet(files[".parquet"], tmp_path)
    for rows in tables:
        assert [_as_json(row) for row in rows] == [_expected(m) for m in checked]


def _as_json(row: Row) -> Any:
    names = (*SHARED, "interval_low", "target_low", "near_high")
    segment = json.loads(row["segment_json"] or "{}")
    return [row[n] for n in names], row["start"].isoformat(), row["end"].isoformat(), segment


def _expected(m: Any) -> Any:
    goal = m["target"] or {}
    low, near = goal.get("at_least"), goal.get("near") if "at_most" in goal else None
    interval = m["interval"][0] if m["interval"] else None
    return [*(m[n] for n in SHARED), interval, low, near], m["period"]["start"], m["period"]["end"], m["segment"]


@pytest.mark.usefixtures("engine_inside")
def test_a_second_run_writes_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in a file says when it was written."""
    root = project(tmp_path / "p")
    for suffix in EXPORTS:
        for name in ("a", "b"):
            assert kpi(root, "export", f"{name}{suffix}", "--as-of", "2026-11-01").code == 0
        assert (root / f"a{suffix}").read_bytes() == (root / f"b{suffix}").read_bytes()


@pytest.mark.parametrize("words", HOSTILE)
def test_a_stranger_s_text_comes_back_and_is_no_formula(words: str, tmp_path: Path) -> None:
    """In CSV and Excel a text that could be a formula has one apostrophe before it; no other text has."""
    definition = kpi_of().model_copy(update={"name": words, "owner": words})
    card = scorecard([measure(segment=(("priority", words),))], [definition])
    guarded = f"'{words}" if words[0] in "=+-@\t\r" else words
    for rows in (of_csv(written(card, ".csv")), of_xlsx(written(card, ".xlsx"))):
        assert [(r["name"], r["owner"]) for r in rows] == [(guarded, guarded)]
        assert json.loads(rows[0]["segment_json"]) == {"priority": words}
    (row,) = of_parquet(written(card, ".parquet"), tmp_path)
    assert (row["name"], row["owner"], json.loads(row["segment_json"])) == (words, words, {"priority": words})


def test_a_number_is_never_guarded(tmp_path: Path) -> None:
    """Negative values and targets are numbers in every format; a target of two limits is a text."""
    single = measure(value=-5.5, target=Goal(at_most=-5.0, near=-4.0), baseline=-1.0)
    double = measure(value=-1, target=Goal(between=(-5.0, 5.0)))
    card = scorecard([single, double])
    text = written(card, ".csv").decode()
    assert ",-5.5," in text
    assert ",-5.0," in text
    assert "'-5.0 to 5.0" in text
    for rows in (
        of_csv(written(card, ".csv")),
        of_xlsx(written(card, ".xlsx")),
        of_parquet(written(card, ".parquet"), tmp_path),
    ):
        assert [(r["value"], r["target_low"], r["target_high"]) for r in rows] == [(-5.5, None, -5.0), (-1, -5.0, 5.0)]
        assert float(rows[0]["target"]) == -5.0
        assert without_guard(rows[1]["target"]) == "-5.0 to 5.0"


numbers = st.floats(-1e300, 1e300).map(lambda x: float(f"{x:.9e}")) | st.integers(-(10**9), 10**9)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(numbers | st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=20)
)
def test_any_table_is_read_as_it_was_written(cells: list[tuple[float | None, str]]) -> None:
    """Whatever the values (of the ten digits that are published), texts and gaps: all readers see the same table."""
    import tempfile  # noqa: PLC0415 - a folder for each example

    measurements = [measure(value=v, because=w, population=None if v is None else 3) for v, w in cells]
    card = scorecard(measurements)
    with tempfile.TemporaryDirectory() as folder:
        tables = (
            of_parquet(written(card, ".parquet"), Path(folder)),
            of_csv(written(card, ".csv")),
            of_xlsx(written(card, ".xlsx")) if cells else [],
        )
    for rows in tables:
        assert [r["value"] for r in rows] == [v for v, _ in cells]
        assert [r["population"] for r in rows] == [None if v is None else 3 for v, _ in cells]
    assert [r["because"] for r in tables[0]] == [w for _, w in cells]
    for rows in tables[1:]:
        assert [r["because"] for r in rows] == [f"'{w}" if w[:1] in tuple("=+-@\t\r") else w or None for _, w in cells]


def test_many_rows_are_many_groups_of_a_parquet_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the rows of one group nothing is lost or told twice."""
    monkeypatch.setattr("kpi_framework.report.formats.parquet._ROWS", 300)
    many = [measure(value=n, interval=None, target=None) for n in range(901)]
    rows = of_parquet(written(scorecard(many), ".parquet"), tmp_path)
    assert [row["value"] for row in rows] == list(range(901))


def test_a_sheet_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than Excel has room for are refused, and never cut in silence."""
    monkeypatch.setattr("kpi_framework.report.formats.xlsx._MOST_ROWS", 1)
    with pytest.raises(KpiError, match="no room for 2 measurements"):
        export(".xlsx")(scorecard([measure(), measure()]))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """XlsxWriter is an extra: without it, the message names the extra."""
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(KpiError) as raised:
        export(".xlsx")(scorecard([measure()]))
    assert "kpi-framework[xlsx]" in (raised.value.hint or "")


@pytest.mark.usefixtures("engine_inside")
def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """An unknown format and a path that is a folder end with 2, before or after the data are read."""
    root = project(tmp_path / "p")
    (root / "x.csv").mkdir()
    assert [kpi(root, "export", name).code for name in ("x.txt", "x", "x.csv")] == [2, 2, 2]
    assert kpi(root, "export", "X.CSV").code == 0


@pytest.mark.usefixtures("engine_inside")
def test_errors_are_told_beside_the_rows(tmp_path: Path) -> None:
    """A broken definition has no rows: standard error says so, and the exit code is that of writing."""
    root = project(tmp_path / "p")
    definition = next((root / "kpis").rglob("*.yaml"))
    definition.write_text(definition.read_text(encoding="utf-8") + "\nnonsense: 1\n", encoding="utf-8")
    ended = kpi(root, "export", "x.csv")
    assert ended.code == 0
    assert "1 error" in ended.err
