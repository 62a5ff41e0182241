"""A first look at an export: how it is written, and what stands in its columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kpi_framework.evaluate import profile, sniff
from kpi_framework.evaluate.engine.duckdb import WorkerLimits
from kpi_framework.evaluate.profile import ExportTable
from kpi_framework.evaluate.sources.interface import SourceError
from kpi_framework.evaluate.sources.scratch import Scratch
from kpi_framework.model.column_profile import ColumnProfile, FileProfile, TimeOrder, TimeReading
from tests.engines.inside import InsideEngine


def written(folder: Path, content: str | bytes, name: str = "a.csv") -> Path:
    """A file in a folder."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@contextmanager
def table(*files: FileProfile) -> Iterator[ExportTable]:
    """The rows of files, in an engine."""
    with closing(InsideEngine(WorkerLimits())) as engine:
        yield ExportTable.read(engine, Scratch(), files)


def test_a_column_is_counted_and_listed(tmp_path: Path) -> None:
    """Rows, blank and lacking cells, different texts in order, and the first rows side by side."""
    file = sniff.sniff(written(tmp_path, "id,word\n1,b \n2,a\n\n3,b\n4, \n5,\n"))
    with table(file) as rows:
        profiles = rows.profiles(["id", "word"])
    assert profiles["word"] == ColumnProfile(
        "word", "text", row_count=5, empty_count=2, distinct_count=2, texts=("b", "a"), sample=("b", "a", "b", "", "")
    )
    assert profiles["id"].sample == ("1", "2", "3", "4", "5")


def test_several_files_are_one(tmp_path: Path) -> None:
    """Each by its own header: the columns of the second may be in another order."""
    first = sniff.sniff(written(tmp_path, "id,word\n1,b\n2,a\n"))
    second = sniff.sniff(written(tmp_path, "word,id\na,3\nc,1\n", "b.csv"))
    with table(first, second) as rows:
        profiles = rows.profiles(["word", "id"])
    assert profiles["word"].texts == ("a", "b", "c")
    assert profiles["id"].texts == ("1", "2", "3")
    assert profiles["id"].row_count == 4


def test_a_sample_is_bounded_and_in_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows of every column, evenly spread; everything is counted."""
    monkeypatch.setattr(profile, "MAX_SAMPLE", 2)
    file = sniff.sniff(written(tmp_path, "a,b\n1,x\n2,y\n3,z\n"))
    with table(file) as rows:
        profiles = rows.profiles(["a", "b"])
    assert (profiles["a"].sample, profiles["b"].sample) == (("1", "3"), ("x", "z"))
    assert profiles["a"].distinct_count == 3


def test_times_are_read_counted_and_ordered(tmp_path: Path) -> None:
    """By the formats that are asked for: how many cells they read, the ends, which comes first, the days."""
    text = "a,b\n01/02/2026,02/02/2026\n13/02/2026,\nx,14/02/2026\n"
    with table(sniff.sniff(written(tmp_path, text))) as rows:
        day_first, month_first = ("%d/%m/%Y",), ("%m/%d/%Y",)
        first, second = rows.readings([("a", day_first), ("a", month_first)])
        assert first == TimeReading(2, dt.datetime(2026, 2, 1), dt.datetime(2026, 2, 13))
        assert second == TimeReading(1, dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 2))
        assert rows.unread("a", month_first) == ("13/02/2026", "x")
        orders = rows.orders({"a": day_first, "b": day_first})
        assert orders == {("a", "b"): TimeOrder(1, 1), ("b", "a"): TimeOrder(1, 0)}
        assert rows.days("b", day_first) == [(dt.date(2026, 2, 2), 1), (dt.date(2026, 2, 14), 1)]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter", "header"),
    [
        ("a;b,c;d\n1;2;3\n", "utf-8", ";", ("a", "b,c", "d")),
        ("a\tb\n1\t2\n".encode("utf-16"), "utf-16", "\t", ("a", "b")),
        ("größe,b\n1,2\n".encode("latin-1"), "latin-1", ",", ("größe", "b")),
        ("\ufeffa,a,b\n1,2,3\n", "utf-8", ",", ("a", "a_2", "b")),
    ],
)
def test_a_file_says_how_it_is_written(
    tmp_path: Path, content: str | bytes, encoding: str, delimiter: str, header: tuple[str, ...]
) -> None:
    """The delimiter that makes the most cells, the encoding that fits, no mark in the first name, no name twice."""
    file = sniff.sniff(written(tmp_path, content))
    assert (file.encoding, file.delimiter, file.header) == (encoding, delimiter, header)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"a,b\n", b"a,b\n\n\n", b"PK\x03\x04\x00\x00"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    """No header, no row, no text."""
    with pytest.raises(SourceError, match=r"a\.csv"):
        sniff.sniff(written(tmp_path, content))
