"""Who wrote a line last: what git has, by no program that a file names."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_framework.history.blame import blamed
from kpi_framework.history.git import find_repository
from tests.history.repository import BEN, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two commits by two people, in a folder of the repository."""
    repository = Repository(tmp_path)
    (tmp_path / "desk").mkdir()
    repository.git("init", "-q")
    (tmp_path / "desk" / "a.yaml").write_text("one\ntwo\n\tthree ö😀\n", encoding="utf-8")
    repository.commit("First")
    (tmp_path / "desk" / "a.yaml").write_text("one\n2\n\tthree ö😀\n", encoding="utf-8")
    repository.commit("Second (#7)\n\nReason: two was wrong\n  and long", author=BEN)
    return repository


def test_each_line_has_the_commit_that_wrote_it(repository: Repository) -> None:
    """Author, day, subject and reason, by the project's own path; tabs and wide characters are part of a line."""
    git = find_repository(repository.root / "desk")
    file = blamed(git, git.commit("HEAD"), "a.yaml")
    assert file is not None
    assert file.lines == ("one", "2", "\tthree ö😀")
    assert [change.author for change in file.changes] == ["Ada", "Ben", "Ada"]
    assert (file.changes[1].subject, file.changes[1].reason) == ("Second (#7)", "two was wrong and long")
    assert file.changes[0].reason is None
    assert file.changes[0].changed_at < file.changes[1].changed_at


def test_a_file_that_was_never_committed_has_none(repository: Repository) -> None:
    """No file, no answer."""
    git = find_repository(repository.root / "desk")
    assert blamed(git, git.commit("HEAD"), "b.yaml") is None


def test_no_configured_program_runs(repository: Repository, tmp_path: Path) -> None:
    """A filter and a text conversion that are configured change nothing and start nothing."""
    witness = tmp_path / "started"
    program = f"touch {witness}; cat"
    for name in ("filter.x.clean", "filter.x.smudge", "diff.x.textconv"):
        repository.git("config", name, program)
    (repository.root / ".gitattributes").write_text("*.yaml filter=x diff=x\n", encoding="utf-8")
    git = find_repository(repository.root / "desk")
    file = blamed(git, git.commit("HEAD"), "a.yaml")
    assert file is not None
    assert file.lines[1] == "2"
    assert not witness.exists()
