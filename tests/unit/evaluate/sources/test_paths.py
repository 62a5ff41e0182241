"""Which files a path or a pattern names: those inside the fences, found without walking anything else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kpi_framework.evaluate.sources.formats import find_files
from kpi_framework.evaluate.sources.interface import Files, SourceError
from kpi_framework.model.project import Dataset
from tests.cli.projects import kpi, project, text

pytestmark = pytest.mark.usefixtures("engine_inside")


def named(root: Path, pattern: str, *allowed: Path) -> Files:
    """The files of a dataset with this path."""
    return find_files(Dataset.model_validate({"source": {"path": pattern, "format": "csv"}}), root, allowed)


def names(root: Path, pattern: str, *allowed: Path) -> list[str]:
    """Their names in the project."""
    return [Path(p).relative_to(root).as_posix() for p in named(root, pattern, *allowed).paths]


def tree(root: Path, *files: str) -> Path:
    """A folder with these files."""
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("a\n1\n")
    return root


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders whose names were listed."""
    listed: list[str] = []
    scandir = os.scandir

    def noted(path: Any) -> Any:
        listed.append(str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noted)
    return listed


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("data/*.csv", ["data/a.csv", "data/b.csv"]),
        ("data/[ab].csv", ["data/a.csv", "data/b.csv"]),
        ("data/?.csv", ["data/a.csv", "data/b.csv"]),
        ("**/*.csv", ["data/2025/01/c.csv", "data/2025/d.csv", "data/a.csv", "data/b.csv"]),
        ("data/**/*.csv", ["data/2025/01/c.csv", "data/2025/d.csv", "data/a.csv", "data/b.csv"]),
        ("data/*/*.csv", ["data/2025/d.csv"]),
        ("data/**/**/c.csv", ["data/2025/01/c.csv"]),
        ("./data/a.csv", ["data/a.csv"]),
        ("data/2025/../a.csv", ["data/2025/../a.csv"]),
    ],
)
def test_a_pattern_names_what_a_shell_would(pattern: str, expected: list[str], tmp_path: Path) -> None:
    """Stars, brackets and question marks inside a name; `**` for folders; each file once, in order."""
    root = tree(tmp_path, "data/a.csv", "data/b.csv", "data/2025/d.csv", "data/2025/01/c.csv")
    assert names(root, pattern) == expected


@pytest.mark.parametrize("name", ["x[1].csv", "a*b.csv", "q?.csv", "[!a].csv", "d[ab]/t.csv"])
def test_a_file_that_is_there_is_named_by_its_name(name: str, tmp_path: Path) -> None:
    """Whatever characters it has: a name is no pattern where such a file is."""
    root = tree(tmp_path, name, "x1.csv", "aXb.csv", "qq.csv", "b.csv", "da/t.csv")
    assert names(root, name) == [name]


@pytest.mark.parametrize(
    "pattern", ["/**/x.csv", "../../**", "../**/x.csv", "../*/x.csv", "/etc/passwd", "data/../../x"]
)
def test_what_leads_outside_is_refused_before_the_disk_is_walked(
    pattern: str, tmp_path: Path, walked: list[str]
) -> None:
    """No folder outside the repository is listed."""
    root = tree(tmp_path / "a" / "b", "data/x.csv")
    with pytest.raises(SourceError, match="outside"):
        named(root, pattern)
    assert walked == []


@pytest.mark.parametrize("pattern", ["a**b.csv", "data/**x/t.csv", "data/*/../../x.csv", "data/**/../x.csv"])
def test_a_pattern_that_cannot_be_followed_is_refused(pattern: str, tmp_path: Path, walked: list[str]) -> None:
    """`**` stands alone, and nothing goes up again behind a pattern."""
    with pytest.raises(SourceError):
        named(tree(tmp_path, "data/x.csv"), pattern)
    assert walked == []


def test_a_link_is_followed_only_inside(tmp_path: Path, walked: list[str]) -> None:
    """A link inside the repository may stand for a file; one to the outside is refused, and never walked through."""
    outside = tree(tmp_path / "outside", "secret.csv", "deep/secret.csv")
    root = tree(tmp_path / "root", "store/t.csv", "data/u.csv")
    (root / "data/inside.csv").symlink_to(root / "store/t.csv")
    assert named(root, "data/inside.csv").resolved == (str((root / "store/t.csv").resolve()),)
    (root / "data/folder").symlink_to(outside)
    walked.clear()
    for pattern in ("data/*/secret.csv", "data/**/secret.csv", "data/folder/**/secret.csv", "data/folder/secret.csv"):
        with pytest.raises(SourceError):
            named(root, pattern)
    assert not [folder for folder in walked if "outside" in str(Path(folder).resolve())]
    assert names(root, "data/folder/secret.csv", outside) == ["data/folder/secret.csv"]


@pytest.mark.parametrize("path", [".", "loop/t.csv", "\ud800.csv", "/".join("a" * 400) + "/" + "x" * 199])
def test_a_path_that_is_none_is_told(path: str, tmp_path: Path) -> None:
    """Over-long, empty, with a NUL, round in circles: a sentence of some length, and no traceback."""
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(SourceError) as caught:
        named(tmp_path, path)
    assert len(caught.value.message) < 400


def test_a_value_comes_from_the_file_that_is_named(tmp_path: Path) -> None:
    """`data/x[1].csv` beside a link `data/x1.csv` to a secret: the rows are its own, and the secret is in no output."""
    secret = tmp_path / "secret.csv"
    secret.write_text("ticket_id,created_at,resolved_at,priority\nCANARY,2026-03-01 09:00,2026-03-01 10:00,CANARY\n")
    config = text("kpi.yaml").replace("data/tickets.csv", "'data/x[1].csv'")
    plain = kpi(project(tmp_path / "plain"), "check", "--format", "json").json["measurements"]
    root = project(tmp_path / "p[1]", {"kpi.yaml": config, "data/x[1].csv": text("data/tickets.csv")})
    (root / "data/x1.csv").symlink_to(secret)
    ended = kpi(root, "check", "--format", "json")
    assert [m["value"] for m in ended.json["measurements"]] == [m["value"] for m in plain]
    assert "CANARY" not in ended.out + ended.err
