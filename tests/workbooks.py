"""Small Excel workbooks, written part by part: what a cell holds is in the tests' own hands."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_DATE_STYLE, _STRETCH_STYLE = 1, 2


@dataclass(frozen=True)
class Error:
    """A cell that holds an error such as #N/A."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula; without a value, none was saved."""

    text: str
    value: float | None = None


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """A workbook with these sheets: None is no cell, times are numbers that are formatted as times."""
    names = list(sheets)
    rels = "".join(_relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1))
    listed = "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    parts = {
        "[Content_Types].xml": _types(len(names)),
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{_relation(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rels}'
        f"{_relation(99, 'styles', 'styles.xml')}</Relationships>",
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{n}.xml": _sheet(rows) for n, rows in enumerate(sheets.values(), 1)},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _types(count: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {"workbook": "/xl/workbook.xml", "styles": "/xl/styles.xml"}
    overrides = [(parts["workbook"], "sheet.main"), (parts["styles"], "styles")]
    overrides += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, count + 1)]
    named = "".join(f'<Override PartName="{part}" ContentType="{kind}.{what}+xml"/>' for part, what in overrides)
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{rels}{named}</Types>'


_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/>'
    '<numFmt numFmtId="171" formatCode="[h]:mm:ss"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="170" applyNumberFormat="1"/><xf numFmtId="171" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _sheet(rows: Sequence[Sequence[object]]) -> str:
    written = "".join(
        f'<row r="{n}">{"".join(_cell(f"{_letters(c)}{n}", value) for c, value in enumerate(row, 1))}</row>'
        for n, row in enumerate(rows, 1)
    )
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{written}</sheetData></worksheet>'


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(place: str, value: object) -> str:
    inside, attributes = "", ""
    match value:
        case None:
            return ""
        case Error():
            attributes, inside = ' t="e"', f"<v>{value.text}</v>"
        case Formula():
            inside = f"<f>{escape(value.text)}</f>" + ("" if value.value is None else f"<v>{value.value}</v>")
        case bool():
            attributes, inside = ' t="b"', f"<v>{int(value)}</v>"
        case int() | float():
            inside = f"<v>{value!r}</v>"
        case dt.datetime():
            days = (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
            attributes, inside = f' s="{_DATE_STYLE}"', f"<v>{days!r}</v>"
        case dt.timedelta():
            attributes, inside = f' s="{_STRETCH_STYLE}"', f"<v>{value / dt.timedelta(days=1)!r}</v>"
        case _:
            attributes = ' t="inlineStr"'
            inside = f'<is><t xml:space="preserve">{escape(str(value))}</t></is>'
    return f'<c r="{place}"{attributes}>{inside}</c>'
