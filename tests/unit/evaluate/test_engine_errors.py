"""An engine's errors: the kind decides the words, and no file is blamed for what a statement did."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_framework.evaluate import findings
from kpi_framework.evaluate.engine.interface import EngineError
from kpi_framework.evaluate.sources.delimited import DelimitedFiles
from kpi_framework.evaluate.sources.interface import SourceError
from kpi_framework.load.catalog import load_catalog
from kpi_framework.model.measurement import Reason
from kpi_framework.model.source import Source

OF_STATEMENTS = (
    "BinderException", "CatalogException", "ParserException", "InternalException", "NotImplementedException",
)  # fmt: skip


@pytest.mark.parametrize("kind", [*OF_STATEMENTS, "OutOfMemoryException", "ConversionException"])
def test_a_file_is_not_blamed_for_a_statement(kind: str, tmp_path: Path) -> None:
    """What fails for another cause than the file stays the engine's error, whatever the format."""
    error = EngineError(kind)
    assert _files(tmp_path).unreadable(error) is error


@pytest.mark.parametrize("kind", ["InvalidInputException", "IOException", "Error"])
def test_a_broken_file_is_told_as_one(kind: str, tmp_path: Path) -> None:
    """Malformed contents are the file's fault."""
    assert isinstance(_files(tmp_path).unreadable(EngineError(kind)), SourceError)


@pytest.mark.parametrize(
    ("kind", "rule", "reason"),
    [
        *((kind, "formula-failed", Reason.DEFINITION_ERROR) for kind in OF_STATEMENTS),
        ("OutOfRangeException", "formula-failed", Reason.DEFINITION_ERROR),
        ("OutOfMemoryException", "worker-failed", Reason.WORKER_ERROR),
    ],
)
def test_the_kind_decides_the_finding(kind: str, rule: str, reason: Reason) -> None:
    """A statement that the engine refuses, a value that is too large and memory that is full are three findings."""
    catalog, _ = load_catalog({"kpi.yaml": "version: 1\nname: A\ndatasets: {tickets: {source: a.csv}}\n"}, {})
    assert catalog is not None
    finding = findings.of_engine(catalog, "tickets", EngineError(kind))
    assert (finding.rule, findings.why_not_computed(EngineError(kind))) == (rule, reason)
    assert "readable" not in finding.message


def _files(folder: Path) -> DelimitedFiles:
    path = folder / "a.csv"
    path.write_text("a\n1\n", encoding="utf-8")
    return DelimitedFiles.opened(Source(path="a.csv"), [path])
