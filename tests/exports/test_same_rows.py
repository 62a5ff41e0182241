"""The same rows in any format that the sources read give the same first check."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.projects import kpi
from tests.exports.desk import tickets
from tests.exports.shapes import SHAPES
from tests.exports.writing import written
from tests.workbooks import write_workbook

pytestmark = pytest.mark.usefixtures("engine_inside")

TEXT, _ = written(SHAPES["american"], tickets())
ROWS = list(csv.reader(io.StringIO(TEXT)))
HEADER, *CELLS = ROWS


def records() -> list[dict[str, Any]]:
    """The rows as objects; what is blank is null."""
    return [{name: cell or None for name, cell in zip(HEADER, row, strict=True)} for row in CELLS]


def parquet(path: Path) -> None:
    """The rows as text, typed by nothing."""
    path.with_suffix(".csv").write_text(TEXT)
    with duckdb.connect() as connection:
        rows = connection.read_csv(str(path.with_suffix(".csv")), all_varchar=True)
        rows.write_parquet(str(path))


def title_lines(path: Path) -> None:
    """Two lines above the header, as reports have them, and commas to its width."""
    commas = "," * (len(HEADER) - 1)
    path.write_text(f"Tickets of the desk{commas}\n{commas}\n{TEXT}")


FORMATS: dict[str, Callable[[Path], object]] = {
    "a.csv": lambda path: path.write_text(TEXT),
    "a.csv.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode())),
    "a.tsv": lambda path: path.write_text("\n".join("\t".join(row) for row in ROWS)),
    "marked.csv": lambda path: path.write_bytes(TEXT.encode("utf-8-sig")),
    "unicode.txt": lambda path: path.write_bytes("\n".join("\t".join(row) for row in ROWS).encode("utf-16")),
    "windows.csv": lambda path: path.write_bytes(TEXT.replace("wrong", "wr“ng”").encode("windows-1252")),
    "stated.csv": lambda path: path.write_text("sep=;\n" + "\n".join(";".join(row) for row in ROWS)),
    "titles.csv": title_lines,
    "list.json": lambda path: path.write_text(json.dumps(records())),
    "lines.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, records()))),
    "page.json": lambda path: path.write_text(json.dumps({"count": len(CELLS), "result": records(), "next": None})),
    "a.parquet": parquet,
    "a.xlsx": lambda path: write_workbook(path, {"Export": [["Tickets"], [], *ROWS]}),
    "sheets.xlsx": lambda path: write_workbook(path, {"About": [["Made by the desk"]], "Export": ROWS}),
}


def measurements(folder: Path, name: str) -> list[dict[str, Any]]:
    """The measurements of the first check over a file of this name, without what names the definition."""
    folder.mkdir()
    FORMATS[name](folder / name)
    ended = kpi(folder, "init", "p", "--from", str(folder / name), "--timezone", "UTC")
    assert ended.code == 0, ended.out + ended.err
    check = kpi(folder / "p", "check", "--format", "json")
    assert check.code == 0, check.out[:3000]
    return [{k: v for k, v in m.items() if k != "definition"} for m in check.json["measurements"]]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "a.csv"])
def test_the_format_changes_no_value(name: str, tmp_path: Path) -> None:
    """Packed, encoded, under title lines, as a sheet, as documents or as Parquet: each measurement is the CSV's."""
    assert measurements(tmp_path / "one", name) == measurements(tmp_path / "csv", "a.csv")
