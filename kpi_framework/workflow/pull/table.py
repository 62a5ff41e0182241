"""A table of a database → the files of a snapshot, not yet in their places."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import time
from pathlib import Path

from ...compile.dataset.columns import Native
from ...compile.dataset.pulling import Condition, Question, Selection, cursor_of, later, selection_of, touching
from ...compile.definition import table_of
from ...evaluate.fetch.interface import Address, Database, FetchError
from ...evaluate.fetch.snapshot import SnapshotWriter, Timed
from ...evaluate.sources.interface import SourceError
from ...evaluate.sources.snapshots import check_snapshot, snapshot_paths
from ...model.catalog import Catalog
from ...model.manifest import SnapshotManifest
from ...model.record import Record, replace
from ...model.source import DatabaseSource
from .staging import Staging


class Written(Record):
    """A snapshot that is written and not yet in its place."""

    name: str
    place: Staging
    manifest: SnapshotManifest
    added: int | None = None
    """How many rows came since the last pull; None where all were pulled."""


class TablePull(Record):
    """A dataset's table, and where its rows go."""

    catalog: Catalog
    name: str
    source: DatabaseSource
    place: Staging
    address: Address
    database: Database
    key: bytes | None
    """By which personal columns are hashed; without it they are left out."""
    now: dt.datetime

    def written(self, *, since_last: bool) -> Written:
        """Write the rows: all, or those since the last pull where they can be told.

        Raises FetchError, FormulaError.
        """
        selection = self._selection()
        question = Question(self.source.table, selection.columns, self._needed(selection))
        print_ = self._print(question, selection)
        earlier = self._earlier(print_) if since_last else None
        with SnapshotWriter(self.place.folder) as writer:
            since = self._since(writer, selection, earlier) if earlier is not None else None
            if earlier is None or since is None:
                return self._made(writer, selection, question, print_)
            return self._added(writer, selection, replace(question, since=since), earlier, print_)

    def _selection(self) -> Selection:
        """The columns that the dataset maps, as the table has them. Raises FetchError, FormulaError."""
        remote = self.database.columns(self.source.table)
        if not remote:
            raise FetchError(
                f"there is no table or view {self.source.table}, or the user may not read it",
                "Correct `table`, with its schema, or grant the right to select from it.",
            )
        native = Native({column: about.type for column, about in remote.items()})
        return selection_of(table_of(self.catalog, self.name, native), remote, has_key=self.key is not None)

    def _needed(self, selection: Selection) -> Condition | None:
        """Which rows can still count: all of a history, on which other rows' clocks stand."""
        project = self.catalog.project.noun
        first = project.datasets[self.name].complete_from
        histories = {history for dataset in self.catalog.datasets.values() for history in dataset.histories}
        if not isinstance(first, dt.date) or self.name in histories:
            return None
        return touching(selection.columns, project.almanac.instant(first))

    def _print(self, question: Question, selection: Selection) -> str:
        """The hash of what is asked; a mark of the key is in it, since another key gives other values."""
        mark = hmac.digest(self.key or b"", b"kpi pull", "sha256").hex()[:16] if selection.hashed else ""
        text = "\n".join([self.database.dialect, question.text(self.database.dialect), *selection.hashed, mark])
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def _made(self, writer: SnapshotWriter, selection: Selection, question: Question, print_: str) -> Written:
        target = self.place.path(Path(self.source.into).name)
        empty = self._fetch(writer, selection, question, target)
        return self._described(writer, selection, target, print_, empty)

    def _fetch(self, writer: SnapshotWriter, selection: Selection, question: Question, target: Path) -> dict[str, int]:
        timed = Timed(self.address, time.monotonic())
        rows = self.database.fetch(question.text(self.database.dialect))
        return writer.write(selection, self.key, rows, target, timed)

    def _described(  # noqa: PLR0913, PLR0917 - it is all that a manifest holds
        self, writer: SnapshotWriter, selection: Selection, target: Path, print_: str, empty: dict[str, int],
        added: int | None = None,
    ) -> Written:  # fmt: skip
        rows, oldest, newest = writer.ends([target], selection.time)
        files = {target.name: self.place.sha256(target.name)}
        manifest = SnapshotManifest(
            rows, oldest, newest, print_, self.now, files, selection.hashed, selection.dropped, empty
        )
        return Written(self.name, self.place, manifest, added)

    # since the last pull

    def _earlier(self, print_: str) -> tuple[Path, SnapshotManifest] | None:
        """The snapshot of the last pull, if it asked the same; None where all rows have to be pulled."""
        source, root = self.place.source, self.place.root
        try:
            paths = snapshot_paths(source, root, self.place.fences)
            manifest = check_snapshot(source, list(map(str, paths)), root, self.place.fences)
        except SourceError:
            return None
        return (paths[0], manifest) if manifest.statement == print_ else None

    def _since(
        self, writer: SnapshotWriter, selection: Selection, earlier: tuple[Path, SnapshotManifest]
    ) -> Condition | None:
        """Which rows have changed; None where no column tells it."""
        cursor = cursor_of(selection)
        value = writer.last(earlier[0], cursor) if cursor is not None else None
        return later(cursor, selection.columns[cursor], value) if cursor and value is not None else None

    def _added(
        self, writer: SnapshotWriter, selection: Selection, question: Question,
        earlier: tuple[Path, SnapshotManifest], print_: str,
    ) -> Written:  # fmt: skip
        """The earlier snapshot with the rows that have changed since in their places."""
        arrived, target = self.place.path("arrived.parquet"), self.place.path(Path(self.source.into).name)
        empty = self._fetch(writer, selection, question, arrived)
        added, _, _ = writer.ends([arrived], None)
        writer.join(selection, earlier[0], arrived, target)
        return self._described(writer, selection, target, print_, empty, added)
