"""A project on disk: where it is, its texts, and the catalog they make."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from ..compile.catalog import Compilation
from ..compile.dataset.columns import Native
from ..compile.definition import table_of
from ..evaluate.findings import unreadable
from ..evaluate.reporting_periods import ReportingPeriods
from ..evaluate.sources.formats import columns_without_engine, find_files
from ..evaluate.sources.interface import SourceError
from ..lint.ignores import apply
from ..lint.lint import lint
from ..lint.severity import reweighed
from ..load.catalog import BASELINES, PROJECT, load_catalog
from ..load.codeowners import PLACES, read_code_owners
from ..load.library import shipped_contracts
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, KpiError, Severity, Span, did_you_mean
from ..model.ownership import CodeOwners
from ..model.project import Dataset
from ..model.record import Record, replace
from ..model.rule import OF_FORMULAS
from .project_files import HIDDEN, LINKED, ProjectFiles, linked, links_beneath, read_file, read_files, refuse_links

LEDGERS = "ledger"


class ProjectRoot(Record):
    """Where a project stands, and which folders outside it may be read."""

    folder: Path
    allowed: tuple[Path, ...] = ()

    @property
    def in_repository(self) -> str:
        """The project's folder in its repository, such as `desks/hr/`; empty at the top, and outside of any."""
        folder = self.folder.resolve()
        top = next((p for p in (folder, *folder.parents) if os.path.lexists(p / ".git")), folder)
        inside = folder.relative_to(top).as_posix()
        return "" if inside == "." else f"{inside}/"


def find_project(folder: Path | None, start: Path) -> Path:
    """The project's folder: the given one, or the nearest with a kpi.yaml upwards. Raises KpiError."""
    where = f"in {folder}" if folder else "here or in any folder above"
    hint = "Run `kpi init` to create one, or name the folder with --project."
    try:
        # A project may be reached through a link; what is in it may not.
        begin = Path(os.path.realpath(folder or start))
        for parent in [begin] if folder else [begin, *begin.parents]:
            path = parent / PROJECT
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                return parent
    except (OSError, ValueError) as error:  # over-long, not to be entered; a NUL
        raise KpiError(f"there is no kpi.yaml in the folder that is named: {_why(error)}", hint) from error
    for place in [begin] if folder else [begin, *begin.parents]:
        if near := _near_name(place):
            raise KpiError(f"{near} is not read: the project's file is called {PROJECT}", f"Rename it to {PROJECT}.")
    raise KpiError(f"there is no kpi.yaml {where}", hint)


_NEAR_NAMES = frozenset({"kpi.yml", "kpi.yaml", "kpis.yml", "kpis.yaml", "kpi.yaml.txt", "kpi.yml.txt"})


def _near_name(folder: Path) -> Path | None:
    """A file in a folder that is probably meant as kpi.yaml."""
    try:
        return next((p for p in sorted(folder.iterdir()) if p.name.lower() in _NEAR_NAMES and p.is_file()), None)
    except OSError:
        return None


def _why(error: OSError | ValueError) -> str:
    return error.strerror or "unknown" if isinstance(error, OSError) else "no folder can have this name"


def load(project_root: ProjectRoot) -> tuple[Catalog | None, tuple[Diagnostic, ...]]:
    """The catalog of a project on disk, and what is wrong with its files. Raises KpiError.

    Links are findings, in ledger/ and for CODEOWNERS too; the catalog is None if kpi.yaml cannot be read.
    """
    catalog, findings = catalog_of(read_files(project_root.folder))
    beside = (*links_beneath(project_root.folder, LEDGERS), *_owners(project_root.folder)[1])
    return catalog, tuple(sorted((*findings, *beside), key=lambda f: f.sort_key))


def load_unlinked(project_root: ProjectRoot) -> Catalog:
    """The catalog for a command that shows no findings. Raises KpiError if kpi.yaml cannot be read, or for a link."""
    catalog, findings = load(project_root)
    refuse_links(findings)
    if catalog is None:
        raise KpiError(f"kpi.yaml cannot be read: {findings[0].message}", "Run `kpi lint`.")
    return catalog


def catalog_of(files: ProjectFiles) -> tuple[Catalog | None, tuple[Diagnostic, ...]]:
    """The catalog of files from the disk or a revision; those that were not read are broken. Raises KpiError."""
    refused = tuple(files.refused.values())
    if PROJECT in files.refused:
        return None, refused
    catalog, findings = load_catalog(files.texts, shipped_contracts())
    if catalog is not None:
        baselines = [path for path in files.refused if PurePosixPath(path).parts[0] == BASELINES]
        catalog = replace(
            catalog,
            broken={**_unread(files.refused.keys() - baselines, files.refused), **catalog.broken},
            broken_baselines={**_unread(baselines, files.refused), **catalog.broken_baselines},
        )
    return catalog, (*findings, *refused)


def _unread(paths: Iterable[str], refused: Mapping[str, Diagnostic]) -> dict[str, Span]:
    """Files that were not read, by the id that each should hold."""
    return {PurePosixPath(path).stem: refused[path].span for path in sorted(paths)}


def name_known(ids: Iterable[str], known: Iterable[str]) -> None:
    """Refuse an id that names no definition. Raises KpiError."""
    known = tuple(known)
    for name in ids:
        if name not in known:
            there = f"There are: {', '.join(sorted(known)) or 'none'}."
            raise KpiError(f"there is no definition {name}", did_you_mean(name, known, there))


def reporting_periods_of(
    catalog: Catalog, as_of: dt.date | None, clock: dt.datetime, periods: int = 12
) -> ReportingPeriods:
    """The view at a day's end: the given one's, kpi.yaml's, or now."""
    project = catalog.project.noun
    day = as_of or (project.as_of if isinstance(project.as_of, dt.date) else None)
    instant = clock if day is None else project.almanac.instant(day + dt.timedelta(days=1))
    return ReportingPeriods(instant, project.almanac, periods)


def compiled(catalog: Catalog, project_root: ProjectRoot) -> Compilation:
    """A catalog over the columns that its data have: headers are read, and no rows where there are headers."""
    return Compilation(catalog, all_natives(catalog, project_root))


def linted(catalog: Catalog, project_root: ProjectRoot, today: dt.date) -> tuple[Diagnostic, ...]:
    """What lint finds in a catalog over the columns that its data have."""
    found = lint(compiled(catalog, project_root), today, code_owners(project_root.folder))
    return (*found, *outside(catalog, project_root))


def outside(catalog: Catalog, project_root: ProjectRoot) -> tuple[Diagnostic, ...]:
    """The sources whose paths lead out of the folders that may be read: seen without their data."""
    findings = []
    for name, dataset in catalog.datasets.items():
        try:
            find_files(dataset, project_root.folder, project_root.allowed)
        except SourceError as error:
            findings += [unreadable(catalog, name, error)] if error.is_outside else []
    return tuple(findings)


def code_owners(root: Path) -> CodeOwners | None:
    """The CODEOWNERS file of the repository that a project stands in, if it has one that can be read."""
    return _owners(root)[0]


def _owners(root: Path) -> tuple[CodeOwners | None, tuple[Diagnostic, ...]]:
    """The CODEOWNERS file that counts, or why it is not read."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    for path in PLACES:
        links = [p for p in (path.rpartition("/")[0], path) if p and (top / p).is_symlink()]
        if links and (links[0] == path or (top / path).exists()):
            return None, (linked(os.path.relpath(top / links[0], root)),)
        if (top / path).is_file():
            text = read_file(top, path)
            if not isinstance(text, str):
                return None, (replace(text, span=Span(os.path.relpath(top / path, root))),)
            prefix = root.relative_to(top).as_posix()
            return read_code_owners(path, text, "" if prefix == "." else f"{prefix}/"), ()
    return None, ()


def natives_of(
    catalog: Catalog, project_root: ProjectRoot, without: Collection[str] = ()
) -> Mapping[str, Native | None]:
    """The columns that the data of each dataset have, as far as they are known without an engine."""
    return {
        name: columns_without_engine(dataset, project_root.folder, project_root.allowed)
        for name, dataset in catalog.datasets.items()
        if name not in without
    }


def all_natives(catalog: Catalog, project_root: ProjectRoot) -> Mapping[str, Native | None]:
    """The columns that the data of each dataset have; an engine is asked where they have no header."""
    known = natives_of(catalog, project_root)
    return {**known, **_asked({n: catalog.datasets[n] for n, native in known.items() if native is None}, project_root)}


def columns_of(catalog: Catalog, project_root: ProjectRoot, name: str) -> frozenset[str] | None:
    """The columns a formula over a dataset may use; None where its source cannot be looked at."""
    dataset = catalog.datasets[name]
    native = columns_without_engine(dataset, project_root.folder, project_root.allowed)
    native = native or _asked({name: dataset}, project_root).get(name)
    return frozenset(table_of(catalog, name, native).scope.columns) if native else None


def _asked(datasets: Mapping[str, Dataset], project_root: ProjectRoot) -> Mapping[str, Native]:
    """What an engine says of datasets without a header; none is started where there are none of these."""
    headless = {name: dataset for name, dataset in datasets.items() if dataset.reading.kind in ("json", "parquet")}
    if not headless:
        return {}
    from ..evaluate.asked_columns import asked_columns  # noqa: PLC0415 - most projects have only headers

    return asked_columns(headless, project_root.folder, project_root.allowed)


def settled(
    catalog: Catalog, findings: tuple[Diagnostic, ...], unseen: frozenset[str] = frozenset()
) -> tuple[Diagnostic, ...]:
    """The findings with the project's severities, without those that a comment ignores; each once, in order.

    `unseen` are the rules that this run does not check.
    """
    # What a link hides was not read: kpi.yaml, which a change may edit with it, cannot call that harmless.
    rules = {name: severity for name, severity in catalog.project.noun.rules.items() if name not in (LINKED, HIDDEN)}
    weighed = reweighed(findings, rules)
    heeded = apply(weighed, catalog.ignores, unseen)
    return tuple(sorted(_without_repetition(dict.fromkeys(heeded)), key=lambda f: f.sort_key))


def _without_repetition(findings: Collection[Diagnostic]) -> list[Diagnostic]:
    """A formula that does not compile is reported once: that its examples fail, too, says nothing new."""
    broken = {f.kpi for f in findings if f.severity is Severity.ERROR and f.rule in OF_FORMULAS}
    return [f for f in findings if f.rule != "example-failed" or f.kpi not in broken]
