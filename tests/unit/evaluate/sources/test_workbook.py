"""A workbook is read as it shows itself, and one that is made to harm is refused."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from kpi_framework.evaluate.sources import workbook
from kpi_framework.evaluate.sources.interface import SourceError
from kpi_framework.evaluate.sources.workbook import letters, read_sheet
from kpi_framework.model.source import Source
from tests.workbooks import Error, Formula, write_workbook

SOURCE = Source(path="a.xlsx")


def rewritten(path: Path, part: str, old: str, new: str) -> None:
    """Replace a text in a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def texts(path: Path, source: Source = SOURCE) -> list[list[str]]:
    """The rows of the sheet."""
    return list(read_sheet(path, path.name, source).texts(source.decimal))


def test_cells_are_the_texts_that_a_csv_file_would_have(tmp_path: Path) -> None:
    """Times by ISO 8601, whole numbers without decimals, stretches of time as H:MM:SS, numbers by the source's sign."""
    row = [
        "a", 1, 1.5, True, dt.datetime(2026, 1, 5, 10), dt.timedelta(hours=30, seconds=5), None, 12345678901, 1e-7,
        "x\ny",
    ]  # fmt: skip
    write_workbook(tmp_path / "a.xlsx", {"S": [row]})
    assert texts(tmp_path / "a.xlsx", Source(path="a.xlsx", decimal=",")) == [
        ["a", "1", "1,5", "true", "2026-01-05 10:00:00", "30:00:05", "", "12345678901", "0,0000001", "x\ny"]
    ]


def test_cells_without_a_value_are_told(tmp_path: Path) -> None:
    """An error is itself; a formula that was not computed is one, and one that was is its value."""
    rows: list[list[object]] = [["a", "b"], [Error("#REF!"), Formula("1+1")], [Formula("1+1", 2.0), Error("#N/A")]]
    write_workbook(tmp_path / "a.xlsx", {"S": rows})
    assert texts(tmp_path / "a.xlsx")[1:] == [["#REF!", "#UNSAVED!"], ["2", "#N/A"]]


def test_a_sheet_that_the_library_cannot_read_is_told(tmp_path: Path) -> None:
    """Whatever is wrong in it: never as a failure of ours."""
    write_workbook(tmp_path / "a.xlsx", {"S": [["a"], (Error("#WHATEVER"),)]})
    with pytest.raises(SourceError, match=r"a\.xlsx"):
        texts(tmp_path / "a.xlsx")


def test_rows_and_columns_keep_their_places(tmp_path: Path) -> None:
    """Empty rows and columns before the table are a part of it: what is told of a cell is where a person finds it."""
    write_workbook(tmp_path / "a.xlsx", {"S": [[None], [None, None, "x"], [None], [None, None, Error("#N/A")]]})
    assert texts(tmp_path / "a.xlsx") == [["", "", ""], ["", "", "x"], ["", "", ""], ["", "", "#N/A"]]
    assert [letters(n) for n in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_document_type_is_refused(part: str, tmp_path: Path) -> None:
    """Entities of entities would grow without end."""
    path = tmp_path / "a.xlsx"
    write_workbook(path, {"S": [["a"], [1]]})
    bomb = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    rewritten(path, part, '<?xml version="1.0" encoding="UTF-8"?>', bomb)
    with pytest.raises(SourceError, match="not a readable Excel workbook"):
        texts(path)


def test_a_cell_far_from_the_others_is_refused(tmp_path: Path) -> None:
    """All cells up to the last would be taken into memory: seventeen thousand million of them."""
    path = tmp_path / "a.xlsx"
    write_workbook(path, {"S": [["a"], [1]]})
    rewritten(path, "xl/worksheets/sheet1.xml", '<row r="2"><c r="A2">', '<row r="1048576"><c r="XFD1048576">')
    with pytest.raises(SourceError, match="far"):
        texts(path)


def test_a_part_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read."""
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 10_000)
    write_workbook(tmp_path / "a.xlsx", {"S": [["a"]] * 10_000})
    with pytest.raises(SourceError, match="unpacked"):
        texts(tmp_path / "a.xlsx")


def test_days_from_1904_are_no_excel_numbers(tmp_path: Path) -> None:
    """They would be four years wrong, in silence."""
    path = tmp_path / "a.xlsx"
    write_workbook(path, {"S": [["a"], [46000]]})
    rewritten(path, "xl/workbook.xml", "<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert texts(path)
    with pytest.raises(SourceError, match="1904"):
        texts(path, Source(path="a.xlsx", timestamps=("excel",)))


def test_without_its_library_a_workbook_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with `kpi-framework[xlsx]`."""
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    write_workbook(tmp_path / "a.xlsx", {"S": [["a"]]})
    with pytest.raises(SourceError) as caught:
        texts(tmp_path / "a.xlsx")
    assert "kpi-framework[xlsx]" in caught.value.hint
