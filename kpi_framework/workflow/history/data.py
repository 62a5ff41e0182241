"""Whether data that git tracks changed what was settled: a revision's definitions over its data and over later ones."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from ...compile.catalog import Compilation
from ...evaluate.data_span import newest_complete_through, oldest_complete_from
from ...evaluate.evaluate import evaluate
from ...evaluate.reporting_periods import ReportingPeriods
from ...history.data_changes import data_changes
from ...history.ledger import read_chain
from ...history.readers import readers
from ...model.catalog import Catalog
from ...model.change import Change
from ...model.measurement import Measurement
from ...model.record import Record, replace
from ..project import LEDGERS, ProjectRoot, compiled, reporting_periods_of
from ..run import Options
from .revisions import Revision

Key = tuple[str, str, str, tuple[tuple[str, str | None], ...]]
_PATTERN = set("*?[")


class MovedData(Record):
    """The tracked data files that differ between two revisions, by the earlier one's datasets."""

    paths: Mapping[str, str]
    """Dataset → one of its files that differs."""

    def paths_of(self, catalog: Catalog) -> Mapping[str, str]:
        """A differing file for each definition that stands on one."""
        by_file = [(kpi_id, path) for name, path in self.paths.items() for kpi_id in readers(catalog, name)]
        return dict(reversed(by_file))


def moved_data(before: Revision, after: Revision, catalog: Catalog) -> MovedData:
    """Which tracked data of a catalog differ: by git's names of their contents, line ends apart."""
    paths = {}
    for name, dataset in catalog.project.noun.datasets.items():
        root = _root(dataset.reading.path)
        old, new = (_files(revision, root) for revision in (before, after)) if root else ({}, {})
        differing = sorted(path for path in {*old, *new} if old.get(path) != new.get(path))
        if differing:
            paths[name] = differing[0]
    return MovedData(paths)


def _root(path: str) -> str:
    """The file, or the folder that all files of a pattern lie in; empty for what lies outside the project."""
    place = PurePosixPath(path)
    plain: list[str] = []
    for part in place.parts:
        if _PATTERN & set(part):
            break
        plain.append(part)
    return "" if place.is_absolute() or ".." in place.parts or not plain else PurePosixPath(*plain).as_posix()


def _files(revision: Revision, root: str) -> Mapping[str, str]:
    """The tracked files of a revision; on disk, those that HEAD tracks, by their contents there."""
    tracked = revision.repository.blobs(revision.commit or revision.repository.commit("HEAD"), (root,))
    if revision.commit is not None:
        return tracked
    folder = revision.project_root.folder
    return {path: _on_disk(folder / path, name) for path, name in tracked.items() if (folder / path).is_file()}


def _on_disk(path: Path, name: str) -> str:
    """The name of a file's content as git would give it; the tracked one where they differ by line ends alone."""
    content = path.read_bytes()
    names = (_git_name(text, len(name)) for text in (content, content.replace(b"\r\n", b"\n")))
    return name if name in names else _git_name(content, len(name))


def _git_name(content: bytes, digits: int) -> str:
    kind = hashlib.sha256 if digits == hashlib.sha256().digest_size * 2 else hashlib.sha1
    return kind(b"blob %d\0" % len(content) + content).hexdigest()  # a name, not a protection


def changed_data(options: Options, before: Revision, after: Revision) -> tuple[Change, ...]:
    """The settled values of a revision that a later one's data change, by the earlier definitions. Raises KpiError."""
    catalog = before.catalog
    paths = moved_data(before, after, catalog).paths_of(catalog)
    if not paths:
        return ()
    options = replace(options, progress=lambda _: None)
    published = frozenset(_published(before, paths))
    with before.laid_out(catalog) as earlier, after.laid_out(catalog) as later:
        old = _narrowed(catalog, earlier, paths)
        reporting = settled_periods(replace(options, project_root=earlier), old)
        first = _measured(replace(options, project_root=earlier), old, reporting)
        last = _measured(replace(options, project_root=later), _narrowed(catalog, later, paths), reporting)
    return data_changes(first, last, lambda m: _key(m) in published, paths)


def _narrowed(catalog: Catalog, project_root: ProjectRoot, ids: Mapping[str, str]) -> Compilation:
    return compiled(catalog, project_root).narrowed(ids)


def settled_periods(options: Options, compilation: Compilation) -> ReportingPeriods:
    """What was settled at a revision: as of its kpi.yaml's day, for `now` of its newest `complete_through`."""
    catalog = compilation.catalog
    reporting = reporting_periods_of(catalog, options.as_of, options.now, options.periods)
    if isinstance(catalog.project.noun.as_of, dt.date):
        own = reporting_periods_of(catalog, None, options.now, options.periods)
        return min(reporting, own, key=lambda r: r.as_of)
    newest = newest_complete_through(compilation, options.setting(reporting))
    return replace(reporting, as_of=newest) if newest is not None else reporting


def first_day(options: Options, compilation: Compilation, definition_id: str) -> dt.date | None:
    """The first day of the first period in which the data can give a definition a value; None where none is known."""
    own = compilation.narrowed((definition_id,))
    reporting = reporting_periods_of(own.catalog, options.as_of, options.now, options.periods)
    since = oldest_complete_from(own, options.setting(reporting))
    metric, almanac = own.catalog.definitions[definition_id].noun, reporting.almanac
    if since is None:
        return None
    period = almanac.period_of(almanac.day_of(since), metric.period)
    # A stock is counted at the end of a period, which may be the very moment in which the data begin.
    return almanac.shift(period, -1).start if metric.is_stock else period.start


def _measured(options: Options, compilation: Compilation, reporting: ReportingPeriods) -> tuple[Measurement, ...]:
    return evaluate(compilation, options.setting(reporting)).measurements


def _published(revision: Revision, ids: Mapping[str, str]) -> Iterator[Key]:
    """The values that the ledgers of a revision hold, under the ids of then."""
    repository, commit = revision.repository, revision.commit or revision.repository.commit("HEAD")
    blobs = repository.blobs(commit, (LEDGERS,))
    wanted = {PurePosixPath(path).stem: name for path, name in blobs.items() if PurePosixPath(path).stem in ids}
    contents = repository.contents(wanted.values())
    for kpi_id, name in wanted.items():
        for line in read_chain(kpi_id, contents[name]).entries:
            yield kpi_id, line.start, line.end, line.segment


def _key(measurement: Measurement) -> Key:
    period = measurement.period
    return measurement.kpi, period.start.isoformat(), period.end.isoformat(), measurement.segment
