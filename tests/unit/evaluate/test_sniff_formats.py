"""A first look tells how a file is written, whatever it is written in."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kpi_framework.evaluate.sniff import sniff
from kpi_framework.evaluate.sources.interface import SourceError
from tests.workbooks import write_workbook

ROWS = "id;opened;mins\n1;2026-01-05;1.234,50\n2;2026-01-06;2,5\n"


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("a.csv", ROWS.encode(), {"delimiter": ";", "decimal": ",", "thousands": "."}),
        ("a.csv.gz", gzip.compress(ROWS.encode(), mtime=0), {"delimiter": ";", "decimal": ",", "thousands": "."}),
        ("a.csv", b"id,mins\n1,1.5\n2,2.5\n", {}),
        ("a.csv", b'id,mins\n1,"1,234.5"\n2,2.5\n', {"thousands": ","}),
        ("a.csv", b"id;mins\n2 553;1\n2 554;2\n", {"delimiter": ";", "thousands": " "}),
        ("a.csv", b'id,mins\n1,"1,234"\n2,"5,678"\n', {}),
        ("a.csv", b"A report of the desk\n\nid,b,c\n1,x,y\n2,x,y\n", {"skip": 2}),
        ("a.csv", b"A report, of the desk\nid;b;c\n1;x;y\n2;x;y\n", {"delimiter": ";", "skip": 1}),
        ("a.csv", b"sep=;\nid;b;c\n1;x;y\n", {"delimiter": ";"}),
        ("a.tsv", "id\tb\n1\té\n".encode("utf-16"), {"delimiter": "\t", "encoding": "utf-16"}),
        ("a.csv", "id,b\n1,x\n2,y\n".encode("utf-16-le"), {"encoding": "utf-16-le"}),
        ("a.csv", "id,b\n1,“x”\n".encode("cp1252"), {"encoding": "windows-1252"}),
        ("a.csv", "id,b\n1,é\n".encode("latin-1"), {"encoding": "latin-1"}),
        ("a.csv", b"\xef\xbb\xbfid,b\n1,x\n", {}),
        ("a.json", json.dumps([{"id": 1, "b": {"c": 2}}]).encode(), {}),
        (
            "a.json",
            json.dumps({"n": 1, "result": [{"id": 1}, {"id": 2}], "x": [{"y": 1}]}).encode(),
            {"records": "result"},
        ),
        ("a.json", json.dumps({"data": {"issues": [{"id": 1}]}}).encode(), {"records": "data.issues"}),
        ("a.jsonl", b'{"id": 1}\n{"id": 2}\n', {}),
        ("export", b'[{"id": 1}]', {}),
    ],
)
def test_how_a_file_is_written_is_seen(name: str, content: bytes, options: dict[str, object], tmp_path: Path) -> None:
    """What is not the usual is an option of its source; what decides nothing is left open."""
    (tmp_path / name).write_bytes(content)
    file = sniff(tmp_path / name)
    assert dict(file.options) == options
    assert file.header[0] in ("id", "b.c", "b")
    assert file.source.kind == file.format


def test_the_table_of_a_workbook_is_found(tmp_path: Path) -> None:
    """The sheet with the most cells, and the row below its titles."""
    rows = [
        ["Tickets of the desk"],
        ["May 2026"],
        ["id", "opened", "mins"],
        *([str(n), "05/05/2026", "1,5"] for n in range(5)),
    ]
    write_workbook(tmp_path / "a.xlsx", {"Read me": [["What this is"]], "Export": rows})
    file = sniff(tmp_path / "a.xlsx")
    assert file.header == ("id", "opened", "mins")
    assert dict(file.options) == {"sheet": "Export", "skip": 2, "decimal": ","}


@pytest.mark.parametrize("content", [b"\0\1\2\3" * 9, b"%PDF-1.7", b"\xd0\xcf\x11\xe0\0\0\0\0"])
def test_what_is_no_table_is_refused(content: bytes, tmp_path: Path) -> None:
    """With what to do."""
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        sniff(tmp_path / "a.csv")
    assert "a.csv" in caught.value.message
    assert caught.value.hint
