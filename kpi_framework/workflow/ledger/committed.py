"""Whether what is on disk is what the commit has: definitions and tracked data, byte by byte, line ends apart.

Git's index is not asked: it can be told not to look at a file (`git update-index --assume-unchanged`).
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...evaluate.columns import datasets_behind
from ...evaluate.sources.interface import SourceError
from ...evaluate.sources.paths import find_paths
from ...history.git import Repository
from ...model.catalog import Catalog
from ...model.diagnostic import KpiError
from ...model.project import Dataset, Publication
from ...model.record import Record
from ..project import ProjectRoot

_COMMIT_IT = "Commit it first: published values and audits name their commit."
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\nsize \d+\n"
)
_SHORT = 12


def refuse_other_branch(repository: Repository, commit: str, publication: Publication | None) -> None:
    """Only the commits of one branch publish, where kpi.yaml names it. Raises KpiError."""
    if publication is None:
        return
    branch = publication.branch
    names = (f"refs/heads/{branch}", f"refs/remotes/*/{branch}")
    if not repository.names("for-each-ref", "--format=%(refname)", *names).strip():
        hint = f"Fetch it: `git fetch origin {branch}:{branch}`."
        raise KpiError(f"the branch {branch}, which alone publishes, is not in this clone", hint)
    if not repository.names("for-each-ref", f"--contains={commit}", "--format=%(refname)", *names).strip():
        message = f"commit {commit[:_SHORT]} is not on the branch {branch}, which alone publishes"
        raise KpiError(message, "Merge it first, and publish from that branch.")


# Data


class CommittedData(Record):
    """The data of a commit beside those on disk."""

    repository: Repository
    commit: str
    project_root: ProjectRoot

    def refuse_other(self, catalog: Catalog) -> None:
        """Tracked data have to be the commit's. Raises KpiError."""
        for name in sorted(datasets_behind(catalog)):
            dataset = catalog.datasets[name]
            if dataset.tracked and (why := next(self._differing(name, dataset), None)):
                hint = f"Commit the data first, or write `tracked: false` for {name} if they are kept outside git."
                raise KpiError(why, hint)

    def _differing(self, name: str, dataset: Dataset) -> Iterator[str]:
        """The files of a dataset that the commit has otherwise, does not have, or alone has."""
        on_disk, where = self._places(dataset), f"commit {self.commit[:_SHORT]}"
        blobs = self.repository.blobs(self.commit, tuple(on_disk))
        for path, place in on_disk.items():
            if path not in blobs:
                yield f"{path}, data of {name}, is not in {where}"
            elif _is_changed(self.repository, blobs[path], place):
                yield f"{path}, data of {name}, is not what {where} has"
        for path in sorted(self._named(dataset) - on_disk.keys() if on_disk else ()):
            yield f"{path}, data of {name}, is in {where} and not on disk"

    def _places(self, dataset: Dataset) -> dict[str, Path]:
        """The files of a dataset: their paths in the project, or what they are called outside of it, and their places.

        None where they cannot be found: the check reports that, and nothing that stands on them has a value.
        """
        folder = self.project_root.folder
        try:
            places = find_paths(dataset.reading.path, folder, [folder, *self.project_root.allowed])
            return {p.relative_to(folder).as_posix() if p.is_relative_to(folder) else str(p): p for p in places}
        except SourceError:
            return {}

    def _named(self, dataset: Dataset) -> set[str]:
        """The files that the commit has under the dataset's pattern: a folder of empty ones is searched."""
        pattern = dataset.reading.path
        base = re.split(r"[*?[]", pattern)[0].rpartition("/")[0]
        if not re.search(r"[*?[]", pattern):
            return set()
        with tempfile.TemporaryDirectory(prefix="kpi-") as folder:
            for path in self.repository.blobs(self.commit, (base,) if base or self.repository.prefix else ()):
                Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, path).touch()
            try:
                return {p.relative_to(folder).as_posix() for p in find_paths(pattern, Path(folder), [Path(folder)])}
            except SourceError:
                return set()

    def prints(self, read: Mapping[str, str], catalog: Catalog) -> dict[str, dict[str, object]]:
        """What identifies the data of each dataset: the hash over its files as the commit has them, which is that of
        the bytes that were read, but for line ends; of files that are kept outside git one each, too.
        """
        return {name: self._print(print_, catalog.datasets[name]) for name, print_ in read.items()}

    def _print(self, read: str, dataset: Dataset) -> dict[str, object]:
        places = self._places(dataset)
        if not dataset.tracked:
            files = {path: f"sha256:{file_hash(place)}" for path, place in places.items()}
            return {"sha256": read, "tracked": False, "files": files}
        blobs = self.repository.blobs(self.commit, tuple(places))
        if any(blobs[p] != _object_name(place, len(blobs[p])) for p, place in places.items() if p in blobs):
            contents = self.repository.contents(blobs.values())
            if not any(map(pointed_to, contents.values())):
                whole = hashlib.sha256(b"".join(contents[blobs[p]] for p in places if p in blobs))
                return {"sha256": f"sha256:{whole.hexdigest()}", "tracked": True}
        return {"sha256": read, "tracked": True}


def pointed_to(blob: bytes) -> str | None:
    """The sha256 of the file that a Git LFS pointer stands for; None for what is no pointer."""
    pointer = _POINTER.fullmatch(blob)
    return pointer[1].decode() if pointer else None


def file_hash(path: Path) -> str:
    """The sha256 of a file's bytes. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_changed(repository: Repository, name: str, place: Path) -> bool:
    """Whether a file is not the object of this name: line ends apart; of Git LFS the file itself."""
    if name == _object_name(place, len(name)):
        return False
    blob = repository.contents([name])[name]
    return _is_other(blob, place.read_bytes())


def _object_name(place: Path, length: int) -> str:
    """What git calls a file's bytes."""
    digest = hashlib.sha1(usedforsecurity=False) if length == _SHA1 else hashlib.sha256()
    digest.update(b"blob %d\0" % place.stat().st_size)
    with place.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


_SHA1 = 40


def _is_other(blob: bytes, content: bytes) -> bool:
    if (wanted := pointed_to(blob)) is not None:
        return wanted not in (hashlib.sha256(content).hexdigest(), pointed_to(content))
    return blob != content and blob.replace(b"\r\n", b"\n") != content.replace(b"\r\n", b"\n")
