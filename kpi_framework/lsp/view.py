"""One file in an editor, and the project that it belongs to: what every feature looks at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from lsprotocol.types import Location, Range
from pygls.workspace import PositionCodec

from ..compile.catalog import Compilation
from ..compile.dataset.table import Table
from ..compile.sql.errors import FormulaError
from ..model.catalog import Catalog
from ..model.diagnostic import Span
from ..model.record import Record, field
from ..workflow.editing.workspace import CheckedWorkspace
from .cursor import Cursor, cursor_at
from .roles import Place, place_of
from .text import Text


class View(Record, dict=True):
    """A file of a project, as its editor has it."""

    checked: CheckedWorkspace
    path: str
    codec: PositionCodec
    uris: Mapping[str, str] = field(default_factory=dict)
    """The addresses that the editor gave to the files it has open."""

    @cached_property
    def text(self) -> Text:
        """The text of the file."""
        return self.text_of(self.path)

    def text_of(self, path: str) -> Text:
        """The text of any file of the project; an empty one where there is none."""
        return Text(self.checked.workspace.texts.get(path, ""), self.codec)

    @property
    def compilation(self) -> Compilation | None:
        """The project by the last good state of each file."""
        return self.checked.sound

    @property
    def catalog(self) -> Catalog | None:
        """The definitions by the last good state of each file."""
        return self.checked.sound.catalog if self.checked.sound else None

    def table(self, name: str | None) -> Table | None:
        """A dataset of the project as a table; None where there is none, or its columns make no sense."""
        if self.compilation is None or name not in self.compilation.catalog.datasets:
            return None
        try:
            return self.compilation.tables[name or ""]
        except FormulaError:
            return None

    def cursor(self, offset: int) -> Cursor:
        """Where an offset of the file stands."""
        return cursor_at(self.text.text, offset)

    def place(self, cursor: Cursor) -> Place | None:
        """What names mean where the cursor stands."""
        return place_of(self.path, self.text.text, cursor.path)

    def uri(self, path: str) -> str:
        """The address of a file of the project."""
        return self.uris.get(path) or (self.checked.workspace.folder / path).as_uri()

    def location(self, span: Span) -> Location:
        """A place of the project, with the word that begins there."""
        text = self.text_of(span.path)
        offset = text.offset_of(span)
        return Location(self.uri(span.path), self.range(span.path, offset, max(offset, text.word(offset)[1])))

    def range(self, path: str, begin: int, stop: int) -> Range:
        """A stretch of a file of the project."""
        return self.text_of(path).range(begin, stop)

    @property
    def names(self) -> Mapping[str, str]:
        """The names that people read, by id."""
        return {i: e.noun.name for i, e in self.catalog.definitions.items()} if self.catalog else {}
