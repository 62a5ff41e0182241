"""A project on disk: where it is, its texts, and the catalog they make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..compile.definition import table_of
from ..compile.table import Native
from ..evaluate.sources import csv_header
from ..evaluate.window import Window
from ..lint.ignores import apply
from ..lint.lint import lint
from ..lint.severity import reweighed
from ..load.catalog import load_catalog
from ..load.codeowners import PLACES, read_code_owners
from ..load.library import shipped_contracts
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic, KpiError, did_you_mean
from ..model.ownership import CodeOwners
from ..model.record import Record
from .files import read_text

FOLDERS = ("kpis", "baselines")


class Place(Record):
    """Where a project stands, and which folders outside it may be read."""

    root: Path
    allowed: tuple[Path, ...] = ()


def find_project(given: Path | None, start: Path) -> Path:
    """The project's folder: the given one, or the nearest with a kpi.yaml upwards. Raises KpiError."""
    folders = [given.resolve()] if given else [start.resolve(), *start.resolve().parents]
    for folder in folders:
        if (folder / "kpi.yaml").is_file():
            return folder
    where = f"in {given}" if given else "here or in any folder above"
    raise KpiError(f"there is no kpi.yaml {where}", "Run `kpi init` to begin one, or name the folder with --project.")


def read_texts(root: Path) -> dict[str, str]:
    """The texts of a project's files by their path in it."""
    files = [root / "kpi.yaml"]
    for folder in FOLDERS:
        files += sorted(p for p in (root / folder).rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
    return {p.relative_to(root).as_posix(): read_text(p) for p in files}


def load(place: Place) -> tuple[Catalog | None, tuple[Diagnostic, ...]]:
    """The catalog of a project on disk, and what is wrong with its files. Raises KpiError."""
    return load_catalog(read_texts(place.root), shipped_contracts())


def name_known(ids: Iterable[str], known: Iterable[str]) -> None:
    """Refuse an id that names no definition. Raises KpiError."""
    known = tuple(known)
    for one in ids:
        if one not in known:
            there = f"There are: {', '.join(sorted(known)) or 'none'}."
            raise KpiError(f"there is no definition {one}", did_you_mean(one, known, there))


def window_of(catalog: Catalog, as_of: dt.date | None, now: dt.datetime, periods: int = 12) -> Window:
    """The view at a day's end: the given one's, kpi.yaml's, or now."""
    project = catalog.project.noun
    day = as_of or (project.as_of if isinstance(project.as_of, dt.date) else None)
    instant = now if day is None else project.almanac.instant(day + dt.timedelta(days=1))
    return Window(instant, project.almanac, periods)


def linted(catalog: Catalog, place: Place, today: dt.date) -> tuple[Diagnostic, ...]:
    """What lint finds in a catalog; the headers of CSV files are read, no rows."""
    return lint(catalog, _headers(catalog, place), today, code_owners(place.root))


def code_owners(root: Path) -> CodeOwners | None:
    """The CODEOWNERS file of the repository that a project stands in, if it has one. Raises KpiError."""
    above = [root, *root.parents]
    top = next((folder for folder in above if (folder / ".git").exists()), root)
    found = next((path for path in PLACES if (top / path).is_file()), None)
    if found is None:
        return None
    prefix = root.relative_to(top).as_posix()
    return read_code_owners(found, read_text(top / found), "" if prefix == "." else f"{prefix}/")


def _headers(catalog: Catalog, place: Place) -> Mapping[str, Native | None]:
    return {name: csv_header(one, place.root, place.allowed) for name, one in catalog.datasets.items()}


def columns_of(catalog: Catalog, place: Place, name: str) -> frozenset[str] | None:
    """The columns a formula over a dataset may use; None where its source has not been looked at."""
    native = csv_header(catalog.datasets[name], place.root, place.allowed)
    return frozenset(table_of(catalog, name, native).scope.columns) if native else None


def settled(
    catalog: Catalog, findings: tuple[Diagnostic, ...], unseen: frozenset[str] = frozenset()
) -> tuple[Diagnostic, ...]:
    """The findings with the project's severities, without those that a comment ignores; each once, in order.

    `unseen` are the rules that this run does not check.
    """
    weighed = reweighed(findings, catalog.project.noun.rules)
    kept = apply(weighed, catalog.ignores, unseen)
    return tuple(sorted(dict.fromkeys(kept), key=lambda f: f.sort_key))
