"""Datasets with a connection → snapshots: all of one connection are seen at one moment, and change together."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack

from ...compile.sql.errors import FormulaError
from ...evaluate.fetch.bucket import copy_files
from ...evaluate.fetch.drivers import open_database
from ...evaluate.fetch.interface import Address, Database, FetchError
from ...evaluate.fetch.snapshot import SnapshotWriter
from ...evaluate.findings import dataset_span
from ...model.catalog import Catalog
from ...model.diagnostic import Diagnostic, KpiError
from ...model.manifest import PulledDataset, SnapshotManifest
from ...model.record import Record, field
from ...model.rule import RULES
from ...model.source import BucketSource, DatabaseSource, Snapshot
from ..project import ProjectRoot, load_unlinked, name_known, settled
from .staging import Staging, staging
from .table import TablePull, Written

PERSONAL_KEY = "KPI_PERSONAL_KEY"
"""The variable with the key by which personal columns are hashed."""


class PullRequest(Record):
    """What is to be pulled, and how."""

    project_root: ProjectRoot
    now: dt.datetime
    environment: Mapping[str, str]
    datasets: tuple[str, ...] = ()
    since_last: bool = False
    timeout: float = 600.0
    progress: Callable[[str], None] = field(default=lambda _: None)


class PullResult(Record):
    """What was pulled, and what could not be."""

    pulled: tuple[PulledDataset, ...]
    diagnostics: tuple[Diagnostic, ...]


def pull(request: PullRequest) -> PullResult:
    """Replace the snapshots of the datasets. Raises KpiError for a name that is none's, or a broken kpi.yaml."""
    catalog = load_unlinked(request.project_root)
    remote = {
        name: dataset.source
        for name, dataset in catalog.project.noun.datasets.items()
        if isinstance(dataset.source, DatabaseSource | BucketSource)
    }
    if request.datasets:
        name_known(request.datasets, remote)
    elif not remote:
        raise KpiError(
            "no dataset of kpi.yaml has a connection",
            'Write `source: {connection: "${KPI_TICKETS_URL}", table: …, into: data/tickets.parquet}`.',
        )
    groups: dict[tuple[str, type], list[str]] = {}
    for name in request.datasets or remote:
        groups.setdefault((remote[name].connection, type(remote[name])), []).append(name)
    results = [_Pulling(request, catalog, tuple(dict.fromkeys(names))).result() for names in groups.values()]
    findings = tuple(finding for result in results for finding in result.diagnostics)
    return PullResult(tuple(p for result in results for p in result.pulled), settled(catalog, findings))


class _Pulling(Record):
    """The datasets of one connection."""

    request: PullRequest
    catalog: Catalog
    names: tuple[str, ...]
    findings: list[Diagnostic] = field(default_factory=list)

    def result(self) -> PullResult:
        """Write all snapshots, and put them into their places only if all could be written."""
        with ExitStack() as open_:
            written = self._written(open_)
            if self.findings:
                return PullResult((), tuple(self.findings))
            pulled = [done for snapshot in written if (done := self._committed(snapshot)) is not None]
        return PullResult(tuple(pulled), (*self.findings, *self._told(pulled)))

    def _written(self, open_: ExitStack) -> list[Written]:
        snapshots = []
        database: Database | None = None
        for name in self.names:
            self.request.progress(f"pulling {name}")
            source = self.catalog.project.noun.datasets[name].source
            try:
                place = open_.enter_context(staging(self._snapshot(name), self.request.project_root))
                if isinstance(source, BucketSource):
                    snapshots.append(self._of_bucket(name, source, place))
                    continue
                assert isinstance(source, DatabaseSource)
                if database is None:
                    database = open_database(self._address(source.connection))
                    open_.callback(database.close)
                snapshots.append(self._of_table(name, source, place, database))
            except FormulaError as error:
                self._fail(name, error)
            except FetchError as error:  # one is enough: nothing more comes of this connection
                self._fail(name, error)
                break
        return snapshots

    def _committed(self, snapshot: Written) -> PulledDataset | None:
        try:
            snapshot.place.commit(snapshot.manifest)
        except FetchError as error:
            self._fail(snapshot.name, error)
            return None
        return PulledDataset(snapshot.name, snapshot.place.source.into, snapshot.manifest, snapshot.added)

    def _fail(self, name: str, error: FetchError | FormulaError) -> None:
        span = dataset_span(self.catalog, name, "source")
        self.findings.append(RULES["source-unreadable"].finding(span, f"{name}: {error.message}", error.hint))

    def _told(self, pulled: Iterable[PulledDataset]) -> tuple[Diagnostic, ...]:
        """Dates that are none, once a dataset."""
        return tuple(
            RULES["impossible-time"].finding(
                dataset_span(self.catalog, done.name, "source"),
                f"{done.name}.{column}: {count:,} date{'s are no days' if count > 1 else ' is no day'}, such as "
                "0000-00-00, and counted as missing",
                "Correct the rows in the source system.",
            )
            for done in pulled
            for column, count in done.manifest.empty_dates.items()
        )

    def _snapshot(self, name: str) -> Snapshot:
        reading = self.catalog.datasets[name].reading
        assert isinstance(reading, Snapshot)
        return reading

    def _address(self, connection: str) -> Address:
        """The URL that a connection names. Raises FetchError."""
        root = self.request.project_root
        fences = (self.request.timeout, root.folder, root.allowed)
        if not connection.startswith("$"):
            return Address(connection, "`connection`", *fences)
        variable = connection[2:-1]
        url = self.request.environment.get(variable, "").strip()
        if not url:
            raise FetchError(f"the variable {variable} is not set", "Set it to the whole URL, as a secret of the job.")
        return Address(url, variable, *fences, is_trusted=True)

    def _of_table(self, name: str, source: DatabaseSource, place: Staging, database: Database) -> Written:
        """Write a table's rows. Raises FetchError, FormulaError."""
        request, address = self.request, self._address(source.connection)
        key = request.environment.get(PERSONAL_KEY, "").encode() or None
        table = TablePull(self.catalog, name, source, place, address, database, key, request.now)
        return table.written(since_last=request.since_last)

    def _of_bucket(self, name: str, source: BucketSource, place: Staging) -> Written:
        """Copy the files. Raises FetchError."""
        files = copy_files(self._address(source.connection), source, place.folder)
        rows, oldest, newest = None, None, None
        if place.source.kind == "parquet":
            with SnapshotWriter(place.folder) as writer:
                rows, oldest, newest = writer.ends([place.path(file) for file in files], None)
        print_ = f"sha256:{hashlib.sha256(source.path.encode()).hexdigest()}"
        return Written(name, place, SnapshotManifest(rows, oldest, newest, print_, self.request.now, files), None)
