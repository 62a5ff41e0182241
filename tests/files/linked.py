"""Projects with a link in each place that is read or written, and a file outside that nobody may see."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.history.repository import Repository

CANARY = "CANARY7f3a"
SECRET = f"machine example.com\nlogin ada password {CANARY}\n"
"""What a file of another person may hold; read as YAML, it would stand in a finding."""


@dataclass(frozen=True)
class Place:
    """A link at a path of the project, to a file or a folder outside, or to nothing."""

    path: str
    target: str

    @property
    def is_read(self) -> bool:
        """Whether it stands in the way of a definition, a baseline or kpi.yaml."""
        return self.path.startswith(("kpi", "baselines"))


FILE, FOLDER, NOTHING = "secret", "folder", "nothing"
PLACES = {
    "a definition": Place("kpis/leak.yaml", FILE),
    "a definition in a folder": Place("kpis/more/leak.yml", FILE),
    "a definition that is there already": Place("kpis/fix_time.yaml", FILE),
    "a dangling definition": Place("kpis/leak.yaml", NOTHING),
    "a folder of definitions": Place("kpis/team", FOLDER),
    "all definitions": Place("kpis", FOLDER),
    "all definitions, and the whole disk": Place("kpis", "/"),
    "a baseline": Place("baselines/fix_time.yaml", FILE),
    "all baselines": Place("baselines", FOLDER),
    "kpi.yaml": Place("kpi.yaml", FILE),
    "a dangling kpi.yaml": Place("kpi.yaml", NOTHING),
    "a ledger": Place("ledger/fix_time.jsonl", FILE),
    "all ledgers": Place("ledger", FOLDER),
    "CODEOWNERS": Place("CODEOWNERS", FILE),
    "a dangling CODEOWNERS": Place("docs/CODEOWNERS", NOTHING),
    "the folder of CODEOWNERS": Place(".github", FOLDER),
}


def outside(folder: Path) -> Path:
    """A file, and a folder of files, that are no part of the project."""
    folder.mkdir()
    for name in (FILE, f"{FOLDER}/leak.yaml", f"{FOLDER}/fix_time.yaml", f"{FOLDER}/fix_time.jsonl",
                 f"{FOLDER}/CODEOWNERS"):  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(SECRET)
    return folder


def contents(folder: Path) -> dict[str, str]:
    """All files of a folder, so that a test can say that none has changed."""
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def linked(root: Path, place: Place, out: Path) -> None:
    """Put the link there, in the place of what there was."""
    path = root / place.path
    if path.is_dir():
        path.rename(root / "moved")
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(out / place.target)


def repository(folder: Path) -> Repository:
    """The small project, committed."""
    begun = Repository(folder)
    begun.start()
    return begun
