"""A project as a git revision has it: its texts, its catalog, its tracked data in a folder of their own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath

from ..compile.canonical import one_text
from ..compile.table import Native
from ..evaluate.compiled import compile_catalog
from ..evaluate.sources import csv_header
from ..history.git import Repository
from ..history.sides import Side
from ..load.catalog import load_catalog
from ..load.library import shipped_contracts
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, KpiError
from ..model.project import Dataset, Source
from ..model.record import Record
from .project import FOLDERS, Place, read_texts

FILES = ("kpi.yaml", *FOLDERS)
WORKING_TREE = "working tree"


class Revision(Record, dict=True):
    """A project at a commit, or (`commit` None) as it lies on disk."""

    place: Place
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
            return load_catalog(read_texts(self.place.root), shipped_contracts())
        texts = self.repository.texts(self.commit, FILES)
        if "kpi.yaml" not in texts:
            raise KpiError(f"there is no kpi.yaml at {self.commit[:12]}", "Name a revision that has the project.")
        return load_catalog({p: t for p, t in texts.items() if p.endswith((".yaml", ".yml"))}, shipped_contracts())

    @property
    def catalog(self) -> Catalog:
        """The catalog. Raises KpiError where kpi.yaml cannot be read, or names no time zone."""
        catalog, findings = self.loaded
        if catalog is None:
            raise KpiError(f"kpi.yaml cannot be read at {self.name}: {findings[0].message}", "Correct it first.")
        if not catalog.project.noun.has_days:
            zone = catalog.project.noun.timezone
            raise KpiError(f"kpi.yaml at {self.name}: there is no time zone `{zone}`", "Correct it first.")
        return catalog

    @contextmanager
    def data(self, catalog: Catalog) -> Iterator[Place]:
        """A place whose tracked data files are this revision's; what git does not track is today's."""
        if self.commit is None:
            yield self.place
            return
        with tempfile.TemporaryDirectory(prefix="kpi-") as folder:
            root = Path(folder)
            tracked = self.repository.blobs(self.commit, tuple(_roots(catalog)))
            contents = self.repository.contents(tracked.values())
            for path, name in tracked.items():
                _write(root / path, contents[name])
            for base in _roots(catalog):
                _borrow(self.place.root, root, base)
            yield Place(root, (*self.place.allowed, self.place.root))

    def fingerprint(self, catalog: Catalog) -> frozenset[tuple[str, str]]:
        """The tracked data files and their object names: equal where no tracked data differ."""
        commit = self.commit or self.repository.commit("HEAD")
        return frozenset(self.repository.blobs(commit, tuple(_roots(catalog))).items())


def _roots(catalog: Catalog) -> Iterator[str]:
    """For each dataset, the file or the folder that all its files lie in; absolute ones lie outside."""
    for dataset in catalog.project.noun.datasets.values():
        path = PurePosixPath(_path(dataset))
        plain = [part for part in path.parts if not set("*?[") & set(part)]
        if not path.is_absolute() and ".." not in path.parts and plain:
            yield PurePosixPath(*plain[: _first_pattern(path)]).as_posix()


def _first_pattern(path: PurePosixPath) -> int:
    return next((i for i, part in enumerate(path.parts) if set("*?[") & set(part)), len(path.parts))


def _path(dataset: Dataset) -> str:
    return dataset.source.path if isinstance(dataset.source, Source) else dataset.source


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _borrow(origin: Path, root: Path, base: str) -> None:
    """Take from disk what the revision does not track."""
    if (root / base).exists() or not (origin / base).exists():
        return
    (root / base).parent.mkdir(parents=True, exist_ok=True)
    if (origin / base).is_dir():
        shutil.copytree(origin / base, root / base)
    else:
        shutil.copy(origin / base, root / base)


def natives_of(catalog: Catalog, place: Place) -> dict[str, Native | None]:
    """The columns that the data of each dataset have, as far as a header says them."""
    return {name: csv_header(one, place.root, place.allowed) for name, one in catalog.datasets.items()}


def side_of(catalog: Catalog, natives: Mapping[str, Native | None]) -> Side:
    """A catalog with the meaning of each definition, against the columns that the data have."""
    compiled = compile_catalog(catalog, natives)
    return Side(catalog, compiled.hashes, one_text, compiled.parts(catalog), compiled.checks(), compiled.inputs())
