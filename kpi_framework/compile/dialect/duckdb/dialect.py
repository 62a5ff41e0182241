"""DuckDB's dialect, as the rest of the house knows it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ....model.period import Almanac
from ...dataset.source_type import SourceType
from ...sql.size import deep
from ...sql.tree import Tree
from .functions import working_time, zone_functions
from .spelling import sql_of
from .types import source_type

_EXPLAINED = re.compile(r"/\* (.*?) \*/", re.DOTALL)


class DuckDBDialect:
    """Trees → DuckDB's SQL, and its answers about columns → ours."""

    def text(self, tree: Tree) -> str:
        """The SQL of a statement or query."""
        return sql_of(tree)

    def readable(self, sql: str) -> str:
        """A statement's SQL in lines for people; of one that explains itself, only its words."""
        if words := _EXPLAINED.match(sql):
            return f"-- {words[1]}"
        try:
            with deep():
                return f"{sqlglot.transpile(sql, read='duckdb', write='duckdb', pretty=True)[0]};"
        except (SqlglotError, RecursionError):  # too deep for lines: as it is
            return f"{sql};"

    def describe(self, query: Tree) -> Tree:
        """What asks for the columns of a query: a row each, its name and its type first."""
        return exp.Describe(this=query)

    def source_type(self, name: str) -> SourceType:
        """What the engine's name of a type says of a source's column."""
        return source_type(name)

    def zone_functions(self, zone: str) -> Sequence[Tree]:
        """What has to run before a query reads this zone's clocks."""
        return zone_functions(zone)

    def working_time(self, almanac: Almanac, calendars: Collection[str]) -> Sequence[Tree]:
        """What has to run before a query reckons in working time. Raises FormulaError."""
        return working_time(almanac, calendars)


DUCKDB = DuckDBDialect()
