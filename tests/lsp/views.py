"""The sample as a view of one of its files, for the features that are functions of one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from kpi_framework.lsp.view import View
from kpi_framework.workflow.editing.workspace import Workspace, checked
from tests.lsp.editor import FIRST, UTF16

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
RULES = Path(__file__).parent.parent / "rules"
SIGNAL = "kpis/signals/quick_response_slow_resolution.yaml"
DERIVED = "kpis/ticket_deflection_rate.yaml"


def view_of(workspace: Workspace, path: str = FIRST, *replacements: tuple[str, str]) -> View:
    """A file with words replaced, after the project was checked as it is."""
    text = workspace.texts[path]
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    first = checked(workspace, None, NOW)
    state = checked(workspace.with_buffer(path, text), first, NOW) if replacements else first
    return View(state, path, PositionCodec(UTF16))


def behind(view: View, words: str) -> lsp.Position:
    """The position behind some words."""
    return view.text.position(view.text.text.index(words) + len(words))
