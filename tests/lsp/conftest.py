"""The sample that the features look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_framework.workflow.editing.workspace import Workspace
from tests.lsp.editor import committed, sample


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's definitions, committed."""
    root = sample(tmp_path_factory.mktemp("features"))
    committed(root)
    return root


@pytest.fixture(scope="module")
def workspace(folder: Path) -> Workspace:
    """The sample as its files are."""
    return Workspace.opened(folder)
