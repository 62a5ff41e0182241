"""Every output format by its name: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from .github import render_github
from .gitlab import render_gitlab
from .json import render_json
from .junit import render_junit
from .markdown import render_markdown
from .result import Renderer
from .sarif import render_sarif
from .text import render_text

FORMATS: Mapping[str, Renderer] = {
    "text": render_text,
    "json": render_json,
    "markdown": render_markdown,
    "junit": render_junit,
    "sarif": render_sarif,
    "github": render_github,
    "gitlab": render_gitlab,
}
