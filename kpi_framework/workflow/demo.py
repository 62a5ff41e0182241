"""The sample project, for a first look: copied to a folder of the reader's own."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

from ..model.diagnostic import KpiError
from .files import write_text
from .init import IGNORED

PARTS = ("kpi.yaml", "kpis", "baselines", "schemas", "data")
_PACKAGE = Path(__file__).parent.parent


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
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KpiError(f"{folder} is not empty", "Name a folder that does not exist yet: `kpi demo FOLDER`.")
    origin = sample()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            if (origin / part).is_dir():
                shutil.copytree(origin / part, folder / part, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
            else:
                shutil.copy(origin / part, folder / part)
    except OSError as error:
        raise KpiError(f"{folder} cannot be written: {error.strerror}", "Choose another folder.") from error
    write_text(folder / ".gitignore", f"{IGNORED}\n")
