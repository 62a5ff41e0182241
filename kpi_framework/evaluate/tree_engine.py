"""An engine that is asked in trees: its dialect puts them into its words, and its types into ours."""

from __future__ import annotations

from collections.abc import Iterable

from ..compile.dataset.source_type import SourceType
from ..compile.dialect.interface import Dialect
from ..compile.sql.statements import create_table, insert
from ..compile.sql.tree import Query, Tree
from ..model.record import Record
from .engine.interface import Engine, Row


class TreeEngine(Record):
    """Every method raises EngineError."""

    engine: Engine
    dialect: Dialect

    def run(self, *statements: Tree) -> None:
        """Carry out statements."""
        self.engine.run(self.texts(statements))

    def texts(self, statements: Iterable[Tree]) -> list[str]:
        """The statements in the engine's words."""
        return [self.dialect.text(statement) for statement in statements]

    def fetch(self, query: Tree) -> list[Row]:
        """All rows of a query."""
        return self.engine.fetch(self.dialect.text(query))

    def describe(self, query: Tree) -> dict[str, SourceType]:
        """The columns of a query and their types."""
        rows = self.fetch(self.dialect.describe(query))
        return {str(row[0]): self.dialect.source_type(str(row[1])) for row in rows}

    def make_table(self, name: str, queries: Iterable[Query]) -> None:
        """Make a table, anew, of the rows of all queries, one after the other: each has its own deadline."""
        for number, query in enumerate(queries):
            self.run(insert(name, query) if number else create_table(name, query, replace=True))
