"""A snapshot and its manifest change together, whenever a pull is killed.

New files are written into a folder beside the old ones. Then the manifest takes the place of the old one, in one step:
from here on the new files are the snapshot, whether they have been moved yet or not, and readers look in both places.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ...evaluate.fetch.interface import FetchError
from ...evaluate.fetch.snapshot import no_room
from ...evaluate.sources.interface import SourceError
from ...evaluate.sources.snapshots import base_of, read_manifest, sha256_of, staging_of
from ...model.manifest import SnapshotManifest
from ...model.record import Record
from ...model.source import Snapshot
from ..destination import destination
from ..project import ProjectRoot


class Staging(Record):
    """The folder in which a pull of one snapshot writes."""

    source: Snapshot
    root: Path
    fences: tuple[Path, ...]

    @property
    def folder(self) -> Path:
        """The folder itself: what is in it and in no manifest is of no use to anybody."""
        return staging_of(self.source, self.root)

    def path(self, name: str) -> Path:
        """Where a file of the snapshot is until it is in its place."""
        return self.folder / name

    @property
    def manifest(self) -> Path:
        """The manifest's path."""
        return self.root / self.source.manifest

    def sha256(self, name: str) -> str:
        """The hash of a file that is written. Raises FetchError."""
        try:
            return sha256_of(self.path(name))
        except SourceError as error:
            raise FetchError(error.message, error.hint) from None

    def commit(self, manifest: SnapshotManifest) -> None:
        """Make what was written the snapshot. Raises FetchError."""
        earlier = self._earlier()
        try:
            for name in manifest.files:
                _sync(self.path(name))
            _sync(self.folder)
            temporary = self.folder / ".manifest"
            temporary.write_text(manifest.text, encoding="utf-8")
            _sync(temporary)
            temporary.replace(self.manifest)
            _sync(self.manifest.parent)
            self._move(manifest)
            self._remove(earlier, manifest)
        except OSError as error:
            raise no_room(error.strerror) from None

    def finish(self) -> None:
        """Move what an earlier pull, which was killed, had no time to move. Raises FetchError."""
        manifest = self._earlier()
        try:
            if manifest is not None and any(self._is_waiting(n, d) for n, d in manifest.files.items()):
                self._move(manifest)
        except OSError as error:
            raise no_room(error.strerror) from None

    def _is_waiting(self, name: str, digest: str) -> bool:
        return self.path(name).is_file() and sha256_of(self.path(name)) == digest

    def _move(self, manifest: SnapshotManifest) -> None:
        base = base_of(self.source, self.root)
        for name in manifest.files:
            if self.path(name).is_file():
                (base / name).parent.mkdir(parents=True, exist_ok=True)
                self.path(name).replace(base / name)
        _sync(base)

    def _remove(self, earlier: SnapshotManifest | None, manifest: SnapshotManifest) -> None:
        for name in earlier.files.keys() - manifest.files.keys() if earlier else ():
            with suppress(FileNotFoundError):
                (base_of(self.source, self.root) / name).unlink()

    def _earlier(self) -> SnapshotManifest | None:
        try:
            return read_manifest(self.source, self.root, [self.manifest.parent])
        except SourceError:
            return None


@contextmanager
def staging(source: Snapshot, project_root: ProjectRoot) -> Iterator[Staging]:
    """An empty folder to write into, for one pull at a time. Raises FetchError; KpiError for a link on the way."""
    root = project_root.folder
    place = Staging(source, root, (root, *project_root.allowed))
    target = destination(root / source.into.rstrip("/"))
    if not any(target.is_relative_to(fence.resolve()) for fence in (root, *project_root.allowed)):
        raise FetchError(
            f"{source.into} is outside the repository", "Move it inside, or allow its folder with --allow-path."
        )
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        with _alone(place.folder / ".lock", source):
            place.finish()
            _empty(place.folder)
            yield place
            shutil.rmtree(place.folder, ignore_errors=True)
    except OSError as error:
        raise no_room(error.strerror) from None


@contextmanager
def _alone(path: Path, source: Snapshot) -> Iterator[None]:
    """Hold a lock, which ends with this process however it ends. Raises FetchError where another pull has it."""
    with path.open("w") as stream:
        if sys.platform != "win32":
            fcntl = importlib.import_module("fcntl")
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FetchError(f"another pull is writing {source.into}", "Wait until it has ended.") from None
        yield


def _empty(folder: Path) -> None:
    for child in folder.iterdir():
        if child.name != ".lock":
            shutil.rmtree(child) if child.is_dir() else child.unlink()


def _sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
