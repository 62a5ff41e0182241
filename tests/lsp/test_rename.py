"""A renaming as what it makes of the files: identity is kept through git, and nothing is broken."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pygls.workspace import PositionCodec

from kpi_framework.lsp.rename import RenameError, Renaming, renaming
from kpi_framework.lsp.view import View
from kpi_framework.workflow.editing.workspace import Workspace, checked
from tests.lsp.editor import FIRST, UTF8, committed, sample

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def renamed(root: Path, path: str, name: str) -> Renaming:
    """What renaming the definition of a file does to the project on disk."""
    view = View(checked(Workspace.opened(root), None, NOW), path, PositionCodec(UTF8))
    place = view.text.text.index("\nid: ") + len("\nid: x")
    return renaming(view, view.text.position(place), name, NOW)


def done(root: Path, path: str, name: str) -> str:
    """Rename on disk, and the definition's new path."""
    result = renamed(root, path, name)
    for changed, cuts in result.cuts.items():
        text = (root / changed).read_bytes().decode()
        for cut in sorted(cuts, key=lambda c: -c.begin):
            text = text[: cut.begin] + cut.text + text[cut.stop :]
        (root / changed).write_bytes(text.encode())
    for before, after in result.moved.items():
        (root / before).rename(root / after)
    return result.moved[path]


def former(root: Path, path: str) -> list[str]:
    """The lines of a definition that say which id it had."""
    return [line for line in (root / path).read_text(encoding="utf-8").splitlines() if line.startswith("renamed_from")]


def test_the_identity_is_what_git_knows(tmp_path: Path) -> None:
    """Two renamings in a row name the id that was committed, and one back to it names none."""
    committed(sample(tmp_path))
    path = done(tmp_path, FIRST, "reply_time")
    assert former(tmp_path, path) == ["renamed_from: first_response_time"]
    path = done(tmp_path, path, "first_reply")
    assert former(tmp_path, path) == ["renamed_from: first_response_time"]
    assert done(tmp_path, path, "first_response_time") == FIRST
    assert former(tmp_path, FIRST) == []
    assert checked(Workspace.opened(tmp_path), None, NOW).findings == ()


def test_what_was_never_committed_had_no_other_name(tmp_path: Path) -> None:
    """A new definition gets its new name and nothing else, with or without git."""
    sample(tmp_path)
    assert former(tmp_path, done(tmp_path, FIRST, "reply_time")) == []


def test_baseline_and_ledger_go_with_it(tmp_path: Path) -> None:
    """The files that carry the id in their names are moved."""
    committed(sample(tmp_path))
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "first_response_time.jsonl").write_text("{}\n", encoding="utf-8")
    assert renamed(tmp_path, FIRST, "reply_time").moved == {
        FIRST: "kpis/reply_time.yaml",
        "baselines/first_response_time.yaml": "baselines/reply_time.yaml",
        "ledger/first_response_time.jsonl": "ledger/reply_time.jsonl",
    }


@pytest.mark.parametrize("path", [f"kpis/metrics/{i}.yaml" for i in ("ticket_volume", "support_cost")] + [FIRST])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_definition_can_be_renamed_and_nothing_is_found(tmp_path: Path, path: str, newline: str) -> None:
    """Formulas, examples, lists and conditions name the new id; line ends stay; the project has no finding."""
    sample(tmp_path)
    for file in tmp_path.rglob("*.yaml"):
        file.write_bytes(file.read_bytes().replace(b"\n", newline.encode()))
    committed(tmp_path)
    new = done(tmp_path, path, "another_name")
    assert checked(Workspace.opened(tmp_path), None, NOW).findings == ()
    content = (tmp_path / new).read_bytes()
    assert content.count(b"\n") == content.count(newline.encode())
    assert former(tmp_path, new)


@pytest.mark.parametrize("name", ["csat", "1x", "Reply", "", "reply time", "quick_response_slow_resolution", "x" * 81])
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    """Taken by a definition or a signal, or of another shape."""
    with pytest.raises(RenameError):
        renamed(sample(tmp_path), FIRST, name)


def test_nothing_is_renamed_beside_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """What a broken file names, nobody knows."""
    sample(tmp_path)
    (tmp_path / "kpis/csat.yaml").write_text("read_with: [first_response_time", encoding="utf-8")
    with pytest.raises(RenameError, match="csat"):
        renamed(tmp_path, FIRST, "reply_time")
