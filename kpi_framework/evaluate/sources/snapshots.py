"""The files that `kpi pull` made, by their manifest: they are what it wrote, or they are not read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ...model.manifest import SnapshotManifest
from ...model.quoting import shown
from ...model.source import Snapshot
from .interface import SourceError
from .paths import abridged, find_paths
from .text import unreachable

_BLOCK = 1 << 20
_PULL = "Run `kpi pull`, in a job that has the connection."


def staging_of(source: Snapshot, root: Path) -> Path:
    """The folder beside a snapshot in which a pull writes."""
    base = root / source.into.rstrip("/")
    return base.parent / f".{base.name}.pull"


def base_of(source: Snapshot, root: Path) -> Path:
    """The folder that the names of a manifest's files begin in."""
    path = root / source.into.rstrip("/")
    return path if source.into.endswith("/") else path.parent


def read_manifest(source: Snapshot, root: Path, fences: Sequence[Path]) -> SnapshotManifest:
    """The manifest of a snapshot. Raises SourceError."""
    try:
        [path] = find_paths(source.manifest, root, fences)
        manifest = SnapshotManifest.read(path.read_text(encoding="utf-8"))
    except SourceError as error:
        if error.is_outside:
            raise
        is_there = (root / source.into).exists()
        what = "has no manifest beside it" if is_there else "has not been pulled yet"
        raise SourceError(f"{abridged(source.into)} {what}", _PULL) from None
    except (OSError, UnicodeError) as error:
        raise unreachable(source.manifest, error if isinstance(error, OSError) else OSError()) from None
    if manifest is None:
        raise SourceError(f"{abridged(source.manifest)} is no manifest of a snapshot", _PULL)
    return manifest


def snapshot_paths(source: Snapshot, root: Path, fences: Sequence[Path]) -> list[Path]:
    """The files that the manifest names. Raises SourceError.

    A pull that was killed between its manifest and its files has left them in its staging folder: they are read there.
    """
    manifest = read_manifest(source, root, fences)
    paths = []
    for name, digest in manifest.files.items():
        staged = staging_of(source, root) / name
        path = staged if staged.is_file() and sha256_of(staged) == digest else base_of(source, root) / name
        if not path.is_file():
            raise SourceError(f"{shown(name)} is in the manifest of {abridged(source.into)}, but is not there", _PULL)
        paths += find_paths(str(path.relative_to(root)), root, fences) if path.is_relative_to(root) else [path]
    return paths


def check_snapshot(source: Snapshot, paths: Sequence[str], root: Path, fences: Sequence[Path]) -> SnapshotManifest:
    """The manifest of the files, which are what it says. Raises SourceError."""
    manifest = read_manifest(source, root, fences)
    for (name, digest), path in zip(manifest.files.items(), paths, strict=True):
        if sha256_of(Path(path)) != digest:
            raise SourceError(
                f"{shown(name)} is not what `kpi pull` wrote: its sha256 differs from the one in "
                f"{abridged(source.manifest)}",
                "Pull it again, or take both files from one commit.",
            )
    return manifest


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes. Raises SourceError."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise unreachable(path.name, error) from None
    return digest.hexdigest()
