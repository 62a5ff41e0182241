"""The package: the same bytes whoever builds it, with all that it promises, installed by its file alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _copied(folder: Path, instant: int, *, is_reversed: bool) -> Path:
    """What git has of the project, written in another order at another time."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout
    names = [name for name in os.fsdecode(listed).split("\0") if name and (ROOT / name).is_file()]
    if not names:
        pytest.skip("the project is not in a git repository")
    for name in reversed(names) if is_reversed else names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
        os.utime(target, (instant, instant))
    return folder


def _built(folder: Path) -> dict[str, Path]:
    """The wheel and the sdist of a copy, by how their names end."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder / "out")]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return {path.suffix: path for path in (folder / "out").iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The two files of a release."""
    return _built(_copied(tmp_path_factory.mktemp("built"), 1_700_000_000, is_reversed=False))


def test_two_builds_are_the_same_bytes(built: dict[str, Path], tmp_path: Path) -> None:
    """In another folder, on another day, of files that were written in another order."""
    again = _built(_copied(tmp_path / "elsewhere" / "deeper", 1_760_000_000, is_reversed=True))
    assert set(built) == {".whl", ".gz"}
    for suffix, path in built.items():
        assert path.name == again[suffix].name
        assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(again[suffix].read_bytes()).digest()


def test_the_sdist_holds_docs_and_tests(built: dict[str, Path]) -> None:
    """Whoever gets the sources can read, test and build them again."""
    with tarfile.open(built[".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"README.md", "CHANGELOG.md", "LICENSE", "docs/numbers.md", "tests/release/test_package.py", "Makefile",
              "requirements/run.txt", "kpi.yaml", "kpi_framework/py.typed"}  # fmt: skip
    assert wanted <= names
    assert not [name for name in names if name.startswith((".venv", "scorecard", "build"))]


def test_the_wheel_holds_what_runs(built: dict[str, Path]) -> None:
    """Every file of the package, and the sample project that `kpi demo` copies."""
    with zipfile.ZipFile(built[".whl"]) as archive:
        names = set(archive.namelist())
        [metadata] = [archive.read(n).decode() for n in names if n.endswith("/METADATA")]
    listed = subprocess.run(["git", "ls-files", "kpi_framework"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()} <= names
    sample = {name.partition("/sample/")[2] for name in names if "/sample/" in name}
    assert {"kpi.yaml", "kpis/csat.yaml", "kpis/signals/fcr_up_reopened_up.yaml", "data/tickets.csv"} <= sample
    assert not [name for name in sample if name.endswith(".py")]
    assert "License-Expression: Apache-2.0" in metadata
    assert "Keywords: " in metadata


def test_an_installed_wheel_needs_no_repository(built: dict[str, Path], tmp_path: Path) -> None:
    """`kpi demo`, `python -m kpi_framework --version`, `kpi init --from` an export and the first check, elsewhere."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(built[".whl"])]
    subprocess.run(install, check=True, cwd=tmp_path)
    for packages in (tmp_path / "venv").glob("lib/*/site-packages"):
        (packages / "lent.pth").write_text(sysconfig.get_path("purelib"))  # the dependencies need no registry then
    export = tmp_path / "export.csv"
    rows = [f"{n},2026-0{1 + n % 3}-1{n % 9} 09:00,2026-0{1 + n % 3}-1{n % 9} 1{n % 8}:30,high" for n in range(90)]
    export.write_text("\n".join(["Ticket number,Opened,Resolved,Priority", *rows]) + "\n")
    for arguments, code in (
        (["--version"], 0), (["demo", "sample"], 0), (["init", "desk", "--from", "export.csv"], 0),
        (["check", "--project", "desk"], 0),
    ):  # fmt: skip
        command = [str(python), "-m", "kpi_framework", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
