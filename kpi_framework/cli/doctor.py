"""`kpi doctor`: what an issue report needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from ..model.diagnostic import KpiError
from ..report.pages.doctor import DOCTOR_FORMATS
from ..workflow.checking.doctor import diagnose
from ..workflow.project import find_project
from . import options as o
from .app import app
from .complete import choice


@app.command()
def doctor(
    project: o.Project = None, form: Annotated[str, choice("--format", tuple(DOCTOR_FORMATS))] = "text",
    output: o.Output = "-", allow_path: o.AllowPath = None,
) -> None:  # fmt: skip
    """Describe this installation and project for an issue report.

    It shows versions, isolation, shapes of columns and timings. It shows no name, no text and no value of the project.
    """
    options = o.options(project, allow_path=allow_path) if project is not None or _is_in_a_project() else None
    o.write(DOCTOR_FORMATS[form](diagnose(options)), output)


def _is_in_a_project() -> bool:
    try:
        find_project(None, Path.cwd())
    except KpiError:
        return False
    return True
