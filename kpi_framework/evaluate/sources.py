"""Where a dataset's files are, and which columns they have. Paths stay inside the repository."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

from ..compile.reader import csv_rows, format_of, json_rows, parquet_rows, unique_headers
from ..compile.render import render
from ..compile.table import Native
from ..model.period import is_zone
from ..model.project import Dataset, Source
from ..model.record import Record
from .engine import Engine, EngineError

_HEADER_LIMIT = 1_000_000


class SourceError(Exception):
    """A source that cannot be read: what is wrong, what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Files(Record):
    """The files of a source, their format, and the header of each CSV file."""

    source: Source
    format: str
    paths: tuple[str, ...]
    headers: dict[str, tuple[str, ...]]

    def rows(self, columns: Sequence[str]) -> str:
        """The SELECT that reads the wanted columns."""
        if self.format == "csv":
            return render(csv_rows(self.source, self.headers, columns))
        return render((parquet_rows if self.format == "parquet" else json_rows)(self.paths, columns))

    def fingerprint(self) -> str:
        """A hash of the files' bytes, in the order of their names."""
        digest = hashlib.sha256()
        for path in self.paths:
            with Path(path).open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        return f"sha256:{digest.hexdigest()}"


def find_files(dataset: Dataset, root: Path, allowed: Sequence[Path]) -> Files:
    """The files of a dataset. Raises SourceError where there are none, or they lie outside."""
    source = dataset.source if isinstance(dataset.source, Source) else Source(path=dataset.source)
    kind = format_of(source, source.path)
    if source.timezone is not None and not is_zone(source.timezone):
        raise SourceError(f"`timezone: {source.timezone}` is not an IANA zone", "Write it as Europe/London, or UTC.")
    if kind is None:
        raise SourceError(f"{source.path}: neither its ending nor `format:` says how to read it", "Add `format: csv`.")
    paths = _paths(source.path, root, allowed)
    headers = {str(p): _header(p, source) for p in paths} if kind == "csv" else {}
    return Files(source, kind, tuple(map(str, paths)), headers)


def _paths(pattern: str, root: Path, allowed: Sequence[Path]) -> list[Path]:
    given = Path(pattern)
    base = Path(given.anchor) if given.is_absolute() else root
    relative = str(given.relative_to(given.anchor)) if given.is_absolute() else pattern
    found = sorted(p for p in base.glob(relative) if p.is_file())
    if not found:
        raise SourceError(f"{pattern} does not exist", "Correct the path, or put the export there.")
    fences = [root.resolve(), *(a.resolve() for a in allowed)]
    for path in found:
        if not any(path.resolve().is_relative_to(fence) for fence in fences):
            raise SourceError(
                f"{pattern} lies outside the repository",
                "Move it inside, or allow its folder with --allow-path.",
            )
    return found


def _header(path: Path, source: Source) -> tuple[str, ...]:
    """The names of a CSV file's columns. Raises SourceError."""
    encoding = {"utf-8": "utf-8-sig"}.get(source.encoding, source.encoding)
    try:
        with path.open(encoding=encoding, newline="") as stream:
            lines = csv.reader(
                _limited(stream.readline(_HEADER_LIMIT)), delimiter=source.delimiter, quotechar=source.quote
            )
            header = next(iter(lines), [])
    except UnicodeDecodeError:
        raise SourceError(
            f"{path.name} is not {source.encoding}", "Say how it is encoded: `source: {encoding: latin-1}`."
        ) from None
    except (OSError, csv.Error) as error:
        raise SourceError(f"{path.name} cannot be read: {type(error).__name__}") from None
    if not header:
        raise SourceError(f"{path.name} is empty", "Export it again: not even a header is there.")
    return unique_headers(header)


def _limited(line: str) -> list[str]:
    return [line] if line.strip() else []


def native_columns(files: Files, engine: Engine) -> Native:
    """The source's columns and types. Raises SourceError."""
    if files.format == "csv":
        names = dict.fromkeys(n for header in files.headers.values() for n in header)
        return Native(dict.fromkeys(names, "VARCHAR"))
    reader = parquet_rows if files.format == "parquet" else json_rows
    try:
        found = engine.describe(render(reader(files.paths)))
    except EngineError as error:
        raise unreadable(files, error) from None
    return Native(found if files.format == "parquet" else dict.fromkeys(found, "VARCHAR"))


def csv_header(dataset: Dataset, root: Path, allowed: Sequence[Path]) -> Native | None:
    """What can be known of a source without an engine: the columns of CSV files, if they are there."""
    try:
        files = find_files(dataset, root, allowed)
    except SourceError:
        return None
    return Native({n: "VARCHAR" for h in files.headers.values() for n in h}) if files.format == "csv" else None


def unreadable(files: Files, error: EngineError) -> SourceError:
    """The engine's failure to read, in words of our own: its text may quote rows."""
    names = ", ".join(Path(p).name for p in files.paths[:3])
    if error.encoding:
        return SourceError(
            f"{names} is not {files.source.encoding}", "Say how it is encoded: `source: {encoding: latin-1}`."
        )
    if error.line is not None:
        return SourceError(
            f"{names}: line {error.line} does not have the header's number of cells, or a quote is not closed",
            "Correct the line, or the `delimiter` and `quote` of the source.",
        )
    if error.died or error.kind == "OutOfMemoryException":
        return SourceError(f"{names} could not be read within the limits of time and memory")
    return SourceError(f"{names} is not a readable {files.format} file", "Export it again: it may be cut off.")
