"""Exports for the tests of this room, made from their columns and cells without a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kpi_framework.discover.export import Export
from kpi_framework.discover.vendor import IdentifiedFile, Shipped, identified
from kpi_framework.load.library import shipped_contracts, shipped_presets
from kpi_framework.model.column_profile import ColumnProfile, Encoding, FileProfile

SHIPPED = Shipped(shipped_presets(), shipped_contracts())


def identified_file(
    headers: Sequence[str], name: str = "export.csv", delimiter: str = ",", encoding: Encoding = "utf-8"
) -> IdentifiedFile:
    """A file that is recognised by these headers."""
    file = identified(FileProfile(Path(name), encoding, delimiter, tuple(headers)), SHIPPED)
    assert isinstance(file, IdentifiedFile)
    return file


def export_of(columns: Mapping[str, Sequence[str]], encoding: Encoding = "utf-8") -> Export:
    """An export of one file with these different texts in its columns."""
    file = identified_file(list(columns), encoding=encoding)
    profiles = {name: ColumnProfile(name, texts=tuple(texts)) for name, texts in columns.items()}
    return Export((file.file,), file.match, profiles)
