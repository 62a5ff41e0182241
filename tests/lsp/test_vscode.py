"""The extension for VS Code: what its parts do is tested by `make vscode`; VS Code itself runs nowhere here."""

from __future__ import annotations

import json

from kpi_framework import __version__
from tests.lsp.editor import ROOT

PACKAGE = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text(encoding="utf-8"))


def test_its_version_is_that_of_the_package() -> None:
    """Server and client come from one commit, and say so."""
    assert PACKAGE["version"] == __version__


def test_a_folder_of_a_stranger_starts_nothing() -> None:
    """It starts a program of the folder that is open: only where the person trusts it."""
    assert PACKAGE["capabilities"]["untrustedWorkspaces"]["supported"] is False


def test_it_needs_its_library_alone_and_everything_is_locked() -> None:
    """One dependency is shipped; each file of the lock has a hash, and no address."""
    lock = json.loads((ROOT / "editors" / "vscode" / "package-lock.json").read_text(encoding="utf-8"))
    fetched = [about for name, about in lock["packages"].items() if name]
    assert list(PACKAGE["dependencies"]) == ["vscode-languageclient"]
    assert [about for about in fetched if "resolved" in about or "integrity" not in about] == []
