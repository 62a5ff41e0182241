"""Where the rows of a delimited file are: the line in which each begins."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_framework.evaluate.sources.delimited import DelimitedFiles
from kpi_framework.model.source import Source

CELLS = st.text(alphabet='ab,;"\n ', max_size=6)
ENDS = st.sampled_from(["\n", "\r\n"])
ROWS = st.lists(st.tuples(CELLS, CELLS, st.integers(0, 2)), min_size=1, max_size=8)


@given(rows=ROWS, end=ENDS, has_last_end=st.booleans())
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_row_begins_in_the_line_where_it_was_written(
    rows: list[tuple[str, str, int]], end: str, has_last_end: bool, tmp_path: Path
) -> None:
    """Whatever stands in cells before it, in quotes and over several lines, and however many lines are empty."""
    out, expected = io.StringIO(newline=""), []
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(["x", "y"])
    for first, second, blank_lines in rows:
        expected.append(out.getvalue().count("\n") + 1)
        writer.writerow([first, second])
        out.write(end * blank_lines)
    path = tmp_path / "t.csv"
    text = out.getvalue()
    path.write_text(text if has_last_end else text.rstrip("\r\n"), encoding="utf-8", newline="")
    files = DelimitedFiles.opened(Source(path="t.csv"), [path])
    wanted = [(number, "x") for number in range(1, len(rows) + 1)]
    assert files.locations(wanted) == [str(line) for line in expected]


def test_an_empty_line_is_a_row_where_there_is_one_column(tmp_path: Path) -> None:
    """As it is for the engine, which reads it as a row without a value."""
    path = tmp_path / "t.csv"
    path.write_text("x\n1\n\n2\n", encoding="utf-8")
    files = DelimitedFiles.opened(Source(path="t.csv"), [path])
    assert files.locations([(1, "x"), (2, "x"), (3, "x")]) == ["2", "3", "4"]


def test_where_a_file_cannot_be_read_again_the_row_is_told(tmp_path: Path) -> None:
    """It may have gone in the meantime."""
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n", encoding="utf-8")
    files = DelimitedFiles.opened(Source(path="t.csv"), [path])
    path.unlink()
    assert files.locations([(1, "x")]) == ["row 1"]
