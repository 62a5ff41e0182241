"""A good project that uses most of what there is, in a repository with a ledger: made once, copied for each case."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.hostile import canaries, seams
from tests.hostile.children import Ended, child

kept: list[Path] = []
"""The folder that several runs share, if there is one."""
SOURCE = Path(__file__).parent / "desk"
_VISITS = "select timestamp '2026-01-01' + interval (3 * i) hour as at, i % 3 = 0 as solved from range(720) t(i)"
_WEAKER = ("at_most: 110% of baseline", "at_most: 120% of baseline")
IDENTITY = (
    "-c",
    "user.name=Ada",
    "-c",
    "user.email=ada@example.com",
    "-c",
    "init.defaultBranch=main",
    "-c",
    "gc.auto=0",
)


def built(place: Path) -> Path:
    """The project under a part's folder, made when it is first asked for."""
    folder = (kept[0] if kept else place) / "desk"
    if not folder.exists():
        made = _build(folder.with_name(f"desk-{os.getpid()}"))
        with suppress(OSError):  # another process was faster, and its project is as good
            made.rename(folder)
    return folder


def _build(folder: Path) -> Path:
    """Frozen, published, committed twice, checked; and what it wrote as JSON."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SOURCE, folder)
    canaries.beside(folder / "data")
    child(partial(_write_parquet, folder / "data" / "visits.parquet"), limit=60)
    git(folder, "init", "-q")
    _well(kpi(folder, "schema"))
    shutil.rmtree(folder / "schemas" / "datasets")
    _well(kpi(folder, "baseline", "freeze"))
    (folder / ".gitignore").write_text("scorecard/\n")
    commit(folder, "The project")
    _well(kpi(folder, "publish", "--anchor", "anchor.json", "--as-of", "2026-03-03"))
    commit(folder, "Published")
    path = folder / "kpis" / "fix_time.yaml"
    path.write_text(path.read_text().replace(*_WEAKER))
    (folder / "diff.json").write_text(kpi(folder, "diff", "--format", "json").out)
    commit(folder, "A weaker target\n\nReason: two posts are vacant\n")
    _well(kpi(folder, "check"))
    return folder


def kpi(root: Path, *arguments: str) -> Ended:
    """A command in the folder, well meant."""
    return child(partial(_inside, root, arguments), limit=120)


def _inside(root: Path, arguments: Sequence[str]) -> None:
    enter(root)
    seams.command(arguments)


def enter(root: Path) -> None:
    """Go where the command is run."""
    os.chdir(root)


def git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run git there, by nobody's settings but ours."""
    command = ["git", "-C", str(root), *IDENTITY, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")


def commit(root: Path, message: str) -> None:
    """Commit all that git takes."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)


def copy(desk: Path, folder: Path, *, repository: bool) -> Path:
    """A copy to spoil, with its repository or without."""
    ignored = None if repository else shutil.ignore_patterns(".git")
    shutil.copytree(desk, folder, symlinks=True, ignore=ignored)
    return folder


def _write_parquet(path: Path) -> None:
    import duckdb  # noqa: PLC0415 - it starts threads, so only a child has it

    duckdb.sql(f"copy ({_VISITS}) to '{path}' (format parquet)")


def _well(ended: Ended) -> None:
    assert ended.code == 0, ended.text
