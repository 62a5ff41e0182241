"""A project as a git revision has it: its texts, its catalog, its tracked data in a folder of their own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path, PurePosixPath

from ...compile.catalog import Compilation
from ...compile.graph import closure
from ...compile.language.canonical import one_text
from ...compile.language.signal import one_condition
from ...compile.meaning import Meanings
from ...compile.sql.errors import FormulaError
from ...evaluate.computable import computable
from ...history.comparison import Side
from ...history.git import Repository
from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, KpiError
from ...model.record import Record
from ...model.source import Snapshot
from ..project import ProjectRoot, catalog_of, load
from ..project_files import FOLDERS, ProjectFiles, in_submodule, is_link_reported, linked, refuse_links

FILES = ("kpi.yaml", *FOLDERS)
WORKING_TREE = "working tree"


class Revision(Record, dict=True):
    """A project at a commit, or (`commit` None) as it lies on disk."""

    project_root: ProjectRoot
    repository: Repository
    commit: str | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return self.commit or WORKING_TREE

    @cached_property
    def loaded(self) -> tuple[Catalog | None, tuple[Diagnostic, ...]]:
        """The catalog, None where kpi.yaml cannot be read. Raises KpiError where there is none."""
        if self.commit is None:
            return load(self.project_root)
        listing = self.repository.listing(self.commit, FILES)
        if "kpi.yaml" not in (*listing.blobs, *listing.links):
            raise KpiError(f"there is no kpi.yaml at {self.commit[:12]}", "Name a revision that has the project.")
        texts = self.repository.texts({p: n for p, n in listing.blobs.items() if p.endswith((".yaml", ".yml"))})
        refused = {p: linked(p) for p in listing.links if is_link_reported(p)}
        return catalog_of(ProjectFiles(texts, {**refused, **{p: in_submodule(p) for p in listing.submodules}}))

    @property
    def catalog(self) -> Catalog:
        """The catalog. Raises KpiError where kpi.yaml cannot be read, or names no time zone."""
        catalog, findings = self.loaded
        if catalog is None:
            refuse_links(findings)
            raise KpiError(f"kpi.yaml cannot be read at {self.name}: {findings[0].message}", "Correct it first.")
        if not catalog.project.noun.has_days:
            zone = catalog.project.noun.timezone
            raise KpiError(f"kpi.yaml at {self.name}: there is no time zone `{zone}`", "Correct it first.")
        return catalog

    @cached_property
    def is_there(self) -> bool:
        """Whether the revision has a project at all: a kpi.yaml, or a link in its place."""
        if self.commit is None:
            return True
        listing = self.repository.listing(self.commit, FILES[:1])
        return bool(listing.blobs or listing.links)

    @contextmanager
    def laid_out(self, catalog: Catalog) -> Iterator[ProjectRoot]:
        """A project whose tracked data files are this revision's; what git does not track is today's."""
        if self.commit is None:
            yield self.project_root
            return
        with tempfile.TemporaryDirectory(prefix="kpi-") as folder:
            try:
                self._lay(Path(folder), self.commit, catalog)
            except OSError as error:
                raise KpiError(
                    f"the data of {self.name} cannot be copied to a temporary folder: {error.strerror}",
                    "Free some disk space.",
                ) from error
            yield ProjectRoot(Path(folder), (*self.project_root.allowed, self.project_root.folder))

    def _lay(self, root: Path, commit: str, catalog: Catalog) -> None:
        """Write the tracked data of a commit into a folder, and show beside them what it does not track."""
        tracked = self.repository.blobs(commit, tuple(data_roots(catalog)))
        contents = self.repository.contents(tracked.values())
        for path, name in tracked.items():
            _write(root, path, contents[name])
        for base in data_roots(catalog):
            _borrow(self.project_root, root, base)

    def fingerprint(self, catalog: Catalog) -> frozenset[tuple[str, str]]:
        """The tracked data files and their object names: equal where no tracked data differ."""
        commit = self.commit or self.repository.commit("HEAD")
        return frozenset(self.repository.blobs(commit, tuple(data_roots(catalog))).items())


def data_roots(catalog: Catalog) -> Iterator[str]:
    """For each dataset, the file or the folder that all its files lie in; absolute ones lie outside."""
    readings = [dataset.reading for dataset in catalog.project.noun.datasets.values()]
    manifests = [reading.manifest for reading in readings if isinstance(reading, Snapshot)]
    for path in map(PurePosixPath, [*(reading.path for reading in readings), *manifests]):
        plain = [part for part in path.parts if not set("*?[") & set(part)]
        if not path.is_absolute() and ".." not in path.parts and plain:
            yield PurePosixPath(*plain[: _first_pattern(path)]).as_posix()


def _first_pattern(path: PurePosixPath) -> int:
    return next((i for i, part in enumerate(path.parts) if set("*?[") & set(part)), len(path.parts))


def _write(root: Path, path: str, content: bytes) -> None:
    if ".." in PurePosixPath(path).parts:  # no git makes such a tree, but one can be made
        raise KpiError(f"the revision has a file path that leaves the project: {path}", "Check who made this commit.")
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)


def _borrow(project_root: ProjectRoot, root: Path, base: str) -> None:
    """Show in another folder what the revision does not track: by links, each to a place that may be read."""
    origin = project_root.folder / base
    if (root / base).exists() or not origin.exists():
        return
    fences = [folder.resolve() for folder in (project_root.folder, *project_root.allowed)]
    for path in _files_beneath(origin):
        target, link = Path(os.path.realpath(path)), root / path.relative_to(project_root.folder)
        if any(target.is_relative_to(fence) for fence in fences):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(target)


def _files_beneath(path: Path) -> Iterator[Path]:
    """A file, or all that lie in a folder; a link is not walked through."""
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        links = (name for name in folders if Path(folder, name).is_symlink())
        yield from (Path(folder, name) for name in (*links, *names))


def side_of(compilation: Compilation) -> Side:
    """A catalog with the meaning of each definition, over the columns that the data have."""
    datasets = compilation.tables
    ready, _ = computable(compilation, datasets)
    meanings = Meanings(compilation, datasets)
    segments = {i: meanings.segments(compilation.catalog.definitions[i].noun) for i in ready.metrics}
    rules = {}
    for name in datasets:
        with suppress(FormulaError):
            rules[name] = meanings.rules(name)
    behind = {i: closure(i, ready.inputs) for i in ready.inputs}
    settings = {}
    for definition_id in ready.hashes:
        with suppress(FormulaError):
            settings[definition_id] = meanings.settings(definition_id)
    return Side(
        compilation.catalog, ready.hashes, one_text, segments, rules, behind, settings, one_condition,
        ready.former_hashes,
    )  # fmt: skip
