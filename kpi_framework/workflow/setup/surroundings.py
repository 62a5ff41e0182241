"""What stands around a new project: schemas for editors, a pipeline, and what git is told. What is there stays."""

from __future__ import annotations

import os
from pathlib import Path

from ...model.diagnostic import KpiError
from ..files import write_text
from .pipelines import write_pipeline
from .schemas import write_schemas

IGNORES, ATTRIBUTES = ".gitignore", ".gitattributes"
IGNORED = ("scorecard/", "kpi-reports/", "notices/", ".kpi-venv/")
"""What commands and jobs write: it is computed anew."""
_ATTRIBUTES = """\
# Data and ledgers are compared byte for byte: git changes no line end in them, and merges no lines of two ledgers.
data/** -text
ledger/** -text -merge
"""


def write_surroundings(folder: Path, system: str, requirement: str | None) -> list[str]:
    """Write the schemas, the pipeline, .gitattributes and the entries of .gitignore; the names of what was written.

    Raises KpiError.
    """
    written = []
    if not (folder / "schemas").exists():
        write_schemas(folder / "schemas")
        written.append("schemas/")
    written += write_pipeline(folder, system, requirement)
    if not os.path.lexists(folder / ATTRIBUTES):
        write_text(folder / ATTRIBUTES, _ATTRIBUTES)
        written.append(ATTRIBUTES)
    return [*written, *_ignored(folder / IGNORES)]


def _ignored(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise KpiError(f"{path} cannot be read", "Correct it first.") from error
    lines = {line.strip("/") for line in text.splitlines()}
    lacking = [name for name in IGNORED if name.strip("/") not in lines]
    if lacking:
        write_text(path, "\n".join([*([text.removesuffix("\n")] if text else []), *lacking, ""]))
    return [path.name] if lacking else []
