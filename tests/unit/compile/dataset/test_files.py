"""Files are read as they are described, column by column: Python's csv and json write what the engine reads back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from kpi_framework.compile.dataset.columns import texts_of
from kpi_framework.compile.dataset.files import delimited_rows, json_rows, parquet_rows
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.model.source import Source


def rows(sql: exp.Expr) -> list[tuple[object, ...]]:
    """The rows, in their order."""
    return duckdb.connect().execute(sql_of(sql)).fetchall()


@pytest.mark.parametrize(("delimiter", "quote"), [(",", '"'), (";", "'"), ("\t", '"')])
def test_a_csv_file_reads_back(delimiter: str, quote: str, tmp_path: Path) -> None:
    """Delimiters, quotes and line ends inside a cell are a part of it; no cell becomes a number."""
    written = [("id", "a text"), ("01", f"x{delimiter}y"), ("02", f"say {quote}no{quote}"), ("03", "two\nlines")]
    path = tmp_path / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=delimiter, quotechar=quote).writerows(written)
    source = Source.model_validate({"path": "a.csv", "delimiter": delimiter, "quote": quote})
    assert rows(delimited_rows(source, [str(path)], texts_of([written[0]]), ["id", "a text"])) == written[1:]


def test_a_column_that_a_file_lacks_is_empty_there(tmp_path: Path) -> None:
    """Files are stacked by their columns' names; an empty cell is no value."""
    (tmp_path / "a.csv").write_text("id,b\n1,x\n2,\n")
    (tmp_path / "b.csv").write_text("c,id\n9,3\n")
    paths, native = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")], texts_of([("id", "b"), ("c", "id")])
    source = Source.model_validate({"path": "*.csv"})
    assert sorted(rows(delimited_rows(source, paths, native, ["id", "b"])), key=str) == [
        ("1", "x", False),
        ("2", None, False),
        ("3", None, True),
    ]


def test_json_is_read_as_text(tmp_path: Path) -> None:
    """The wanted columns, by their names."""
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"id": n, "b": f"x{n}", "c": None}) + "\n" for n in (1, 2)))
    assert rows(json_rows([str(tmp_path / "a.jsonl")], texts_of([("id", "b", "c")]), ["b", "id"])) == [
        ("x1", "1"),
        ("x2", "2"),
    ]


def test_parquet_files_are_joined_by_name(tmp_path: Path) -> None:
    """Whatever order their columns have."""
    engine = duckdb.connect()
    for name, query in (("a", "SELECT 1 AS id, 'x' AS b"), ("b", "SELECT 'y' AS b, 2 AS id")):
        engine.sql(query).write_parquet(str(tmp_path / f"{name}.parquet"))
    files = [str(tmp_path / f"{name}.parquet") for name in "ab"]
    assert sorted(rows(parquet_rows(files, texts_of([("id", "b"), ("b", "id")]), ["id", "b"]))) == [(1, "x"), (2, "y")]
