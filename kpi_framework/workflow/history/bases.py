"""Where a comparison begins: the merge base of two revisions, and the project as it stood there."""

from __future__ import annotations

from pathlib import PurePosixPath

from ...history.git import Repository
from ...load.catalog import PROJECT
from ...model.catalog import Catalog
from ...model.diagnostic import KpiError
from ...model.project import Project
from ...model.record import Record, replace
from .revisions import Revision

_FETCH = "Fetch the commits between: `git fetch --unshallow`, or `fetch-depth: 0` in the workflow's checkout."


def merge_bases(repository: Repository, base: str, head: str) -> tuple[str, ...]:
    """The last commits that two commits share; several after merges in both directions. Raises KpiError."""
    if base == head:
        return (base,)
    if repository.is_shallow:
        raise KpiError("this clone is shallow: where the two revisions part is not known", _FETCH)
    try:
        found = repository.text("merge-base", "--all", base, head).split()
    except KpiError as error:
        raise KpiError(f"{base[:12]} and {head[:12]} share no commit", _FETCH) from error
    return tuple(found)


class Beginning(Record):
    """The earlier side of a comparison: its revision, or that the project is not there yet."""

    revision: Revision
    is_new: bool = False


def beginning(revision: Revision, head: Revision) -> Beginning:
    """The project at the base, wherever its folder stood; Raises KpiError where git fails."""
    if revision.commit is None or _has_project(revision.repository, revision.commit):
        return Beginning(revision)
    prefix = _former_prefix(revision.repository, revision.commit, head.commit)
    if prefix is None:
        return Beginning(revision, is_new=True)
    return Beginning(replace(revision, repository=replace(revision.repository, prefix=prefix)))


def _has_project(repository: Repository, commit: str) -> bool:
    listing = repository.listing(commit, (PROJECT,))
    return PROJECT in (*listing.blobs, *listing.links)


def _former_prefix(repository: Repository, base: str, head: str | None) -> str | None:
    """The folder of the one project that the base has, and the head no longer; None where there is no such one."""
    top = replace(repository, prefix="")
    folders = [_projects(top, commit) for commit in (base, head or repository.commit("HEAD"))]
    gone = sorted(folders[0] - folders[1])
    return gone[0] if len(gone) == 1 else None


def _projects(top: Repository, commit: str) -> set[str]:
    paths = (PurePosixPath(path) for path in top.listing(commit, ()).blobs)
    return {"" if str(p.parent) == "." else f"{p.parent}/" for p in paths if p.name == PROJECT}


def without_definitions(catalog: Catalog) -> Catalog:
    """A catalog of nothing but default settings, beside which everything in another one is new."""
    project = catalog.project
    settings = {name: getattr(project.noun, name) for name in ("timezone", "week_starts", "fiscal_year_starts")}
    noun = Project(version=1, name=project.noun.name, **settings)
    return Catalog(replace(project, noun=noun), contracts=catalog.contracts, presets=catalog.presets)
