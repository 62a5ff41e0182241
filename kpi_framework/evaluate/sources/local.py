"""What files of every format on this machine have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Self

from ...compile.dataset.columns import Native
from ...model.record import Record, replace
from ...model.source import Source
from ..engine.file_names import engine_name
from ..engine.interface import EngineError
from .interface import SourceError
from .scratch import Scratch
from .text import misencoded, unreachable


class LocalFiles(Record):
    """Files by their names in the project, and by those without links. Each format says which rows they hold."""

    format: ClassVar[str]

    source: Source
    paths: tuple[str, ...]
    resolved: tuple[str, ...]
    originals: tuple[str, ...] = ()
    """The files that these are copies of, if they are copies."""

    @classmethod
    def opened(cls, source: Source, paths: Sequence[Path]) -> Self:
        """These files."""
        return cls(source, tuple(map(str, paths)), tuple(str(path.resolve()) for path in paths))

    @property
    def engine_names(self) -> list[str]:
        """The files as the engine is given them: none can stand for others."""
        return [engine_name(path) for path in self.resolved]

    def columns_without_engine(self) -> Native | None:
        """None: no header names them."""
        return None

    def single(self, number: int) -> Self:
        """One of the files, as a source of its own."""
        originals = self.originals[number : number + 1]
        return replace(self, paths=(self.paths[number],), resolved=(self.resolved[number],), originals=originals)

    def locations(self, cells: Sequence[tuple[int, str]]) -> Sequence[str]:
        """The numbers of the rows, counted from 1: no line of the file begins one."""
        return [f"row {row}" for row, _ in cells]

    def prepared(self, _scratch: Scratch) -> Self:
        """As they are: the engine reads them itself."""
        return self

    def copied(
        self, scratch: Scratch, suffix: str, write: Callable[[Path, str, Path], None],
        is_needed: Callable[[Path, str], bool] = lambda _path, _name: True,
    ) -> Self:  # fmt: skip
        """The files as copies, where they are needed, that `write` makes. Raises SourceError."""
        copies = []
        for path, name in zip(self.resolved, self.paths, strict=True):
            origin, title = Path(path), Path(name).name
            try:
                target = scratch.place(suffix) if is_needed(origin, title) else origin
                if target is not origin:
                    write(origin, title, target)
            except OSError as error:
                raise unreachable(title, error) from None
            copies.append(str(target))
        return replace(self, source=plain(self.source), resolved=tuple(copies), originals=self.resolved)

    def fingerprint(self) -> str:
        """A hash of the files' bytes, in the order of their names. Raises OSError."""
        digest = hashlib.sha256()
        for path in self.originals or self.resolved:
            with Path(path).open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        return f"sha256:{digest.hexdigest()}"

    @contextmanager
    def readable(self) -> Iterator[None]:
        """What an engine that lives cannot read is the files' fault. Raises SourceError, EngineError."""
        try:
            yield
        except EngineError as error:
            if error.died or error.lost:
                raise
            raise self.unreadable(error) from None

    def unreadable(self, error: EngineError) -> SourceError | EngineError:
        """The engine's failure to read, in words of our own: its text may quote rows.

        The failure itself where the files are not to blame.
        """
        if not error.is_of_file:
            return error
        names = ", ".join(Path(p).name for p in self.paths[:3])
        if error.encoding:
            return misencoded(names, self.source)
        if error.line is not None:
            return SourceError(
                f"{names}: line {error.line} has more or fewer cells than the header, or a quote is not closed",
                "Correct the line, or the `delimiter` and `quote` of the source.",
            )
        return SourceError(f"{names} is not a readable {self.format} file", "Export it again: it may be incomplete.")


def plain(source: Source) -> Source:
    """How copies are written: in UTF-8."""
    return source.model_copy(update={"encoding": "utf-8"})
