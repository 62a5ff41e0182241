"""Every output format by its name: a new one is one file with its `render_…`, and one word here."""

from __future__ import annotations

import importlib
from typing import cast

from .result import Renderer

FORMATS = ("text", "json", "markdown", "junit", "sarif", "github", "gitlab")


def renderer(form: str) -> Renderer:
    """The renderer of one of `FORMATS`; the others' files are not read."""
    module = importlib.import_module(f"{__package__}.{form}")
    return cast(Renderer, getattr(module, f"render_{form}"))
