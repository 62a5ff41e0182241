"""Every format of sources keeps the same promises: its columns, its rows, its fingerprint, its faults in our words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import get_args

import duckdb
import pytest

from kpi_framework.compile.dataset.source_type import SourceType
from kpi_framework.compile.dialect.duckdb.dialect import DUCKDB
from kpi_framework.compile.dialect.duckdb.spelling import sql_of
from kpi_framework.compile.sql.tree import Tree
from kpi_framework.evaluate.engine.duckdb import DuckWorker, WorkerLimits
from kpi_framework.evaluate.engine.interface import EngineError, Row
from kpi_framework.evaluate.sources.formats import FORMATS, columns_without_engine, find_files
from kpi_framework.evaluate.sources.interface import Files, SourceError
from kpi_framework.evaluate.sources.scratch import Scratch
from kpi_framework.evaluate.tree_engine import TreeEngine
from kpi_framework.model.project import Dataset
from kpi_framework.model.source import Source
from tests.workbooks import write_workbook

TICKETS = [{"id": "a", "note": "x"}, {"id": "b", "note": "y, z"}]


def write_csv(path: Path) -> None:
    """The tickets as CSV."""
    path.write_text('id,note\na,x\nb,"y, z"\n')


def write_tsv(path: Path) -> None:
    """The tickets as tab-separated values."""
    path.write_text("id\tnote\na\tx\nb\ty, z\n")


def write_xlsx(path: Path) -> None:
    """The tickets as a workbook of one sheet."""
    write_workbook(path, {"Tickets": [["id", "note"], *(list(ticket.values()) for ticket in TICKETS)]})


def write_json(path: Path) -> None:
    """The tickets as a JSON object a line."""
    path.write_text("".join(json.dumps(ticket) + "\n" for ticket in TICKETS))


def write_parquet(path: Path) -> None:
    """The tickets as Parquet."""
    rows = duckdb.sql("SELECT * FROM (VALUES ('a', 'x'), ('b', 'y, z')) t(id, note)")
    assert rows is not None
    rows.write_parquet(str(path))


WRITERS: Mapping[str, Callable[[Path], None]] = {
    "xlsx": write_xlsx,
    "csv": write_csv,
    "tsv": write_tsv,
    "json": write_json,
    "parquet": write_parquet,
}
every_format = pytest.mark.parametrize("form", FORMATS)


def dataset(path: str) -> Dataset:
    """A dataset with this path, whose ending tells the format."""
    return Dataset.model_validate({"source": path})


def files_of(root: Path, form: str) -> Files:
    """A source of this format that holds the tickets."""
    WRITERS[form](root / f"tickets.{form}")
    return find_files(dataset(f"tickets.{form}"), root, ())


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    """Where copies go."""
    folder = Scratch()
    yield folder
    folder.close()


@pytest.fixture(scope="module")
def engines() -> Iterator[Callable[[Files], DuckWorker]]:
    """Opens engines that are admitted to a source's files."""
    workers: list[DuckWorker] = []

    def admitted(files: Files) -> DuckWorker:
        workers.append(DuckWorker(WorkerLimits(threads=1)))
        workers[-1].admit(files.resolved)
        return workers[-1]

    yield admitted
    for worker in workers:
        worker.close()


class Unasked:
    """An engine that nobody may ask."""

    failure: Exception = AssertionError("the columns are known without an engine")

    def describe(self, _rows: Tree) -> Mapping[str, SourceType]:
        """No answer."""
        raise self.failure

    def fetch(self, _query: Tree) -> list[Row]:
        """No answer."""
        raise self.failure


class Died(Unasked):
    """An engine that is gone."""

    failure = EngineError("worker-died", died=True)


def test_every_format_of_kpi_yaml_can_be_opened() -> None:
    """The words that `format:` may be, and the endings of paths, are those of the table of formats."""
    words = {word for part in get_args(Source.model_fields["format"].annotation) for word in get_args(part)}
    assert words == set(FORMATS) == {Source(path=f"x.{word}").kind for word in words} == set(WRITERS)


@every_format
def test_the_rows_are_the_same_in_every_format(
    form: str, tmp_path: Path, engines: Callable[..., DuckWorker], scratch: Scratch
) -> None:
    """The wanted columns, in the wanted order; the columns that the source says it has can be read."""
    files = files_of(tmp_path, form).prepared(scratch)
    engine = engines(files)
    native = files.columns(TreeEngine(engine, DUCKDB))
    assert dict(native.types) == dict.fromkeys(("id", "note"), SourceType.TEXT)
    rows: list[Row] = engine.fetch(sql_of(files.relation(native, ["note", "id"])))
    assert sorted(rows) == [("x", "a"), ("y, z", "b")]


@every_format
def test_what_is_known_without_an_engine_is_what_an_engine_would_say(form: str, tmp_path: Path) -> None:
    """The columns where a header names them, and then no engine is asked; None where one is asked."""
    files = files_of(tmp_path, form)
    known = files.columns_without_engine()
    assert known == columns_without_engine(dataset(f"tickets.{form}"), tmp_path, ())
    if known is not None:
        assert files.columns(Unasked()) == known
    else:
        with pytest.raises(AssertionError):
            files.columns(Unasked())


def test_nothing_is_known_of_files_that_are_not_there(tmp_path: Path) -> None:
    """None, as for a format that only an engine can look into."""
    assert columns_without_engine(dataset("tickets.csv"), tmp_path, ()) is None


@every_format
def test_the_fingerprint_is_of_the_bytes(form: str, tmp_path: Path) -> None:
    """The same bytes under any name have one fingerprint; others have another."""
    before = files_of(tmp_path, form)
    (tmp_path / "elsewhere").mkdir()
    assert files_of(tmp_path / "elsewhere", form).fingerprint() == before.fingerprint()
    fingerprint = before.fingerprint()
    path = Path(before.paths[0])
    path.write_bytes(path.read_bytes() + b"\n")
    assert before.fingerprint() != fingerprint


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_a_file_that_is_none_is_told_in_our_words(
    form: str, tmp_path: Path, engines: Callable[..., DuckWorker]
) -> None:
    """The engine's failure becomes a sentence that quotes no row."""
    path = tmp_path / f"tickets.{form}"
    path.write_text('{"id": CANARY')
    files = find_files(dataset(path.name), tmp_path, ())
    with pytest.raises(SourceError) as caught:
        files.columns(TreeEngine(engines(files), DUCKDB))
    assert path.name in caught.value.message
    assert "CANARY" not in caught.value.message + caught.value.hint


@every_format
def test_an_engine_that_is_gone_is_no_fault_of_the_source(form: str, tmp_path: Path) -> None:
    """A worker that died says nothing about the file."""

    files = files_of(tmp_path, form)
    if files.columns_without_engine() is None:
        with pytest.raises(EngineError):
            files.columns(Died())


def write_rows(path: Path, *rows: Mapping[str, object]) -> None:
    """Rows with the names that they have, as a file of the format that the path ends in."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".parquet":
        values = ", ".join(f"({', '.join(map(repr, row.values()))})" for row in rows)
        header = ", ".join(f'"{name}"' for name in names)
        duckdb.execute(f"COPY (SELECT * FROM (VALUES {values}) t({header})) TO '{path}'")  # noqa: S608 - our own words
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows))
    elif path.suffix == ".xlsx":
        write_workbook(path, {"Tickets": [names, *([row.get(name) for name in names] for row in rows)]})
    else:
        lines = [names, *([str(row[name]) for name in names] for row in rows)]
        delimiter = "\t" if path.suffix == ".tsv" else ","
        path.write_text("".join(delimiter.join(cells) + "\n" for cells in lines))


@every_format
def test_a_file_without_a_column_has_no_values_there(
    form: str, tmp_path: Path, engines: Callable[..., DuckWorker], scratch: Scratch
) -> None:
    """Two exports, one of which lacks a column, are read together, and its rows are marked."""
    write_rows(tmp_path / f"a.{form}", {"id": "a", "note": "x"})
    write_rows(tmp_path / f"b.{form}", {"id": "b"})
    files = find_files(dataset(f"*.{form}"), tmp_path, ()).prepared(scratch)
    native = files.columns(TreeEngine(engines(files), DUCKDB))
    assert (native.is_lacking("id"), native.is_lacking("note")) == (False, True)
    rows = engines(files).fetch(sql_of(files.relation(native, ["id", "note"])))
    assert sorted(rows) == [("a", "x", False), ("b", None, True)]


@every_format
def test_names_that_differ_in_case_or_outer_blanks_are_one_column(
    form: str, tmp_path: Path, engines: Callable[..., DuckWorker], scratch: Scratch
) -> None:
    """It has the name that the first file gives it, and the values of all of them."""
    write_rows(tmp_path / f"a.{form}", {"Id": "a", "Note": "x"})
    write_rows(tmp_path / f"b.{form}", {" note ": "y", "ID": "b"})
    files = find_files(dataset(f"*.{form}"), tmp_path, ()).prepared(scratch)
    native = files.columns(TreeEngine(engines(files), DUCKDB))
    assert list(native.types) == ["Id", "Note"]
    assert sorted(engines(files).fetch(sql_of(files.relation(native, ["Id", "Note"])))) == [("a", "x"), ("b", "y")]


def test_objects_of_one_file_need_not_agree_on_case(
    tmp_path: Path, engines: Callable[..., DuckWorker], scratch: Scratch
) -> None:
    """Each row of a JSON file has its own names, with any signs in them."""
    key = 'the "note" \\ $.x'
    write_rows(tmp_path / "a.json", {"id": "a", key: "x"}, {"ID": "b", key.upper(): "y"}, {"Id": "c", "more": {"k": 1}})
    files = find_files(dataset("a.json"), tmp_path, ()).prepared(scratch)
    native = files.columns(TreeEngine(engines(files), DUCKDB))
    assert {name.lower() for name in native.types} == {"id", key.lower(), "more", "more.k"}
    columns = sorted(set(native.types) - {"more.k"}, key=str.lower)
    rows = engines(files).fetch(sql_of(files.relation(native, columns)))
    assert sorted(rows) == [("a", None, "x"), ("b", None, "y"), ("c", '{"k":1}', None)]


def test_a_format_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    """Before the disk is looked at."""
    with pytest.raises(SourceError, match="format"):
        find_files(dataset("tickets.xyz"), tmp_path, ())
