"""What an issue report needs to know of an installation and a project: no name and no value of it."""

from __future__ import annotations

import os
import platform
import re
import time
from collections import Counter
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from ...evaluate.cell_shapes import shape
from ...evaluate.sources.formats import find_files
from ...evaluate.sources.interface import SourceError
from ...history.attributes import lacking_attributes
from ...history.git import find_repository
from ...load.catalog import PROJECT
from ...model.catalog import Catalog
from ...model.could_not import CouldNot
from ...model.diagnosis import DatasetShape, Diagnosis
from ...model.diagnostic import KpiError
from ...model.project import Dataset
from ..project import ProjectRoot, all_natives, load
from ..run import Options
from .check import check_loaded

PACKAGE = "kpi-framework"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def diagnose(options: Options | None) -> Diagnosis:
    """Look at the installation, and at a project if there is one. Never raises for what a project holds."""
    versions = _versions()
    if options is None:
        return Diagnosis(versions)
    began = time.monotonic()
    catalog, findings = load(options.project_root)
    loaded = time.monotonic()
    if catalog is None:
        return Diagnosis(versions, problem=f"{PROJECT} cannot be read")
    shapes = tuple(_shapes(catalog, options.project_root))
    looked = time.monotonic()
    try:
        outcome = check_loaded(options, catalog, findings)
    except KpiError:
        return Diagnosis(versions, definitions=_kinds(catalog), datasets=shapes, problem="the check could not run")
    checked = time.monotonic()
    steps = {"read the definitions": loaded - began, "look at the data": looked - loaded, "check": checked - looked}
    return Diagnosis(
        versions, outcome.evaluation.isolation if outcome.evaluation else "", _kinds(catalog), shapes,
        dict(Counter(f.rule for f in outcome.diagnostics).most_common()), steps, advice=_advice(options.project_root),
    )  # fmt: skip


def _advice(root: ProjectRoot) -> tuple[str, ...]:
    """What git may do to the ledgers that breaks their chains."""
    try:
        lacking = (root.folder / "ledger").is_dir() and lacking_attributes(find_repository(root.folder))
    except KpiError:
        return ()
    text = "git may change line ends of ledgers or weave two of them: write `*.jsonl -text -merge` to"
    return (f"{text} ledger/.gitattributes",) if lacking else ()


def _versions() -> dict[str, str]:
    """kpi, Python, the system, and every library that kpi names."""
    system = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    system["cores"] = str(os.cpu_count() or "unknown")
    names = [PACKAGE, *sorted(_dependencies(), key=str.lower)]
    return {**system, **{name: found for name in names if (found := _version(name))}}


def _dependencies() -> set[str]:
    """The libraries that the installed package asks for, without those of its development."""
    try:
        lines = requires(PACKAGE) or []
    except PackageNotFoundError:
        return set()
    wanted = (_NAME.match(line) for line in lines if 'extra == "dev"' not in line)
    return {name[0] for name in wanted if name is not None}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _kinds(catalog: Catalog) -> dict[str, int]:
    counts = Counter[str](entry.noun.kind for entry in catalog.definitions.values())
    return {**counts, "signal": len(catalog.signals), "not readable": len(catalog.broken)}


def _shapes(catalog: Catalog, root: ProjectRoot) -> list[DatasetShape]:
    natives = all_natives(catalog, root)
    shapes = []
    for name, dataset in catalog.datasets.items():
        native, files = natives.get(name), _files(dataset, root)
        kind = dataset.reading.kind or "unknown"
        if isinstance(files, CouldNot):
            shapes.append(DatasetShape(kind, problem=files.why))
            continue
        columns = [(shape(header), str(type_)) for header, type_ in native.types.items()] if native else []
        numbered = {f"{number} {mask}": type_ for number, (mask, type_) in enumerate(columns, 1)}
        shapes.append(DatasetShape(kind, len(files), sum(files), numbered, "" if native else "no columns were found"))
    return shapes


def _files(dataset: Dataset, root: ProjectRoot) -> list[int] | CouldNot:
    """The sizes of a dataset's files."""
    try:
        found = find_files(dataset, root.folder, root.allowed)
        return [Path(path).stat().st_size for path in found.resolved]
    except (SourceError, OSError):
        return CouldNot("its files cannot be found or read")
