"""Where a dataset's files are, and which columns they have. Paths stay inside the repository."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import repeat
from pathlib import Path

from ...compile.dataset.columns import Native
from ...compile.dataset.readers import csv_rows, format_of, json_rows, parquet_rows, unique_headers
from ...compile.sql.render import render
from ...model.period import is_zone
from ...model.project import Dataset, Source
from ...model.record import Record
from ..engine.file_names import engine_name
from ..engine.interface import EngineError
from .interface import SourceError

_HEADER_LIMIT = 1_000_000
_PATTERN = frozenset("*?[")
_LONGEST_SHOWN = 200


class Files(Record):
    """The files of a source by their names in the project, their format, and the header of each CSV file.

    `resolved` are the same files without links: what was looked at is what is read.
    """

    source: Source
    format: str
    paths: tuple[str, ...]
    resolved: tuple[str, ...]
    headers: tuple[tuple[str, ...], ...]

    @property
    def engine_names(self) -> list[str]:
        """The files as the engine is given them: none can stand for others."""
        return [engine_name(path) for path in self.resolved]

    def rows(self, columns: Sequence[str]) -> str:
        """The SELECT that reads the wanted columns."""
        if self.format == "csv":
            headers = dict(zip(self.engine_names, self.headers, strict=True))
            return render(csv_rows(self.source, headers, columns))
        return render((parquet_rows if self.format == "parquet" else json_rows)(self.engine_names, columns))

    def fingerprint(self) -> str:
        """A hash of the files' bytes, in the order of their names."""
        digest = hashlib.sha256()
        for path in self.resolved:
            with Path(path).open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        return f"sha256:{digest.hexdigest()}"


def find_files(dataset: Dataset, root: Path, allowed: Sequence[Path]) -> Files:
    """The files of a dataset. Raises SourceError where there are none, or they lie outside."""
    source = dataset.source if isinstance(dataset.source, Source) else Source(path=dataset.source)
    kind = format_of(source, source.path)
    if source.timezone is not None and not is_zone(source.timezone):
        raise SourceError(
            f"`timezone: {source.timezone}` is not an IANA time zone", "Write it as Europe/London, or UTC."
        )
    if kind is None:
        raise SourceError(
            f"{_abridged(source.path)}: the file format is not known",
            "Add `format:` to the source, for example `format: csv`.",
        )
    paths = _paths(source.path, root, [root, *allowed])
    resolved = tuple(path.resolve() for path in paths)
    headers = tuple(map(_header, resolved, (p.name for p in paths), repeat(source))) if kind == "csv" else ()
    return Files(source, kind, tuple(map(str, paths)), tuple(map(str, resolved)), headers)


def _paths(pattern: str, root: Path, fences: Sequence[Path]) -> list[Path]:
    """The files that a path or pattern names. Raises SourceError, before the disk is walked, for what leads outside."""
    try:
        base, parts = _split(root / pattern)
        within = [fence.resolve() for fence in fences]
        if not _is_within(base.resolve(), within):
            raise _outside(pattern)
        if not parts:
            paths = [base] if base.is_file() else []
        else:
            paths = sorted({p for p in _matching(base, parts, within) if p.is_file()})
        if any(not _is_within(name.resolve(), within) for name in paths):
            raise _outside(pattern)
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, links that go round
        raise SourceError(f"{_abridged(pattern)} cannot be searched for: {_why(error)}", "Correct the path.") from None
    if not paths:
        raise SourceError(f"{_abridged(pattern)} does not exist", "Correct the path, or put the export there.")
    return paths


def _split(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The folder or file that a path names for sure, and the parts from its first pattern on. Raises SourceError.

    A name that is there is a name, whatever characters it has: `data/x[1].csv`.
    """
    base = Path(path.anchor)
    parts = path.parts[1:]
    for number, part in enumerate(parts):
        if set(part) & _PATTERN and not os.path.lexists(base / part):
            pattern = parts[number:]
            if ".." in pattern or any("**" in p and p != "**" for p in pattern):
                raise SourceError(
                    f"{_abridged(str(Path(*pattern)))} is not a supported pattern",
                    "Use `*` inside a name and `**` alone for folders, and no `..` after them.",
                )
            return base, pattern
        base = base / part
    return base, ()


def _matching(folder: Path, parts: Sequence[str], fences: Sequence[Path]) -> Iterator[Path]:
    """What a pattern's parts stand for; a link is followed only inside the fences, and never below `**`."""
    first, *deeper = parts
    if first == "**" and deeper:
        yield from _matching(folder, deeper, fences)
    for child in os.scandir(folder):
        path = folder / child.name
        if first == "**":
            if child.is_dir(follow_symlinks=False):
                yield from _matching(path, parts, fences)
        elif not fnmatchcase(child.name, first):
            continue
        elif not deeper:
            yield path
        elif child.is_dir() and _is_within(path.resolve(), fences):
            yield from _matching(path, deeper, fences)


def _is_within(path: Path, fences: Sequence[Path]) -> bool:
    return any(path.is_relative_to(fence) for fence in fences)


def _outside(pattern: str) -> SourceError:
    return SourceError(
        f"{_abridged(pattern)} is outside the repository", "Move it inside, or allow its folder with --allow-path."
    )


def _abridged(path: str) -> str:
    """A path in a sentence: its beginning, if it is over-long."""
    return path if len(path) <= _LONGEST_SHOWN else f"{path[:_LONGEST_SHOWN]}… ({len(path):,} characters)"


def _why(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else "it is not a path"


def _header(path: Path, name: str, source: Source) -> tuple[str, ...]:
    """The names of a CSV file's columns. Raises SourceError."""
    encoding = {"utf-8": "utf-8-sig"}.get(source.encoding, source.encoding)
    csv.field_size_limit(_HEADER_LIMIT)
    try:
        with path.open(encoding=encoding, newline="") as stream:
            line = stream.readline(_HEADER_LIMIT)
        cells = csv.reader([line] if line.strip() else [], delimiter=source.delimiter, quotechar=source.quote)
        header = next(iter(cells), [])
    except UnicodeDecodeError:
        raise SourceError(
            f"{name} is not encoded in {source.encoding}", "Set its encoding: `source: {encoding: latin-1}`."
        ) from None
    except (OSError, csv.Error) as error:
        raise SourceError(f"{name} cannot be read: {type(error).__name__}") from None
    if len(line) == _HEADER_LIMIT:
        raise SourceError(
            f"{name}: the first line has {_HEADER_LIMIT:,} characters or more", "Export it again with one row per line."
        )
    if not header:
        raise SourceError(f"{name} is empty", "Export it again: the file has no header.")
    return unique_headers(header)


def native_columns(files: Files, describe: Callable[[str], Mapping[str, str]]) -> Native:
    """The source's columns and types, described by an engine without a header. Raises SourceError, EngineError."""
    if files.format == "csv":
        return Native(dict.fromkeys((n for header in files.headers for n in header), "VARCHAR"))
    reader = parquet_rows if files.format == "parquet" else json_rows
    try:
        types = describe(render(reader(files.engine_names)))
    except EngineError as error:
        if error.died or error.lost:
            raise
        raise unreadable(files, error) from None
    return Native(types if files.format == "parquet" else dict.fromkeys(types, "VARCHAR"))


def csv_header(dataset: Dataset, root: Path, allowed: Sequence[Path]) -> Native | None:
    """What can be known of a source without an engine: the columns of CSV files, if they are there."""
    try:
        files = find_files(dataset, root, allowed)
    except SourceError:
        return None
    return Native({n: "VARCHAR" for h in files.headers for n in h}) if files.format == "csv" else None


def unreadable(files: Files, error: EngineError) -> SourceError:
    """The engine's failure to read, in words of our own: its text may quote rows."""
    names = ", ".join(Path(p).name for p in files.paths[:3])
    if error.encoding:
        return SourceError(
            f"{names} is not encoded in {files.source.encoding}", "Set its encoding: `source: {encoding: latin-1}`."
        )
    if error.line is not None:
        return SourceError(
            f"{names}: line {error.line} has more or fewer cells than the header, or a quote is not closed",
            "Correct the line, or the `delimiter` and `quote` of the source.",
        )
    if error.kind == "OutOfMemoryException":
        return SourceError(f"{names} could not be read within the memory limit")
    return SourceError(f"{names} is not a readable {files.format} file", "Export it again: it may be incomplete.")
