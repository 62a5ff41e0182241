"""The columns of files that name none above their rows, such as JSON and Parquet: an engine is asked, and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ..compile.dataset.columns import Native
from ..model.project import Dataset
from ..model.source import Source
from .engine.duckdb import DuckWorker, WorkerLimits
from .engine.interface import EngineError
from .session import Session
from .sources.formats import find_files, opener
from .sources.interface import Files, SourceError


def asked_columns(datasets: Mapping[str, Dataset], root: Path, allowed: Sequence[Path]) -> Mapping[str, Native]:
    """The columns of the datasets whose files can be read."""
    with Session(lambda: DuckWorker(WorkerLimits())) as session:
        files: dict[str, Files] = {}
        for name, dataset in datasets.items():
            with suppress(SourceError):  # a check says what is wrong
                files[name] = find_files(dataset, root, allowed).prepared(session.scratch)
        natives: dict[str, Native] = {}
        session.admit(files.values())
        for name, source in files.items():
            with suppress(SourceError, EngineError):
                natives[name] = session.native(source)
        return natives


def asked_header(source: Source, path: Path) -> tuple[str, ...]:
    """The names of the columns of one file. Raises SourceError."""
    with Session(lambda: DuckWorker(WorkerLimits())) as session:
        files = opener(source.kind or "")(source, [path]).prepared(session.scratch)
        session.admit([files])
        try:
            return tuple(session.native(files).types)
        except EngineError:
            raise SourceError(f"{path.name} could not be read", "Run it again, or split the file.") from None
