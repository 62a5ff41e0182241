"""Files → columns: where the data of a catalog are, and which columns they have."""

from __future__ import annotations

from collections.abc import Mapping

from ..compile.dataset.columns import Native
from ..model.catalog import Catalog
from ..model.diagnostic import Diagnostic
from ..model.header import folded
from ..model.manifest import SnapshotManifest
from ..model.measurement import Reason
from ..model.project import Column
from ..model.record import Record, field
from ..model.source import Snapshot
from . import findings
from .engine.interface import EngineError
from .run import Run
from .sources.formats import find_files, refuse_both_orders
from .sources.interface import Files, SourceError
from .sources.snapshots import check_snapshot

_DELIMITERS = (",", ";", "\t", "|")


class DataColumns(Record):
    """The sources that a catalog needs: their files, and the columns of those that could be looked at."""

    files: Mapping[str, Files] = field(default_factory=dict)
    natives: Mapping[str, Native] = field(default_factory=dict)
    pulled: Mapping[str, SnapshotManifest] = field(default_factory=dict)
    """The manifests of the datasets that `kpi pull` made."""
    unasked: Mapping[str, Reason] = field(default_factory=dict)
    """The datasets that no engine could be asked about, and why."""

    def fingerprints(self) -> dict[str, str]:
        """A hash of the bytes of each dataset."""
        return {name: files.fingerprint() for name, files in self.files.items()}


def columns_of(run: Run, catalog: Catalog) -> tuple[DataColumns, tuple[Diagnostic, ...]]:
    """The files of every dataset that a live definition reads, and their columns; no row is read."""
    files, pulled, missing = _files(run, catalog)
    natives: dict[str, Native] = {}
    unasked: dict[str, Reason] = {}
    unread: list[Diagnostic] = []
    for name, source in files.items():
        try:
            natives[name] = _separated(catalog, name, run.session.native(source))
        except SourceError as error:
            unread.append(findings.unreadable(catalog, name, error))
        except EngineError as error:
            unasked[name] = findings.why_not_computed(error)
            unread.append(findings.of_engine(catalog, name, error))
    return DataColumns(files, natives, pulled, unasked), (*missing, *unread)


def _separated(catalog: Catalog, name: str, native: Native) -> Native:
    """The columns, unless all of them seem to stand in one. Raises SourceError."""
    dataset = catalog.datasets[name]
    delimiter = dataset.reading.delimiter
    mapped = {folded(column.from_ if isinstance(column, Column) else column) for column in dataset.columns.values()}
    if dataset.reading.kind == "csv" and len(native.types) == 1 and mapped.isdisjoint(map(folded, native.types)):
        [header] = native.types
        seeming = max(_DELIMITERS, key=header.count)
        if header.count(seeming) and seeming != delimiter:
            written = "\\t" if seeming == "\t" else seeming
            raise SourceError(
                f"the delimiter seems to be `{written}`: read with `{delimiter}`, the file has one column",
                f'Write `delimiter: "{written}"` in the source.',
            )
    return native


def _files(run: Run, catalog: Catalog) -> tuple[dict[str, Files], dict[str, SnapshotManifest], list[Diagnostic]]:
    files: dict[str, Files] = {}
    pulled: dict[str, SnapshotManifest] = {}
    missing: list[Diagnostic] = []
    root, allowed = run.setting.root, run.setting.allowed
    for name in sorted(datasets_behind(catalog)):
        try:
            dataset = catalog.datasets[name]
            refuse_both_orders(dataset)
            source = find_files(dataset, root, allowed)
            if isinstance(dataset.reading, Snapshot):
                pulled[name] = check_snapshot(dataset.reading, source.resolved, root, [root, *allowed])
            files[name] = source.prepared(run.session.scratch)
        except SourceError as error:
            missing.append(findings.unreadable(catalog, name, error))
    run.session.admit(files.values())
    return files, pulled, missing


def datasets_behind(catalog: Catalog) -> set[str]:
    """The datasets that live definitions read, with their histories."""
    datasets = catalog.project.noun.datasets
    nouns = [e.noun for e in catalog.live.values()]
    needed = {n for m in nouns for n in (m.dataset, m.evidence) if n in datasets and n}
    return needed | {h for n in needed for h in datasets[n].histories if h in datasets}
