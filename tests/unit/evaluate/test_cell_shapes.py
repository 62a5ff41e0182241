"""A cell's shape may be shown; its value may not. What the shape tells is what to write."""

from __future__ import annotations

import pytest

from kpi_framework.compile.dataset.columns import Base
from kpi_framework.compile.dataset.source_type import SourceType
from kpi_framework.evaluate.cell_shapes import Context, likely_cause, shape
from kpi_framework.model.project import ContractColumn

TEXT = SourceType.TEXT


def column(kind: str, meaning: ContractColumn | None = None) -> Base:
    """A column of a CSV file of this type."""
    return Base("x", "X col", kind, TEXT, None, False, {}, meaning)


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("14/03/2026 2:05 PM", "99/99/9999 9:99 AA"),
        ("Jo O'Neil", "Aa A'Aaaa"),
        ("tab\there <b>|`x`", "aaa aaaa ?a???a?"),
        ("Ünïcode ٣", "Aaaaaaa 9"),
        ("a" * 40, "a" * 30 + "…"),
        ("", ""),
    ],
)
def test_a_shape_holds_no_letter_and_no_digit_of_its_cell(cell: str, masked: str) -> None:
    """Digits become 9, letters a or A; of other characters only plain ones stay."""
    assert shape(cell) == masked


@pytest.mark.parametrize(
    ("kind", "cells", "wanted"),
    [
        ("timestamp", ["14/03/2026 2:05 PM", "01/02/2026 11:00 AM"], "`timestamps: '%d/%m/%Y %I:%M %p'`"),
        ("timestamp", ["03/14/2026 14:05"], "`timestamps: '%m/%d/%Y %H:%M'`"),
        ("timestamp", ["3/4/2026 14:05:09"], "`timestamps: '%d/%m/%Y %H:%M:%S'` or `timestamps: '%m/%d/%Y %H:%M:%S'`"),
        ("timestamp", ["14.03.26"], "`timestamps: '%d.%m.%y'`"),
        ("timestamp", ["15/Nov/23 10:22 AM"], "`timestamps: '%d/%b/%y %I:%M %p'`"),
        ("timestamp", ["Mar 14, 2026"], "`timestamps: '%b %d, %Y'`"),
        ("timestamp", ["02/oct/25 2:15 PM", "14/ene/25 2:15 PM"], "`timestamps: '%d/%b/%y %I:%M %p'`"),
        ("timestamp", ["14 März 2026"], "`timestamps: '%d %b %Y'`"),
        ("date", ["2026/03/14"], "`timestamps: '%Y/%m/%d'`"),
        ("timestamp", ["1767225600"], "`timestamps: 'epoch'`"),
        ("timestamp", ["1767225600000"], "`timestamps: 'epoch_ms'`"),
        ("timestamp", ["46023.5"], "`timestamps: 'excel'`"),
        ("timestamp", ["-", "N/A"], '`nulls: ["", "-", "N/A"]`'),
        ("timestamp", ["1900-01-01 00:00:00"], '`nulls: ["", "1900-01-01 00:00:00"]`'),
        ("double", ["12,5", "1.234,5"], '`decimal: ","`, `thousands: "."`'),
        ("double", ["1,234.50", "12"], '`thousands: ","`'),
        ("integer", ["2 553 000"], '`thousands: " "`'),
        ("double", ["€ 12,50"], '`decimal: ","`'),
        ("double", ["2\u00a0553\u00a0000,5"], '`decimal: ","`, `thousands: " "`'),
        ("double", ["1:30", "12:05"], "duration: 'H:MM'"),
        ("double", ["2 d 5 h"], "duration: 'words'"),
        ("integer", ["1.5"], "type: decimal"),
        ("boolean", ["Sim", "Não"], "values: {Não: …, Sim: …}"),
    ],
)
def test_a_shape_tells_what_to_write(kind: str, cells: list[str], wanted: str) -> None:
    """Times, numbers, durations, words for yes and no, and words for no value are known by how they are written."""
    context = Context(column(kind), fits_elsewhere=False)
    assert wanted in (likely_cause(cells, context) or "")


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("timestamp", ["yesterday"]),
        ("timestamp", ["31/31/2026 10:00"]),
        ("timestamp", ["14/03/2026 10:00", "03/14/2026 10:00"]),
        ("double", ["1,234"]),
        ("double", ["1,5", "1.5x"]),
        ("double", ["1,5", "2.5"]),
        ("boolean", ["maybe"]),
        ("text", ["14/03/2026"]),
        ("timestamp", ["", " "]),
    ],
)
def test_what_the_shapes_do_not_decide_is_not_told(kind: str, cells: list[str]) -> None:
    """Cells of different shapes, a comma that could be either, and words tell no cause."""
    assert likely_cause(cells, Context(column(kind))) is None


def test_where_other_cells_fit_both_ways_are_written() -> None:
    """The format is added to those that the column has; without any, its other cells are ISO."""
    other = Context(column("timestamp"), timestamps=("%d.%m.%Y",))
    assert "['%d.%m.%Y', '%d/%m/%Y']" in (likely_cause(["14/03/2026"], other) or "")
    assert "['iso', '%d/%m/%Y']" in (likely_cause(["14/03/2026"], Context(column("timestamp"))) or "")


def test_a_number_that_the_contract_does_not_allow_is_told_as_that() -> None:
    """A plain number that does not fit is out of the contract's bounds."""
    meaning = ContractColumn(description="x", type="double", minimum=0, maximum=10)
    assert "below 0 or above 10" in (likely_cause(["11"], Context(column("double", meaning))) or "")


@pytest.mark.parametrize("kind", ["timestamp", "double", "boolean", "integer", "date"])
@pytest.mark.parametrize("secret", ["4111 1111 1111 1111", "jo@example.com", "+44 20 7946 0958", "19,84"])
def test_no_cause_shows_a_cell(kind: str, secret: str) -> None:
    """Whatever is told of a cell, it is not the cell."""
    assert secret not in f"{likely_cause([secret], Context(column(kind)))} {shape(secret)}"


def test_a_duration_with_days_needs_the_length_of_a_day() -> None:
    """A day of work may be eight hours or twenty-four: nobody but the desk knows."""
    base = Base("x", "X col", "double", TEXT, "minutes", False, {}, None, duration="any")
    assert "`day: 8 h`" in (likely_cause(["1d 4h", "2w"], Context(base)) or "")


def test_what_the_source_says_already_is_not_told_again() -> None:
    """With a decimal comma, numbers with a point are what is written otherwise."""
    context = Context(column("double"), decimal=",")
    assert 'decimal: "."' in (likely_cause(["1,234.50"], context) or "")
    assert likely_cause(["12,5x"], context) is None
