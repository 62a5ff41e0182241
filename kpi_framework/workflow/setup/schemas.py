"""The JSON Schemas on disk."""

from __future__ import annotations

from pathlib import Path

from ...load.schema import render_schema, schemas
from ..files import write_text
from ..project_files import links_beneath, read_file, refuse_links


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema; the files written. Raises KpiError."""
    for path, text in _rendered(folder).items():
        write_text(path, text)
    return list(_rendered(folder))


def stale_schemas(folder: Path) -> list[Path]:
    """The schema files that are missing or not current. Raises RefusedFiles for links in their place."""
    refuse_links(links_beneath(folder.parent, folder.name))
    wanted = _rendered(folder)
    return [path for path, text in wanted.items() if read_file(folder, path.relative_to(folder).as_posix()) != text]


def _rendered(folder: Path) -> dict[Path, str]:
    return {folder / f"{name}.schema.json": render_schema(name) for name in schemas()}
