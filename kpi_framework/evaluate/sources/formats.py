"""The formats of sources, and a dataset's source → its files."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from ...compile.dataset.columns import Native
from ...model.period import is_zone
from ...model.project import Column, Dataset
from ...model.quoting import shown
from ...model.source import Snapshot, Source, swapped
from .interface import Files, Open, SourceError
from .paths import abridged, find_paths
from .snapshots import snapshot_paths

FORMATS: Mapping[str, tuple[str, str]] = {
    "csv": ("kpi_framework.evaluate.sources.delimited", "DelimitedFiles"),
    "tsv": ("kpi_framework.evaluate.sources.delimited", "DelimitedFiles"),
    "json": ("kpi_framework.evaluate.sources.json", "JsonFiles"),
    "parquet": ("kpi_framework.evaluate.sources.parquet", "ParquetFiles"),
    "xlsx": ("kpi_framework.evaluate.sources.xlsx", "XlsxFiles"),
}
"""The file and the class of each format; a file is read when a source has its format."""


def opener(kind: str) -> Open:
    """How the files of one of `FORMATS` are opened."""
    module, files = FORMATS[kind]
    return cast(Open, getattr(importlib.import_module(module), files).opened)


def find_files(dataset: Dataset, root: Path, allowed: Sequence[Path]) -> Files:
    """The files of a dataset. Raises SourceError where there are none, or they lie outside."""
    source = dataset.reading
    columns = (column.timezone for column in dataset.columns.values() if isinstance(column, Column))
    unknown = next((zone for zone in (source.timezone, *columns) if zone is not None and not is_zone(zone)), None)
    if unknown is not None:
        raise SourceError(f"`timezone: {unknown}` is not an IANA time zone", "Write it as Europe/London, or UTC.")
    kind = source.kind
    if kind is None or kind not in FORMATS:
        raise SourceError(
            f"{abridged(source.path)}: the file format is not known",
            f"Add `format:` to the source: {', '.join(FORMATS)}.",
        )
    _check_numbers(source)
    fences = [root, *allowed]
    if isinstance(source, Snapshot):
        return opener(kind)(source, snapshot_paths(source, root, fences))
    return opener(kind)(source, find_paths(source.path, root, fences))


def _check_numbers(source: Source) -> None:
    """Refuse a way of writing numbers in which none can be read. Raises SourceError."""
    if source.decimal == source.thousands:
        raise SourceError(
            f"`decimal` and `thousands` are both {shown(source.decimal)}",
            'Correct one of them, such as `decimal: ","`.',
        )
    if source.kind == "json" and (source.decimal != "." or source.thousands):
        raise SourceError(
            "`decimal` and `thousands` are not for JSON, which writes every number in one way", "Leave them out."
        )


def refuse_both_orders(dataset: Dataset) -> None:
    """Raise SourceError where formats of one list differ in nothing but the order of day and month."""
    columns = (column.timestamps for column in dataset.columns.values() if isinstance(column, Column))
    for formats in (dataset.reading.timestamps, *columns):
        both = next((f for f in formats or () if "%d" in f and swapped(f) != f and swapped(f) in (formats or ())), None)
        if both is not None:
            raise SourceError(
                f"`timestamps` lists `{both}` and `{swapped(both)}`: 03/04 could be a day of March or of April",
                "Look at a row that you know, and delete the format with day and month in the wrong order.",
            )


def columns_without_engine(dataset: Dataset, root: Path, allowed: Sequence[Path]) -> Native | None:
    """The columns of a dataset's source as far as they can be known without an engine; None where its files are not."""
    try:
        return find_files(dataset, root, allowed).columns_without_engine()
    except SourceError:
        return None
