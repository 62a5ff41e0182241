"""The sample project, for a first look: copied to a folder of the reader's own."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from ...model.diagnostic import KpiError
from ..files import copy_file, refuse_filled, write_text
from .surroundings import IGNORED

PARTS = ("kpi.yaml", "kpis", "baselines", "schemas", "data")
_PACKAGE = Path(__file__).parents[2]


def sample() -> Path:
    """Where the sample project lies: beside the package in a checkout, among the shared files when installed.

    Raises KpiError.
    """
    installed = Path(sysconfig.get_path("data")) / "share" / "kpi-framework" / "sample"
    for folder in (_PACKAGE.parent, installed):
        if all((folder / part).exists() for part in PARTS):
            return folder
    raise KpiError("the sample project is not installed", "Install kpi-framework again, from a wheel or a checkout.")


def copy_sample(folder: Path) -> None:
    """Copy the sample project. Raises KpiError where the folder has something in it already."""
    refuse_filled(folder, "Name a folder that does not exist yet: `kpi demo FOLDER`.")
    origin = sample()
    for part in PARTS:
        for path in _files(origin / part):
            copy_file(path, folder / path.relative_to(origin))
    write_text(folder / ".gitignore", "".join(f"{name}\n" for name in IGNORED))


def _files(path: Path) -> list[Path]:
    """A file, or those beneath a folder that belong to the sample."""
    beneath = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return [p for p in beneath if p.suffix not in (".py", ".pyc")]
