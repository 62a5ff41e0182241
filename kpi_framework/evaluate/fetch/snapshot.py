"""Rows of a driver → a Parquet file, by an engine in this process: a driver's rows cannot be handed to another one.

It runs kpi's own statements and no author's text.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import duckdb

from ...compile.dataset.pulling import Selection
from ...compile.dataset.snapshots import (
    ARRIVING,
    SEPARATOR,
    Arriving,
    copied,
    ends,
    is_unique,
    joined,
    last,
    no_days,
    snapshot_query,
)
from ...compile.dialect.duckdb.dialect import DUCKDB
from ...compile.sql.tree import Query, Tree
from ...model.record import Record
from .interface import Address, ArrowStream, FetchError, Rows

_MEMORY = "128MB"
_SETTINGS: dict[str, str | int | float | list[str]] = {
    "memory_limit": _MEMORY, "threads": 1, "autoinstall_known_extensions": False, "preserve_insertion_order": True,
    "autoload_known_extensions": False, "allow_community_extensions": False, "allow_unsigned_extensions": False,
}  # fmt: skip
_OF_ROOM = (duckdb.IOException, duckdb.OutOfMemoryException)
_NEARLY = 0.95
"""A stream that broke after so much of its time is one that the server stopped."""


class Timed(Record):
    """A source that is being read, and since when."""

    address: Address
    began: float

    def broken(self) -> FetchError:
        """Why its stream broke: what a driver says of it is in the language of its server."""
        is_late = time.monotonic() - self.began > self.address.timeout * _NEARLY
        return self.address.late() if is_late else self.address.lost()


class SnapshotWriter:
    """Writes snapshots into a folder. Every method raises FetchError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(folder / "temporary")})
        self._connection.execute("SET TimeZone = 'UTC'")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def write(
        self, selection: Selection, key: bytes | None, rows: ArrowStream | Rows, target: Path, timed: Timed
    ) -> dict[str, int]:
        """Write the rows to a new file; the answer is, by column, how many dates were no days."""
        with self._translated(timed):
            arriving = self._arriving(selection, rows)
            self._run(copied(snapshot_query(selection, arriving, key), str(target)))
            counting = no_days(selection, arriving)
            counts = self._fetch(counting)[0] if counting is not None else ()
            if arriving.spool is not None:
                Path(arriving.spool).unlink()
        names = [] if counting is None else counting.named_selects
        return {name: int(str(count)) for name, count in zip(names, counts, strict=True) if count}

    def _arriving(self, selection: Selection, rows: ArrowStream | Rows) -> Arriving:
        """The rows where the engine finds them: a stream as it is, others in a file."""
        if not isinstance(rows, Iterator):
            self._connection.register(ARRIVING, rows)
            return Arriving()
        spool = self._folder / "spool.csv"
        with spool.open("w", encoding="utf-8", errors="replace", newline="") as stream:
            writer = csv.writer(stream, delimiter=SEPARATOR, lineterminator="\n")
            writer.writerow(selection.columns)
            for batch in rows:
                text = _simple(batch, len(selection.columns))
                if text is None:
                    writer.writerows(batch)
                else:
                    stream.write(text)
        return Arriving(str(spool))

    def join(self, selection: Selection, earlier: Path, later: Path, target: Path) -> None:
        """Write the rows of two snapshots to a third: of rows with one key, those of the later.

        In an event log, which has several rows a key, a row is replaced by the one of the same key and order.
        """
        by = selection.key
        with self._translated():
            if not (self._is_unique(earlier, by) and self._is_unique(later, by)):
                by = (*by, *selection.order)
            self._run(copied(joined(selection, str(earlier), str(later), by), str(target)))

    def _is_unique(self, path: Path, key: Sequence[str]) -> bool:
        return bool(self._fetch(is_unique(str(path), key))[0][0])

    def last(self, path: Path, column: str) -> str | None:
        """The largest value of a column."""
        with self._translated():
            value = self._fetch(last(str(path), column))[0][0]
        return None if value is None else str(value)

    def ends(self, paths: Sequence[Path], time_column: str | None) -> tuple[int, str | None, str | None]:
        """How many rows Parquet files have, and the first and the last value of a column."""
        with self._translated():
            [(rows, oldest, newest)] = self._fetch(ends(list(map(str, paths)), time_column))
        return int(str(rows)), _text(oldest), _text(newest)

    def _run(self, statement: Tree) -> None:
        self._connection.execute(DUCKDB.text(statement))

    def _fetch(self, query: Query) -> list[tuple[object, ...]]:
        return self._connection.execute(DUCKDB.text(query)).fetchall()

    @contextmanager
    def _translated(self, timed: Timed | None = None) -> Iterator[None]:
        """A failure in our own words: those of an engine quote rows, and those of a stream its driver."""
        try:
            yield
        except OSError as error:
            raise no_room(error.strerror) from None
        except duckdb.Error as error:
            if isinstance(error, _OF_ROOM):
                raise no_room() from None
            if timed is None:
                raise FetchError("the earlier snapshot cannot be read", "Pull all rows: leave out --since.") from None
            raise timed.broken() from None


def _simple(batch: Sequence[Sequence[object]], columns: int) -> str | None:
    """Rows of nothing but texts, none of which needs quotes, in a third of a CSV writer's time; None for any other."""
    try:
        text = "".join([f"{SEPARATOR.join(row)}\n" for row in batch])  # type: ignore[arg-type]
    except TypeError:
        return None
    is_simple = text.count(SEPARATOR) == (columns - 1) * len(batch) and text.count("\n") == len(batch)
    return text if is_simple and columns > 1 and '"' not in text and "\r" not in text else None


def no_room(why: str | None = None) -> FetchError:
    """That the snapshot cannot be written."""
    return FetchError(
        f"the snapshot cannot be written: {why or 'the disk or the memory is full'}",
        "Make room; a snapshot needs up to three times its size while it is pulled.",
    )


def rows_of(stream: ArrowStream) -> list[tuple[object, ...]]:
    """The rows of a small stream."""
    with duckdb.connect(":memory:") as connection:
        connection.register(ARRIVING, stream)
        return connection.execute(f"SELECT * FROM {ARRIVING}").fetchall()  # noqa: S608 - our own name


def _text(value: object) -> str | None:
    return None if value is None else str(value)
