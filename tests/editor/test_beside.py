"""Both servers over one file: what the one completes the other leaves alone."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pygls.workspace import PositionCodec

from kpi_framework.load.words import words
from kpi_framework.lsp.completion import completions
from kpi_framework.lsp.view import View
from kpi_framework.workflow.editing.workspace import Workspace, checked
from tests.editor.language_server import LanguageServer
from tests.lsp.editor import FIRST, ROOT, sample

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its schemas."""
    root = sample(tmp_path_factory.mktemp("beside"))
    shutil.copytree(ROOT / "schemas", root / "schemas")
    return root


@pytest.fixture(scope="module")
def server(yaml_language_server: str, project: Path) -> Iterator[LanguageServer]:
    """The YAML server in that project."""
    with LanguageServer(yaml_language_server, project) as running:
        yield running


@pytest.mark.parametrize("path", [FIRST, "kpi.yaml", "kpis/signals/quick_response_slow_resolution.yaml"])
def test_no_completion_is_offered_twice(server: LanguageServer, project: Path, path: str) -> None:
    """Behind keys and values, no label comes from both servers; and each has some."""
    state = checked(Workspace.opened(project), None, NOW)
    view = View(state, path, PositionCodec("utf-16"))
    server.open(project / path, view.text.text)
    ours_anywhere = theirs_anywhere = False
    found = list(words(view.text.text))
    for word in found[:: 1 + len(found) // 60]:
        position = view.text.position(word.begin + len(view.text.text[word.begin : word.stop].rstrip()))
        ours = {item.label for item in completions(view, position)}
        theirs = server.complete(project / path, position.line, position.character)
        assert not ours & theirs, view.text.text[word.begin : word.stop]
        ours_anywhere |= bool(ours)
        theirs_anywhere |= bool(theirs)
    assert ours_anywhere
    assert theirs_anywhere
