"""Every output format by its name: a new one is one file with its `render_…`, and one line here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import cast

from .view.result import Renderer

RENDERERS: Mapping[str, tuple[str, str]] = {
    "text": ("kpi_framework.report.pages.scorecard_text", "render_text"),
    "json": ("kpi_framework.report.formats.json", "render_json"),
    "markdown": ("kpi_framework.report.pages.scorecard_markdown", "render_markdown"),
    "junit": ("kpi_framework.report.formats.junit", "render_junit"),
    "sarif": ("kpi_framework.report.formats.sarif", "render_sarif"),
    "github": ("kpi_framework.report.formats.github", "render_github"),
    "azure": ("kpi_framework.report.formats.azure", "render_azure"),
    "gitlab": ("kpi_framework.report.formats.gitlab", "render_gitlab"),
}
"""The file and the function of each format; a file is read when its format is asked for."""
FORMATS = tuple(RENDERERS)


def renderer(form: str) -> Renderer:
    """The renderer of one of `FORMATS`; the others' files are not read."""
    module, function = RENDERERS[form]
    return cast(Renderer, getattr(importlib.import_module(module), function))
