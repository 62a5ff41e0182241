"""Where a dataset's rows are, and how they are written."""

from __future__ import annotations

import pytest

from kpi_framework.model.source import Source


@pytest.mark.parametrize(
    ("path", "form", "known"),
    [
        ("a/b.csv", None, "csv"),
        ("b.TSV", None, "tsv"),
        ("b.csv.gz", None, "csv"),
        ("b.JSON.ZST", None, "json"),
        ("b.xlsm", None, "xlsx"),
        ("b.jsonl", None, "json"),
        ("b.parquet", None, "parquet"),
        ("b.dat", None, None),
        ("b", None, None),
        ("b.dat", "csv", "csv"),
    ],
)
def test_the_format_is_said_or_shown_by_the_ending(path: str, form: str | None, known: str | None) -> None:
    """Nothing is sniffed."""
    assert Source.model_validate({"path": path, "format": form}).kind == known
