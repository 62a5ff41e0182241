"""The JSON Schemas on disk."""

from __future__ import annotations

from pathlib import Path

from ..load.schema import render_schema, schemas
from .files import write_text


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema; the files written. Raises KpiError."""
    for path, text in _rendered(folder).items():
        write_text(path, text)
    return list(_rendered(folder))


def stale_schemas(folder: Path) -> list[Path]:
    """The schema files that are missing or not current."""
    wanted = _rendered(folder)
    return [p for p, text in wanted.items() if not p.is_file() or p.read_text(encoding="utf-8") != text]


def _rendered(folder: Path) -> dict[Path, str]:
    return {folder / f"{name}.schema.json": render_schema(name) for name in schemas()}
