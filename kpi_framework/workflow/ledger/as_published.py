"""A commit's project as its published values stand on it: its definitions, its tracked data, files of Git LFS, and
for data outside git the files that somebody gives.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from ...model.catalog import Catalog
from ...model.ledger import Published
from ...model.record import Record
from ..history.revisions import Revision
from ..project import ProjectRoot
from .committed import file_hash, pointed_to

_POINTER_SIZE = 1_024


class GivenFiles(Record):
    """Files of data that git does not have, by their sha256."""

    places: Mapping[str, Path]


def given_files(folder: Path | None) -> GivenFiles:
    """All files beneath a folder."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file()) if folder is not None else ()
    return GivenFiles({f"sha256:{file_hash(path)}": path for path in paths})


@contextmanager
def as_published(revision: Revision, catalog: Catalog, given: GivenFiles) -> Iterator[Layout]:
    """The project of a commit in a folder of its own."""
    with revision.laid_out(catalog) as project_root:
        if project_root is not revision.project_root:
            _fetch_large_files(revision, project_root.folder)
        yield Layout(project_root, given)


class Layout(Record):
    """A commit's project, laid out."""

    project_root: ProjectRoot
    given: GivenFiles

    def give(self, lines: Iterable[Published]) -> None:
        """Put the given files where the lines have their data from."""
        for line in lines:
            for path, wanted in _outside_git(line).items():
                place = self.given.places.get(wanted)
                if place is not None and not PurePosixPath(path).is_absolute() and ".." not in path.split("/"):
                    _replace(self.project_root.folder / path, place)


def _outside_git(line: Published) -> Mapping[str, str]:
    datasets = line.body.get("datasets")
    prints = datasets.values() if isinstance(datasets, dict) else ()
    files = [p["files"] for p in prints if isinstance(p, dict) and isinstance(p.get("files"), dict)]
    return {str(path): str(wanted) for part in files for path, wanted in part.items()}


def _fetch_large_files(revision: Revision, folder: Path) -> None:
    """In the place of each pointer of Git LFS its file, where this clone has it."""
    store = revision.repository.folder.common
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        wanted = pointed_to(path.read_bytes()) if path.stat().st_size < _POINTER_SIZE else None
        if wanted is None:
            continue
        own = revision.project_root.folder / path.relative_to(folder)
        cached = (store / "lfs/objects").joinpath(wanted[:2], wanted[2:4], wanted)
        for place in (own, cached):
            if place.is_file() and file_hash(place) == wanted:
                _replace(path, place)
                break


def _replace(path: Path, place: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.unlink()
    path.write_bytes(Path(os.path.realpath(place)).read_bytes())
