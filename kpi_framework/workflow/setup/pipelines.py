"""The files by which a CI system runs `kpi ci`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from ...model.record import Record
from ..files import write_text

_ONLY_KNOWN = " #@"
"""Ends a line that stands there only where it is known what to install."""
_PLACE = "@INSTALL@"


class PipelineFile(Record):
    """A file of a pipeline: the text it is made from, and what stands in it where nobody knows what to install."""

    text: str
    unknown: str | None = None
    """A variable of the system; None: the lines that would say it are left out, and the job asks for KPI_INSTALL."""


_VARIABLE = "${{ vars.KPI_INSTALL }}"
PIPELINES: Mapping[str, Mapping[str, PipelineFile]] = {
    "github": {
        ".github/workflows/kpi.yml": PipelineFile("github.yaml", _VARIABLE),
        ".github/workflows/kpi-comment.yml": PipelineFile("github-comment.yaml", _VARIABLE),
    },
    "gitlab": {".gitlab-ci.yml": PipelineFile("gitlab.yaml")},
    "azure": {"azure-pipelines.yml": PipelineFile("azure.yaml")},
    "jenkins": {"Jenkinsfile": PipelineFile("jenkins.groovy")},
    "make": {"kpi.mk": PipelineFile("make.mk")},
    "none": {},
}
"""The files of each system, by their path in the repository."""


def write_pipeline(folder: Path, system: str, requirement: str | None) -> list[str]:
    """Write the files of a system into a repository; those that are there stay. Raises KpiError."""
    written = []
    for path, file in PIPELINES[system].items():
        if not (folder / path).exists():
            write_text(folder / path, pipeline_text(file, requirement))
            written.append(path)
    return written


def pipeline_text(file: PipelineFile, requirement: str | None) -> str:
    """The text of a file that installs kpi from there."""
    text = files("kpi_framework").joinpath(f"library/starter/{file.text}").read_text(encoding="utf-8")
    value = requirement or file.unknown
    if file.text.endswith(".mk") and value is not None:
        value = value.replace("#", r"\#")
    if value is None:
        return "".join(line for line in text.splitlines(keepends=True) if not line.rstrip("\n").endswith(_ONLY_KNOWN))
    return text.replace(f"{_ONLY_KNOWN}\n", "\n").replace(_PLACE, value)
